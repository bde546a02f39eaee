"""Mattermost's incoming webhooks: Markdown in which a feed's words mark nothing and call nobody.

Sources: Mattermost's documentation, "Incoming webhooks"; its server's app/webhook.go for the errors
and for `<!channel>`, which it turns into a mention before it reads Markdown.
"""

import re
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import quote, urlsplit

from bot.adapter import Outcome, Rejected, Sent
from bot.adapters.webhook.chat import Body, ChatAdapter, object_of, picture, short
from bot.adapters.webhook.chat_outcomes import gone, judge_refusal, unnamed
from bot.adapters.webhook.likeness import Likeness, liken
from bot.adapters.webhook.markup import WORD_JOINER, escaped, fitted, parted
from bot.adapters.webhook.told import told_in_markdown
from bot.pace import Window
from bot.summary import Summary
from bot.summary.cutting import units
from feeds.errors import AddressError
from feeds.model import RouteOptions
from feeds.ports import WebResponse

TEXT_MAX: Final = 4_000  # UTF-16 units; 16,383 are usual, but a server may have fewer
_HEADLINE_MAX = 1_000
_BYLINE_MAX = 400
_GAP = "\n\n"
_HOOK = re.compile(r"(?:/[\w.~-]+)*/hooks/[a-z0-9]{4,64}")
_SLACK_CALL = re.compile(r"<(?=[!@#])")
_IN_LINKS = "/%:!$&'*+,;=~-._?#"  # what may stand in a link: no brackets, no spaces, no "@"
_WORDS = "web.incoming_webhook."
_GONE = frozenset(
    _WORDS + word + ".app_error"
    for word in ("invalid", "channel", "channel_locked", "permissions", "user")
)
_ANYTHING = f"{_WORDS}general.app_error"  # a hook that is gone, among other things


class MattermostAdapter(ChatAdapter):
    """Posts messages to a channel's webhook."""

    kind = "mattermost"
    limit = (Window(count=1, span=timedelta(seconds=1)),)

    @classmethod
    def likeness(cls, address: str) -> Likeness:
        return liken(address, hosts=frozenset(), path=_HOOK)

    def place(self, address: str) -> str:
        parts = urlsplit(address)
        if not _HOOK.fullmatch(parts.path):
            raise AddressError(
                "This is no incoming webhook of Mattermost's: its URL looks like"
                " https://chat.example/hooks/…",
                "error.hook.mattermost",
            )
        return f"{parts.scheme}://{parts.netloc}{parts.path}"

    def card(self, summary: Summary, options: RouteOptions) -> Body:
        headline = _titled(summary)
        byline = fitted(summary.byline, _BYLINE_MAX, _harmless)
        end = "\n".join(part for part in (byline, summary.hashtag_line) if part)
        room = TEXT_MAX - units(headline) - units(end) - 2 * units(_GAP)
        text = fitted(summary.text, room, _harmless)
        body: Body = {"text": _GAP.join(part for part in (headline, text, end) if part)}
        if summary.told:
            link = _address(short(summary.link))
            body["text"] = told_in_markdown(
                summary.told, link, most=TEXT_MAX, harmless=_harmless, fitted=fitted
            )
        if image := picture(summary, options):
            body["attachments"] = [{"fallback": "", "image_url": image}]
        return body

    def plain(self, summary: Summary) -> Body:
        link = short(summary.link)
        headline = fitted(summary.headline, _HEADLINE_MAX, _harmless)
        return {"text": "\n".join(part for part in (headline, _address(link)) if part)}

    def judge(self, response: WebResponse, *, plain: bool, now: datetime, detail: str) -> Outcome:
        if response.status // 100 == 2:  # noqa: PLR2004  # the class of success
            taken = response.body.strip() == b"ok"
            return Sent(status=response.status) if taken else unnamed(response, detail=detail)
        said = object_of(response.body)
        word, message = said.get("id"), str(said.get("message", ""))
        missing = response.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE) and bool(said)
        if word in _GONE or missing or (word == _ANYTHING and plain):
            return gone("Mattermost", response, message, detail=detail)
        if word == _ANYTHING:
            reason = f"Mattermost answered: {message}"
            return Rejected(reason=reason, malformed=True, status=response.status, detail=detail)
        return judge_refusal(response, now=now, detail=detail)


def _titled(summary: Summary) -> str:
    headline = fitted(summary.headline, _HEADLINE_MAX, _harmless)
    link = short(summary.link)
    return f"**[{headline}]({_address(link)})**" if link else f"**{headline}**"


def _address(link: str | None) -> str:
    """Write an address so that it ends nowhere but at its end, and calls nobody."""
    return quote(link, _IN_LINKS) if link else ""


def _harmless(text: str) -> str:
    return escaped(parted(_SLACK_CALL.sub("<" + WORD_JOINER, text)))
