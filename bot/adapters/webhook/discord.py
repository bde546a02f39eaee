"""Discord's incoming webhooks: an embed a story, nobody mentioned.

Source: Discord's documentation, "Webhook", "Rate Limits" and "Embed Limits".
"""

import re
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qs, quote, urlencode, urlsplit, urlunsplit

from bot.adapter import Outcome, Scope, Sent
from bot.adapters.webhook.chat import Body, ChatAdapter, object_of, picture, short
from bot.adapters.webhook.chat_outcomes import gone, judge_refusal, too_many, unnamed
from bot.adapters.webhook.likeness import Likeness, liken
from bot.adapters.webhook.markup import escaped, fitted, parted
from bot.adapters.webhook.outcomes import RETRY_AFTER_MAX
from bot.adapters.webhook.told import told_in_markdown
from bot.pace import Window
from bot.summary import Summary
from bot.summary.cutting import shorten_at_word, units
from feeds.errors import AddressError
from feeds.model import Destination, RouteOptions
from feeds.ports import WebResponse

CONTENT_MAX: Final = 2_000  # of each, UTF-16 units, never less than its characters
TITLE_MAX: Final = 256
_GAP: Final = "\n\n"
TEXT_MAX: Final = 4_096
FOOTER_MAX: Final = 512  # 2,048 are allowed; all of an embed together 6,000
_IN_LINKS = "/%:!$&'*+,;=~-._?#"  # what may stand in a link: no brackets, no spaces, no "@"
_SILENT: Final = 1 << 12  # SUPPRESS_NOTIFICATIONS
_EVERYWHERE = "discord:all"  # its limit of 50 a second is of the whole address we call from
_HOOK = re.compile(r"/api(?:/v\d{1,2})?/webhooks/(?P<id>\d{1,20})/(?P<token>[\w-]{1,200})")
_HOSTS = frozenset({"discordapp.com", "ptb.discord.com", "canary.discord.com"})
_GONE = frozenset(
    {
        *(HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN),
        *(HTTPStatus.NOT_FOUND, HTTPStatus.GONE),
    }
)


class DiscordAdapter(ChatAdapter):
    """Posts embeds to a channel's webhook."""

    kind = "discord"
    # Nothing is promised; 5 in 2 s and 30 a minute are what a hook is seen to take.
    limit = (
        Window(count=30, span=timedelta(seconds=60)),
        Window(count=4, span=timedelta(seconds=2)),
    )

    @classmethod
    def likeness(cls, address: str) -> Likeness:
        return liken(address, hosts=_HOSTS | {"discord.com"}, path=_HOOK)

    def place(self, address: str) -> str:
        parts = urlsplit(address)
        hook = _HOOK.fullmatch(parts.path)
        if hook is None:
            raise AddressError(
                "This is no webhook of Discord's: copy its URL, which ends in"
                " /api/webhooks/NUMBER/TOKEN, from the channel's settings, Integrations.",
                "error.hook.discord",
            )
        host = "discord.com" if parts.netloc in _HOSTS else parts.netloc
        thread = parse_qs(parts.query).get("thread_id", [""])[0]
        query = urlencode({"thread_id": thread}) if thread.isdecimal() else ""
        path = f"/api/webhooks/{hook['id']}/{hook['token']}"
        return urlunsplit((parts.scheme, host, path, query, ""))

    def target(self, address: str) -> str:
        return f"{address}{'&' if '?' in address else '?'}wait=true"  # else no id is answered

    def scopes(self, destination: Destination) -> tuple[Scope, ...]:
        everywhere = (Window(count=45, span=timedelta(seconds=1)),)
        return (Scope(name=_EVERYWHERE, limit=everywhere), *super().scopes(destination))

    def card(self, summary: Summary, options: RouteOptions) -> Body:
        tags = escaped(summary.hashtag_line)
        text = fitted(summary.text, TEXT_MAX - len(_GAP) - units(tags), _harmless)
        embed: dict[str, Any] = {
            "title": fitted(summary.headline, TITLE_MAX, _harmless),
            "url": short(summary.link),
            "description": _GAP.join(part for part in (text, tags) if part),
        }
        if summary.told:
            link = quote(short(summary.link) or "", _IN_LINKS)
            text = told_in_markdown(
                summary.told, link, most=TEXT_MAX, harmless=_harmless, fitted=fitted
            )
            embed = {"description": text}
        elif summary.byline:
            embed["footer"] = {"text": shorten_at_word(parted(summary.byline), FOOTER_MAX)}
        if image := picture(summary, options):
            embed["image"] = {"url": image}
        said = {name: value for name, value in embed.items() if value}
        return _quiet({"embeds": [said]}, silent=options.silent)

    def plain(self, summary: Summary) -> Body:
        link = short(summary.link)
        room = CONTENT_MAX - (len(link) + 1 if link else 0)
        headline = fitted(summary.headline, max(room, 0), _harmless)
        return _quiet({"content": "\n".join(part for part in (headline, link) if part)})

    def judge(self, response: WebResponse, *, plain: bool, now: datetime, detail: str) -> Outcome:  # noqa: ARG002  # a refusal means the same of both forms
        said = object_of(response.body)
        if response.status // 100 == 2:  # noqa: PLR2004  # the class of success
            if isinstance(said.get("id"), str):
                return Sent(message_id=said["id"], status=response.status, detail="")
            if response.status == HTTPStatus.NO_CONTENT:
                return Sent(status=response.status)
            return unnamed(response, detail=detail)
        if response.status == HTTPStatus.TOO_MANY_REQUESTS and _is_wait(said.get("retry_after")):
            after = min(timedelta(seconds=float(said["retry_after"])), RETRY_AFTER_MAX)
            return too_many(
                after, detail=detail, scope=_EVERYWHERE if said.get("global") is True else None
            )
        if response.status in _GONE and isinstance(said.get("code"), int):
            return gone("Discord", response, f"{said.get('message', '')}", detail=detail)
        return judge_refusal(response, now=now, detail=detail)


def _harmless(text: str) -> str:
    """Escape Markdown, and what begins a mention, a channel, a time or an emoji: "<"."""
    return escaped(parted(text)).replace("<", "\\<")


def _quiet(body: Body, *, silent: bool = False) -> Body:
    """Let nobody be mentioned, whatever stands in it."""
    flags = {"flags": _SILENT} if silent else {}
    return body | flags | {"allowed_mentions": {"parse": []}}


def _is_wait(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e9  # noqa: PLR2004  # no endless one
