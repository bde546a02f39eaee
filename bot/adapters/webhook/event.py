"""PURE: what a webhook is told, as the exact bytes that are stored, signed and posted.

The body is that of Standard Webhooks 1.0 (`type`, `timestamp`, `data`), or a CloudEvent around the
same `data`, and stays within 20 kB, as the standard advises; what had to be cut for that is owned
up to by `"truncated": true`. `schemas/` says what is in it, one file a type: fields may be added,
and a change that breaks readers is a new type.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote

from bot.summary import Summary
from bot.summary.cleaning import one_line
from bot.summary.cutting import shorten_at_word, units
from feeds.model import PUBLISHED, Delivery, Event, Parcel, Source, Story, public_url

BODY_BYTES_MAX: Final = 20_000
ENDPOINT_TEST: Final = "endpoint.test"
STORIES_KEPT: Final = 128  # a story goes to all its destinations within moments; 2.5 MB at most
# What is kept when cutting
_TAGS_MAX = 20
_NAME_MAX = 128  # UTF-16 units of a tag, an author, a feed's title
_ADDRESS_MAX = 2_048  # characters
_SEQ_CHARS_MAX = 21  # of a 64-bit number, and the two brackets behind it

_AS_URI = "/%:@!$&'()*+,;=~-._?#[]"  # RFC 3986 §2.2, §2.3; an escape that is there already stays
_CLOUDEVENT_BEGINS = b'{"specversion":'
_OF_STORIES: Final = MappingProxyType({PUBLISHED: Event.STORY_PUBLISHED})  # occasion → event

Data = dict[str, Any]  # JSON as it will be written
Write = Callable[[Delivery, str, datetime, Data], bytes]  # (delivery, type, timestamp, data)


def story_event(parcel: Parcel, summary: Summary, write: Write) -> bytes:
    """Make the body that tells of a story; which event that is says the delivery's occasion."""
    delivery, story, source = parcel.delivery, parcel.story, parcel.source
    assert story is not None, "an event of a story has one"
    assert source is not None, "a story has a source"
    kind = _OF_STORIES[delivery.occasion.partition(":")[0]]
    if write is standard and (begin := _begin_of(story, source, summary, kind)) is not None:
        return b"%b%d}}" % (begin, delivery.seq)
    data = _told(story, source, summary) | {"seq": delivery.seq}
    return _bounded(data, partial(write, delivery, kind, story.accepted_at))


@lru_cache(STORIES_KEPT)
def _begin_of(story: Story, source: Source, summary: Summary, kind: Event) -> bytes | None:
    """Write a story's event up to its `seq`, the same at all endpoints; None: it must be cut."""
    data = _told(story, source, summary) | {"seq": 0}
    begin = _standard(kind, story.accepted_at, data).removesuffix(b"0}}")
    return begin if len(begin) + _SEQ_CHARS_MAX <= BODY_BYTES_MAX else None


def _told(story: Story, source: Source, summary: Summary) -> Data:
    """Gather what all endpoints are told alike."""
    feed_url = public_url(source.url, source.link)
    updated_at = min(story.updated_at, story.accepted_at) if story.updated_at else None
    return {
        "story_id": story.story_id,
        "title": summary.headline,
        "url": summary.link,
        "summary": summary.text,
        "feed": {"name": source.name, "title": one_line(source.title), "url": feed_url},
        "author": one_line(story.author or "") or None,
        "published_at": _written(summary.published_at),
        "updated_at": _written(updated_at),
        "image": story.image,
        "tags": [tag for tag in map(one_line, story.tags) if tag],
        "language": story.language,
    }


def endpoint_test(delivery: Delivery, *, destination: str, message: str, write: Write) -> bytes:
    """Make the body that tells of nothing but that the endpoint is reached."""
    data = {"destination": destination, "message": message, "seq": delivery.seq}
    return write(delivery, ENDPOINT_TEST, delivery.created_at, data)


def incident_event(delivery: Delivery, write: Write) -> bytes:
    """Make the body that tells of an incident, as it was when it began."""
    kind = Event(delivery.occasion.partition(":")[0])
    data = {**(delivery.details or {}), "seq": delivery.seq}
    return write(delivery, kind, delivery.created_at, data)


def standard(_delivery: Delivery, kind: str, at: datetime, data: Data) -> bytes:
    """Write an event as Standard Webhooks 1.0 has it."""
    return _standard(kind, at, data)


def _standard(kind: str, at: datetime, data: Data) -> bytes:
    return _json({"type": kind, "timestamp": _written(at), "data": data})


def cloudevent(delivery: Delivery, kind: str, at: datetime, data: Data) -> bytes:
    """Write an event as a CloudEvent 1.0 in structured mode; its id is the webhook-id."""
    return _json(
        {
            "specversion": "1.0",
            "id": delivery.webhook_id,
            "source": _source(data),
            "type": kind,
            "time": _written(at),
            "datacontenttype": "application/json",
            "data": data,
        }
    )


def _source(data: Data) -> str:
    """Name what an event is about by its feed's address, or where none is public by its name."""
    if (feed := data.get("feed")) is not None:
        return quote(feed["url"] or f"urn:berita:feed:{feed['name']}", _AS_URI)
    place = data["destination"]
    return f"urn:berita:destination:{place if isinstance(place, str) else place['name']}"


def content_type(body: bytes) -> str:
    """Tell what a stored body is: it goes out as it was first written, whatever was set since."""
    kind = "cloudevents+json" if body.startswith(_CLOUDEVENT_BEGINS) else "json"
    return f"application/{kind}; charset=utf-8"


def _bounded(data: Data, write: Callable[[Data], bytes]) -> bytes:
    """Cut the body step by step, the least missed first, until it fits."""
    body = write(data)
    for cut in _CUTS:
        excess = len(body) - BODY_BYTES_MAX
        if excess <= 0:
            break
        data = data | cut(data, excess) | {"truncated": True}
        body = write(data)
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


def _json(event: Data) -> bytes:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def _written(instant: datetime | None) -> str | None:
    """Write an instant as RFC 3339 in UTC, to the second."""
    if instant is None:
        return None
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
