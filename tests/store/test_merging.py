"""Two destinations that turn out to be one place: one queue, nothing lost, nothing doubled."""

from feeds.model import DeliveryState, RouteOptions
from feeds.ports import ResolvedAddress
from feeds.store import Store
from tests.builders import NOON
from tests.store.situations import (
    MINUTE,
    a_place,
    a_poll,
    a_source,
    an_intent,
    an_outcome,
    claim,
    claim_one,
    news,
    publish,
    rows,
    send,
    states,
    titles,
)

SUPERGROUP = ResolvedAddress(address="-1002", title="Daily Berita")


async def test_a_moved_destination_keeps_its_queue_under_its_new_address(store: Store) -> None:
    feed, place = await a_source(store), await a_place(store, kind="telegram", address="-1")
    await store.add_route(feed.id, place.id, now=NOON)
    await publish(store, feed, 1, 2)
    lane = await claim_one(store)

    await send(store, lane, DeliveryState.WAITING, due_at=NOON, address="-1002")

    found = await store.destination_by(place.id)
    assert found is not None
    assert (found.address, found.name) == ("-1002", place.name)
    assert await states(store) == [DeliveryState.WAITING] * 2


async def test_a_move_to_a_known_place_merges_the_two_queues(store: Store) -> None:
    old = await a_place(store, "old", "telegram", address="-1")
    new = await a_place(store, "new", "telegram", address="-1002")
    feeds = [await a_source(store, name) for name in ("one", "two")]
    for feed, place in zip(feeds, (old, new), strict=True):
        await store.add_route(feed.id, place.id, now=NOON)
        await store.record_polls(
            [a_poll(feed, news(feed.id * 10), news(feed.id * 10 + 1))], now=NOON
        )
    lanes = {lane.destination.name: lane for lane in await claim(store)}

    await send(store, lanes["old"], DeliveryState.WAITING, due_at=NOON, address="-1002")

    assert [row.name for row in await store.list_destinations()] == ["new"]
    waiting = {row.seq: row.title for row in await store.list_deliveries(destination=new.id)}
    assert waiting == {1: "Berita 20", 2: "Berita 21", 3: "Berita 10", 4: "Berita 11"}
    assert {(way.feed, way.destination) for way in await store.list_routes()} == {
        ("one", "new"),
        ("two", "new"),
    }
    assert await claim(store, now=NOON) == []  # the survivor's own lease still stands


async def test_what_both_had_goes_out_once(store: Store) -> None:
    feed = await a_source(store)
    old = await a_place(store, "old", "telegram", address="@berita", resolved=False)
    new = await a_place(store, "new", "telegram", address="-1002")
    for place in (old, new):
        await store.add_route(feed.id, place.id, now=NOON)
    await publish(store, feed, 1)

    survivor = await store.resolve_destination(old.id, SUPERGROUP, now=NOON + MINUTE)
    await publish(store, feed, 2)

    assert survivor.id == new.id
    assert len(await store.list_routes()) == 1
    lane = await claim_one(store, now=NOON + MINUTE)
    assert titles(lane.parcels) == ["Berita 1", "Berita 2"]
    (twin,) = await store.list_deliveries(state=DeliveryState.DROPPED)
    assert twin.reason == "the same place had it under another name"
    assert twin.destination == "old"


async def test_a_merged_delivery_goes_on_by_the_survivors_route(store: Store) -> None:
    feed = await a_source(store)
    old = await a_place(store, "old", "telegram", address="@berita", resolved=False)
    await store.add_route(feed.id, old.id, now=NOON)
    await publish(store, feed, 1)
    new = await a_place(store, "new", "telegram", address="-1002")
    quiet = RouteOptions(silent=True)
    await store.add_route(feed.id, new.id, options=quiet, now=NOON)
    await store.resolve_destination(old.id, SUPERGROUP, now=NOON)

    lane = await claim_one(store)
    await send(store, lane, DeliveryState.WAITING, due_at=NOON)

    assert lane.parcels[0].options == quiet
    assert await states(store, destination=new.id) == [DeliveryState.WAITING]


async def test_what_is_to_be_decided_moves_along_and_what_is_over_stays(store: Store) -> None:
    feed = await a_source(store)
    old = await a_place(store, "old", "telegram", address="-1")
    new = await a_place(store, "new", "telegram", address="-1002")
    await store.add_route(feed.id, old.id, now=NOON)
    poll = a_poll(feed, *(news(number) for number in range(1, 6)), news(6, hold="40 at once"))
    await store.record_polls([poll], now=NOON)
    lane = await claim_one(store)
    await send(store, lane, DeliveryState.SENT, lane.parcels[0])
    await send(store, lane, DeliveryState.IN_DOUBT, lane.parcels[1])
    await send(store, lane, DeliveryState.FAILED, lane.parcels[2])

    await send(store, lane, DeliveryState.WAITING, lane.parcels[3], due_at=NOON, address="-1002")

    moved = [row.title for row in (await rows(store, destination=new.id)).values()]
    assert sorted(moved) == [f"Berita {number}" for number in range(2, 7)]
    assert [row.title for row in await store.list_deliveries(destination=old.id)] == ["Berita 1"]


async def test_the_old_lane_is_lost_to_who_held_it(store: Store) -> None:
    feed = await a_source(store)
    old = await a_place(store, "old", "telegram", address="-1")
    await a_place(store, "new", "telegram", address="-1002")
    await store.add_route(feed.id, old.id, now=NOON)
    await publish(store, feed, 1, 2)
    lane = await claim_one(store)
    await send(store, lane, DeliveryState.WAITING, due_at=NOON, address="-1002")

    second = lane.parcels[1]
    begun = await store.begin_sends([an_intent(lane, second)], now=NOON)
    settled = await store.settle([an_outcome(lane, parcel=second)], now=NOON)

    assert begun == settled == frozenset()
    assert titles((await claim_one(store)).parcels) == ["Berita 1", "Berita 2"]


async def test_a_test_message_moves_along(store: Store) -> None:
    old = await a_place(store, "old", "telegram", address="-1")
    new = await a_place(store, "new", "telegram", address="-1002")
    await store.add_test_delivery(old.id, now=NOON)
    lane = await claim_one(store)

    await send(store, lane, DeliveryState.WAITING, due_at=NOON, address="-1002")

    assert (await claim_one(store)).destination.id == new.id


async def test_resolving_gives_the_canonical_address_and_the_title(store: Store) -> None:
    place = await a_place(store, kind="telegram", address="@berita", resolved=False)
    assert [each.id for each in await store.unresolved_destinations()] == [place.id]

    resolved = await store.resolve_destination(place.id, SUPERGROUP, now=NOON)

    assert (resolved.address, resolved.title, resolved.resolved) == ("-1002", "Daily Berita", True)
    assert await store.unresolved_destinations() == []
