"""Rows into nouns: each tuple of columns stands beside the function that reads it, in one order."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from feeds.model import (
    Attempt,
    Delivery,
    DeliveryState,
    Destination,
    DestinationState,
    Failing,
    Feed,
    FeedState,
    KeyKind,
    Origin,
    PollMemory,
    Route,
    Source,
    Story,
    Validators,
)
from feeds.store.options import as_destination_options, as_route_options
from feeds.store.tables import attempts, deliveries, destinations, feeds, routes, stories

Row = Sequence[Any]
DIGEST_BYTES = 16

f = feeds.c
FEED = (
    *(f.id, f.name, f.url, f.title, f.link, f.origin, f.state, f.state_reason, f.every, f.start),
    *(f.next_poll_at, f.created_at),
    *(f.etag, f.last_modified, f.body_digest, f.baseline_at, f.last_poll_at, f.last_success_at),
    *(f.last_full_at, f.last_status, f.last_error, f.failures, f.gone_since, f.entries_seen),
    *(f.links_shared, f.shared_guids, f.moved_url, f.moved_since, f.moved_polls),
)
MEMORY_AT = 12  # where the polling memory begins in FEED


def as_feed(row: Row) -> Feed:
    """Read a row of FEED."""
    id_, name, url, title, link, origin, state, reason, every, start, next_poll_at, created_at = (
        row[:MEMORY_AT]
    )
    return Feed(
        id=id_,
        name=name,
        url=url,
        title=title,
        link=link,
        origin=Origin(origin),
        state=FeedState(state),
        state_reason=reason,
        every=every,
        start=start,
        next_poll_at=next_poll_at,
        created_at=created_at,
        memory=_as_memory(row[MEMORY_AT:]),
    )


def _as_memory(row: Row) -> PollMemory:
    etag, last_modified, body_digest, baseline_at, last_poll_at, last_success_at = row[:6]
    last_full_at, last_status, last_error, failures, gone_since, entries_seen = row[6:12]
    links_shared, shared_guids, moved_url, moved_since, moved_polls = row[12:]
    return PollMemory(
        validators=Validators(etag=etag, last_modified=last_modified),
        body_digest=body_digest,
        baseline_at=baseline_at,
        last_poll_at=last_poll_at,
        last_success_at=last_success_at,
        last_full_at=last_full_at,
        last_status=last_status,
        last_error=last_error,
        failures=failures,
        gone_since=gone_since,
        entries_seen=entries_seen,
        links_shared=links_shared,
        shared_guids=split_digests(shared_guids),
        moved_url=moved_url,
        moved_since=moved_since,
        moved_polls=moved_polls,
    )


def memory_values(memory: PollMemory) -> dict[str, Any]:
    """Write a polling memory as column values."""
    return {
        "etag": memory.validators.etag,
        "last_modified": memory.validators.last_modified,
        "body_digest": memory.body_digest,
        "baseline_at": memory.baseline_at,
        "last_poll_at": memory.last_poll_at,
        "last_success_at": memory.last_success_at,
        "last_full_at": memory.last_full_at,
        "last_status": memory.last_status,
        "last_error": memory.last_error,
        "failures": memory.failures,
        "gone_since": memory.gone_since,
        "entries_seen": memory.entries_seen,
        "links_shared": memory.links_shared,
        "shared_guids": b"".join(sorted(memory.shared_guids)),
        "moved_url": memory.moved_url,
        "moved_since": memory.moved_since,
        "moved_polls": memory.moved_polls,
    }


def split_digests(joined: bytes) -> frozenset[bytes]:
    """Take apart digests that were stored end to end."""
    starts = range(0, len(joined), DIGEST_BYTES)
    return frozenset(joined[start : start + DIGEST_BYTES] for start in starts)


s = stories.c
STORY = (
    *(s.id, s.story_id, s.feed, s.title, s.link, s.summary, s.author, s.published_at),
    *(s.updated_at, s.image, s.tags, s.language, s.found_by, s.accepted_at),
)


def as_story(row: Row) -> Story:
    """Read a row of STORY."""
    id_, story_id, feed, title, link, summary, author, published_at = row[:8]
    updated_at, image, tags, language, found_by, accepted_at = row[8:]
    return Story(
        id=id_,
        story_id=story_id,
        feed=feed,
        title=title,
        link=link,
        summary=summary,
        author=author,
        published_at=published_at,
        updated_at=updated_at,
        image=image,
        tags=tuple(json.loads(tags)),
        language=language,
        found_by=KeyKind(found_by),
        accepted_at=accepted_at,
    )


def tags_text(tags: Collection[str]) -> str:
    """Write tags as they are stored."""
    return json.dumps(list(tags), ensure_ascii=False) if tags else "[]"


SOURCE = (f.id, f.name, f.title, f.url, f.link)


def as_source(row: Row) -> Source:
    """Read a row of SOURCE."""
    id_, name, title, url, link = row
    return Source(id=id_, name=name, title=title, url=url, link=link)


d = destinations.c
DESTINATION = (
    *(d.id, d.name, d.kind, d.address, d.title, d.resolved, d.origin, d.state, d.state_reason),
    *(d.secret, d.old_secret, d.old_secret_until, d.options, d.not_before, d.created_at),
    *(d.proven, d.failing_since, d.failures, d.last_failure, d.last_failure_at),
)
WELL: dict[str, Any] = {
    "failing_since": None,
    "failures": 0,
    "last_failure": None,
    "last_failure_at": None,
}


def as_destination(row: Row) -> Destination:
    """Read a row of DESTINATION."""
    id_, name, kind, address, title, resolved, origin, state, state_reason = row[:9]
    secret, old_secret, old_secret_until, options, not_before, created_at = row[9:15]
    proven, *failing = row[15:]
    return Destination(
        id=id_,
        name=name,
        kind=kind,
        address=address,
        title=title,
        resolved=resolved,
        origin=Origin(origin),
        state=DestinationState(state),
        state_reason=state_reason,
        secret=secret,
        old_secret=old_secret,
        old_secret_until=old_secret_until,
        options=as_destination_options(options),
        not_before=not_before,
        created_at=created_at,
        proven=proven,
        failing=as_failing(*failing),
    )


def as_failing(
    since: datetime | None, failures: int, answer: str | None, last_at: datetime | None
) -> Failing | None:
    """Read an endpoint's row of failures; None: its last answer was a good one."""
    if since is None:
        return None
    return Failing(since=since, last_at=last_at, failures=failures, answer=answer or "")


