"""PURE: what a webhook is told, as the exact bytes that are stored, signed and posted.

The body is that of Standard Webhooks 1.0 (`type`, `timestamp`, `data`) and stays within 20 kB, as
the standard advises; what had to be cut for that is owned up to by `"truncated": true`.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from bot.summary import Summary
from bot.summary.cleaning import one_line
from bot.summary.cutting import shorten_at_word, units
from feeds.model import Delivery, Source, Story

BODY_BYTES_MAX: Final = 20_000
STORY_PUBLISHED: Final = "story.published"
ENDPOINT_TEST: Final = "endpoint.test"
# What is kept when cutting
_TAGS_MAX = 20
_NAME_MAX = 128  # UTF-16 units of a tag, an author, a feed's title
_ADDRESS_MAX = 2_048  # characters

Data = dict[str, Any]  # JSON as it will be written


def story_published(delivery: Delivery, story: Story, source: Source, summary: Summary) -> bytes:
    """Make the body that tells of a new story."""
    updated_at = min(story.updated_at, story.accepted_at) if story.updated_at else None
    data = {
        "story_id": story.story_id,
        "title": summary.headline,
        "url": summary.link,
        "summary": summary.text,
        "feed": {"name": source.name, "title": one_line(source.title), "url": _public(source)},
        "author": one_line(story.author or "") or None,
        "published_at": _written(summary.published_at),
        "updated_at": _written(updated_at),
        "image": story.image,
        "tags": [tag for tag in map(one_line, story.tags) if tag],
        "language": story.language,
        "seq": delivery.seq,
    }
    return _bounded(STORY_PUBLISHED, story.accepted_at, data)


def endpoint_test(delivery: Delivery, *, destination: str, message: str) -> bytes:
    """Make the body that tells of nothing but that the endpoint is reached."""
    data = {"destination": destination, "message": message, "seq": delivery.seq}
    return _bytes(ENDPOINT_TEST, delivery.created_at, data)


def _bounded(kind: str, at: datetime, data: Data) -> bytes:
    """Cut the body step by step, the least missed first, until it fits."""
    body = _bytes(kind, at, data)
    for cut in _CUTS:
        excess = len(body) - BODY_BYTES_MAX
        if excess <= 0:
            break
        data = data | cut(data, excess) | {"truncated": True}
        body = _bytes(kind, at, data)
    assert len(body) <= BODY_BYTES_MAX, "the last cut leaves only what is bounded"
    return body


def _nothing_absurd(data: Data, _excess: int) -> Data:
    """Bound what is short in any sane story, so that the summary need not pay for it."""
    feed, image = data["feed"], data["image"]
    return {
        "author": _name(data["author"]),
        "feed": feed | {"title": _name(feed["title"]) or ""},
        "image": image if len(image or "") <= _ADDRESS_MAX else None,
        "tags": [shorten_at_word(tag, _NAME_MAX) for tag in data["tags"][:_TAGS_MAX]],
        "language": _name(data["language"]),
    }


def _shorter_summary(data: Data, excess: int) -> Data:
    """Take at least `excess` bytes off, and the room of the mark that says so."""
    summary = data["summary"]
    room = max(len(summary.encode()) - excess - len('"truncated":true,') - len("…".encode()), 0)
    head = summary.encode()[:room].decode(errors="ignore")
    return {"summary": shorten_at_word(summary, units(head))}


def _no_extras(_data: Data, _excess: int) -> Data:
    return {"tags": [], "image": None}


def _no_addresses(data: Data, _excess: int) -> Data:
    """Leave out addresses so long that nobody could follow them."""
    return {"url": None, "feed": data["feed"] | {"url": None}}


_CUTS: tuple[Callable[[Data, int], Data], ...] = (
    _nothing_absurd,
    _shorter_summary,
    _no_extras,
    _no_addresses,
)


def _name(text: str | None) -> str | None:
    return shorten_at_word(text, _NAME_MAX) if text else None


def _bytes(kind: str, at: datetime, data: Data) -> bytes:
    event = {"type": kind, "timestamp": _written(at), "data": data}
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def _public(source: Source) -> str | None:
    """Give the feed's URL, but no path of this machine: a `file:` feed is known by its site."""
    return source.url if source.url.startswith(("http://", "https://")) else source.link


def _written(instant: datetime | None) -> str | None:
    """Write an instant as RFC 3339 in UTC, to the second."""
    if instant is None:
        return None
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
