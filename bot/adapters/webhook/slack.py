"""Slack's incoming webhooks: headline, text and byline as blocks that know no markup.

Source: Slack's documentation, "Incoming webhooks", "Blocks" and "Formatting text".
"""

import re
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from bot.adapter import Outcome, Sent
from bot.adapters.webhook.chat import Body, ChatAdapter, short
from bot.adapters.webhook.chat_outcomes import gone, judge_refusal, unnamed
from bot.adapters.webhook.likeness import Likeness, liken
from bot.adapters.webhook.markup import fitted, parted
from bot.pace import Window
from bot.summary import Summary
from bot.summary.cutting import shorten_at_word, units
from feeds.errors import AddressError
from feeds.model import RouteOptions
from feeds.ports import WebResponse

SECTION_MAX: Final = 3_000  # UTF-16 units, never less than its characters
_HOSTS = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})
_HOOK = re.compile(r"/services/[A-Z0-9]+/[A-Z0-9]+/[A-Za-z0-9]+")
_WORD = re.compile(rb"[a-z_]{2,60}")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}  # the three that Slack parses, and no others
_GONE = frozenset(
    {
        *(b"action_prohibited", b"channel_is_archived", b"channel_not_found", b"invalid_token"),
        *(b"no_active_hooks", b"no_service", b"no_service_id", b"no_team", b"team_disabled"),
        *(b"posting_to_general_channel_denied", b"user_not_found"),
    }
)


class SlackAdapter(ChatAdapter):
    """Posts blocks to a channel's webhook."""

    kind = "slack"
    limit = (Window(count=1, span=timedelta(seconds=1)),)

    @classmethod
    def likeness(cls, address: str) -> Likeness:
        return liken(address, hosts=_HOSTS, path=_HOOK)

    def place(self, address: str) -> str:
        parts = urlsplit(address)
        path = parts.path.rstrip("/")
        if (parts.netloc in _HOSTS and not _HOOK.fullmatch(path)) or not path:
            raise AddressError(
                "This is no incoming webhook of Slack's: its URL looks like"
                " https://hooks.slack.com/services/T…/B…/…; those of workflows take other posts.",
                "error.hook.slack",
            )
        return f"{parts.scheme}://{parts.netloc}{path}"

    def card(self, summary: Summary, options: RouteOptions) -> Body:
        blocks: list[dict[str, Any]] = [_told(summary) if summary.told else _headline(summary)]
        text = "" if summary.told else fitted(summary.text, SECTION_MAX, _entities)
        if text:
            blocks.append({"type": "section", "text": _plain_text(text)})
        ends = (summary.byline, summary.hashtag_line)
        if any(ends) and not summary.told:
            said = [_plain_text(_entities(end)) for end in ends if end]
            blocks.append({"type": "context", "elements": said})
        return {
            **self.plain(summary),
            "blocks": blocks,
            "unfurl_links": options.preview,
            "unfurl_media": options.preview,
        }

    def plain(self, summary: Summary) -> Body:
        """Give what notifications show, and stands for all where blocks are refused."""
        headline = fitted(summary.headline, SECTION_MAX, _entities)
        link = short(summary.link)
        text = "\n".join(part for part in (headline, _entities(link) if link else None) if part)
        return {"text": text, "mrkdwn": False, "unfurl_links": False, "unfurl_media": False}

    def judge(self, response: WebResponse, *, plain: bool, now: datetime, detail: str) -> Outcome:  # noqa: ARG002  # a refusal means the same of both forms
        said = response.body.strip()
        if response.status // 100 == 2:  # noqa: PLR2004  # the class of success
            taken = said == b"ok"
            return Sent(status=response.status) if taken else unnamed(response, detail=detail)
        known = said.decode() if _WORD.fullmatch(said) else ""
        if said in _GONE or response.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
            return gone("Slack", response, known or "the hook is not there", detail=detail)
        return judge_refusal(response, now=now, detail=detail)


def _headline(summary: Summary) -> dict[str, Any]:
    """Write the headline as an element, in which nothing is parsed: bold, and a link."""
    link = short(summary.link)
    element: dict[str, Any] = {"type": "text", "text": summary.headline, "style": {"bold": True}}
    if link is not None:
        element |= {"type": "link", "url": link}
    section = {"type": "rich_text_section", "elements": [element]}
    return {"type": "rich_text", "elements": [section]}


def _told(summary: Summary) -> dict[str, Any]:
    """Write a template's words as elements, in which nothing is parsed, as far as there is room."""
    link, room = short(summary.link), SECTION_MAX
    elements: list[dict[str, Any]] = []
    for span in summary.told:
        text = shorten_at_word(span.text, room)
        room -= units(text)
        marks = {"bold": span.bold, "italic": span.italic}
        element: dict[str, Any] = {"type": "text", "text": text}
        if style := {name: True for name, marked in marks.items() if marked}:
            element["style"] = style
        if span.link and link is not None:
            element |= {"type": "link", "url": link}
        if text:
            elements.append(element)
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}


def _plain_text(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def _entities(text: str) -> str:
    return "".join(_ENTITIES.get(each, each) for each in parted(text))
