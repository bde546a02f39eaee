"""PURE: what a webhook is told, as the exact bytes that are stored, signed and posted.

The body is that of Standard Webhooks 1.0 (`type`, `timestamp`, `data`) and stays within 20 kB, as
the standard advises; what had to be cut for that is owned up to by `"truncated": true`.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from bot.summary import Summary
from bot.summary.cutting import shorten_at_word
from feeds.model import Delivery, Source, Story

BODY_BYTES_MAX: Final = 20_000
STORY_PUBLISHED: Final = "story.published"
ENDPOINT_TEST: Final = "endpoint.test"
_LIST_MAX = 20  # tags kept when cutting
_NAME_MAX = 256  # UTF-16 units of an author or a feed's name when cutting

Data = dict[str, Any]  # JSON as it will be written


def story_published(delivery: Delivery, story: Story, source: Source, summary: Summary) -> bytes:
    """Make the body that tells of a new story."""
    updated_at = min(story.updated_at, story.accepted_at) if story.updated_at else None
    data = {
        "story_id": story.story_id,
        "title": summary.headline,
        "url": story.link,
        "summary": summary.text,
        "feed": {"name": source.name, "title": source.title, "url": _public(source)},
        "author": story.author,
        "published_at": _written(summary.published_at),
        "updated_at": _written(updated_at),
        "image": story.image,
        "tags": list(story.tags),
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


def _shorter_summary(data: Data, excess: int) -> Data:
    """Take at least `excess` bytes off; a unit of UTF-16 is never less than one byte of JSON."""
    room = len(data["summary"]) - excess - len('"truncated":true,')
    return {"summary": shorten_at_word(data["summary"], max(room, 0))}


def _fewer_tags(data: Data, _excess: int) -> Data:
    return {"tags": [shorten_at_word(tag, _NAME_MAX) for tag in data["tags"][:_LIST_MAX]]}


def _shorter_names(data: Data, _excess: int) -> Data:
    feed = data["feed"]
    return {
        "author": shorten_at_word(data["author"] or "", _NAME_MAX) or None,
        "feed": feed | {"title": shorten_at_word(feed["title"], _NAME_MAX)},
        "language": shorten_at_word(data["language"] or "", _NAME_MAX) or None,
    }


def _no_image(_data: Data, _excess: int) -> Data:
    return {"image": None}


def _no_tags(_data: Data, _excess: int) -> Data:
    return {"tags": []}


def _no_addresses(data: Data, _excess: int) -> Data:
    """Leave out addresses so long that nothing could follow them."""
    return {"url": None, "feed": data["feed"] | {"url": None}}


_CUTS: tuple[Callable[[Data, int], Data], ...] = (
    _shorter_summary,
    _fewer_tags,
    _shorter_names,
    _no_image,
    _no_tags,
    _no_addresses,
)


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
