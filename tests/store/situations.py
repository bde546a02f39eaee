"""Situations of the store, by name, and the few deeds every test of it begins with."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from feeds.model import (
    Attempt,
    Backlog,
    DeliveryState,
    Destination,
    DestinationOptions,
    Feed,
    Intent,
    Key,
    KeyKind,
    Lane,
    NewStory,
    Parcel,
    PollMemory,
    PollRecord,
    Settlement,
)
from feeds.store import DeliveryRow, RecordedPoll, Store
from tests.builders import NOON, an_entry

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
LEASE = timedelta(seconds=30)
KINDS = ("webhook", "telegram", "console")


def key(text: str, kind: KeyKind = KeyKind.GUID) -> Key:
    return Key(kind=kind, digest=text.encode().ljust(16, b".")[:16])


def news(number: int, **changes: Any) -> NewStory:
    entry = an_entry(guid=f"guid-{number}", title=f"Berita {number}")
    made = NewStory(
        entry=entry,
        keys=(key(f"guid-{number}"), key(f"link-{number}", KeyKind.LINK)),
        fingerprint=key(f"text-{number}").digest,
        found_by=KeyKind.GUID,
    )
    return replace(made, **changes)


def a_poll(feed: Feed, *stories: NewStory, **changes: Any) -> PollRecord:
    made = PollRecord(
        feed=feed.id,
        next_poll_at=NOON + 15 * MINUTE,
        next_poll_why="interval",
        memory=PollMemory(baseline_at=NOON, last_poll_at=NOON, last_success_at=NOON),
        stories=stories,
    )
    return replace(made, **changes)


async def a_source(store: Store, name: str = "daily-berita", **changes: Any) -> Feed:
    url = changes.pop("url", f"https://{name}.example/feed/")
    return await store.add_feed(name, url, **{"now": NOON} | changes)


async def a_place(
    store: Store, name: str = "partner", kind: str = "webhook", **changes: Any
) -> Destination:
    address = changes.pop("address", f"https://{name}.example/hook")
    return await store.add_destination(name, kind, address, **{"now": NOON} | changes)


async def a_filled_lane(
    store: Store,
    stories: int = 3,
    *,
    name: str = "partner",
    kind: str = "webhook",
    **changes: Any,
) -> tuple[Feed, Destination]:
    """A feed that leads to one destination, with `stories` deliveries waiting there."""
    feed = await a_source(store, f"feed-of-{name}")
    place = await a_place(store, name, kind, **changes)
    await store.add_route(feed.id, place.id, now=NOON)
    await publish(store, feed, *range(1, stories + 1))
    return feed, place


async def a_lane_with(
    store: Store, stories: int, *, name: str = "channel", kind: str = "telegram", **options: Any
) -> tuple[Feed, Destination]:
    """A filled lane whose destination has options; `backlog` as it is written."""
    feed, place = await a_filled_lane(store, stories, name=name, kind=kind)
    if "backlog" in options:
        options["backlog"] = Backlog.read(options["backlog"])
    chosen = DestinationOptions(**options)
    return feed, await store.set_destination(place.id, options=chosen)


async def publish(store: Store, feed: Feed, *numbers: int, now: datetime = NOON) -> RecordedPoll:
    """Let a poll of the feed find these stories."""
    poll = a_poll(feed, *(news(number) for number in numbers))
    (recorded,) = await store.record_polls([poll], now=now)
    return recorded


async def claim(store: Store, *, now: datetime = NOON, **changes: Any) -> list[Lane]:
    asked = {"owner": "me", "limit": 10, "heads": 10, "lease": LEASE, "kinds": KINDS}
    return await store.claim_lanes(now=now, **asked | changes)


async def claim_one(store: Store, *, now: datetime = NOON, **changes: Any) -> Lane:
    (lane,) = await claim(store, now=now, **changes)
    return lane


def an_intent(lane: Lane, parcel: Parcel | None = None, **changes: Any) -> Intent:
    chosen = parcel or lane.parcels[0]
    made = Intent(
        delivery=chosen.delivery.id,
        destination=lane.destination.id,
        epoch=lane.epoch,
        body=f"body of {chosen.delivery.id}".encode(),
        at=NOON,
        members=chosen.members_total,
    )
    return replace(made, **changes)


def an_outcome(
    lane: Lane,
    state: DeliveryState = DeliveryState.SENT,
    parcel: Parcel | None = None,
    **changes: Any,
) -> Settlement:
    chosen = parcel or lane.parcels[0]
    words = {
        DeliveryState.SENT: "sent",
        DeliveryState.WAITING: "retry_later",
        DeliveryState.FAILED: "rejected",
    }
    attempt = Attempt(
        delivery=chosen.delivery.id,
        number=0,
        started_at=NOON,
        ended_at=NOON + SECOND,
        outcome=words.get(state, state.value),
        status=200,
        detail="as it went",
    )
    made = Settlement(
        delivery=chosen.delivery.id,
        destination=lane.destination.id,
        epoch=lane.epoch,
        attempt=attempt,
        state=state,
        reason=None if state is DeliveryState.SENT else "so it went",
    )
    return replace(made, **changes)


def beyond_64_bits(settlement: Settlement) -> Settlement:
    """The outcome with a value that neither database takes."""
    return replace(settlement, attempt=replace(settlement.attempt, status=10**20))


async def send(
    store: Store,
    lane: Lane,
    state: DeliveryState = DeliveryState.SENT,
    parcel: Parcel | None = None,
    *,
    now: datetime = NOON,
    **changes: Any,
) -> None:
    """Begin and settle one send, both granted."""
    begun = await store.begin_sends([an_intent(lane, parcel)], now=now)
    settled = await store.settle([an_outcome(lane, state, parcel, **changes)], now=now)
    assert begun == settled == {(parcel or lane.parcels[0]).delivery.id}


async def rows(store: Store, **wanted: Any) -> dict[int, DeliveryRow]:
    """The deliveries by their place in the lane."""
    return {row.seq: row for row in await store.list_deliveries(limit=1_000, **wanted)}


async def states(store: Store, **wanted: Any) -> list[DeliveryState]:
    """The states of the deliveries, in lane order."""
    found = await rows(store, **wanted)
    return [found[seq].state for seq in sorted(found)]


def members(parcel: Parcel) -> list[str]:
    """The titles of what goes out in a roll-up, the oldest first."""
    return [story.title for story in reversed(parcel.members)]


def titles(parcels: Sequence[Parcel]) -> list[str]:
    return [parcel.story.title if parcel.story else "test" for parcel in parcels]


async def query(store: Store, statement: str, **values: Any) -> list[Any]:
    """Look at the tables themselves."""
    asked = sa.text(statement)
    return list(await store._runner.read(lambda c: c.execute(asked, values).all()))


async def execute(store: Store, statement: str, **values: Any) -> None:
    """Touch the tables themselves: what no method of ours would do."""
    asked = sa.text(statement)
    await store._runner.write(lambda c: c.execute(asked, values) and None)