r = routes.c
ROUTE = (r.id, r.feed, r.destination, r.origin, r.options, r.created_at)


def as_route(row: Row) -> Route:
    """Read a row of ROUTE."""
    id_, feed, destination, origin, options, created_at = row
    return Route(
        id=id_,
        feed=feed,
        destination=destination,
        origin=Origin(origin),
        options=as_route_options(options),
        created_at=created_at,
    )


o = deliveries.c
DELIVERY = (
    *(o.id, o.webhook_id, o.destination, o.story, o.occasion, o.state, o.reason, o.seq),
    *(o.attempts, o.plain, o.body, o.message_id, o.details, o.due_at, o.created_at, o.sent_at),
)


def as_delivery(row: Row) -> Delivery:
    """Read a row of DELIVERY."""
    id_, webhook_id, destination, story, occasion, state, reason, seq = row[:8]
    attempts_, plain, body, message_id, details, due_at, created_at, sent_at = row[8:]
    return Delivery(
        id=id_,
        webhook_id=webhook_id,
        destination=destination,
        story=story,
        occasion=occasion,
        state=DeliveryState(state),
        reason=reason,
        seq=seq,
        attempts=attempts_,
        plain=plain,
        body=body,
        message_id=message_id,
        details=json.loads(details) if details else None,
        due_at=due_at,
        created_at=created_at,
        sent_at=sent_at,
    )


a = attempts.c
ATTEMPT = (
    a.delivery,
    a.number,
    a.started_at,
    a.ended_at,
    a.outcome,
    a.status,
    a.detail,
    a.wait,
)


def as_attempt(row: Row) -> Attempt:
    """Read a row of ATTEMPT."""
    delivery, number, started_at, ended_at, outcome, status, detail, wait = row
    return Attempt(
        delivery=delivery,
        number=number,
        started_at=started_at,
        ended_at=ended_at,
        outcome=outcome,
        status=status,
        detail=detail,
        wait=wait,
    )
