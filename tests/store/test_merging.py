"""Two destinations that turn out to be one place: one queue, nothing lost, nothing doubled."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from feeds.model import (
    DeliveryState,
    DestinationOptions,
    Lane,
    NoticeKind,
    RouteOptions,
    Verdict,
)
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
    query,
    rows,
    send,
    states,
    titles,
)

MERGED = "the same place had it under another name"
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
    names = await store.names()
    assert (names.destinations, names.merged) == ({"new"}, {"old"})
    assert names.routes == {("one", "new"), ("two", "new")}
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
    assert twin.reason == MERGED
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


AN_HOUR = timedelta(hours=1)


async def two_names_of_one_chat(store: Store) -> Lane:
    """Berita 1 waits under both names, `old` and `new`; gives the lane of `old`."""
    feed = await a_source(store)
    old = await a_place(store, "old", "telegram", address="-1")
    young = DestinationOptions(max_age=AN_HOUR)
    new = await a_place(store, "new", "telegram", address="-1002", options=young)
    for place in (old, new):
        await store.add_route(feed.id, place.id, now=NOON)
    await publish(store, feed, 1)
    (lane,) = [each for each in await claim(store) if each.destination.id == old.id]
    return lane


async def fates(store: Store) -> dict[str, tuple[str, str | None]]:
    """What Berita 1 came to, by the name it is under."""
    found = await query(
        store,
        "SELECT p.name, d.state, d.reason FROM deliveries d"
        " JOIN destinations p ON p.id = d.destination",
    )
    return {row.name: (row.state, row.reason) for row in found}


async def remove_the_route(store: Store) -> None:
    (way,) = [each for each in await store.list_routes() if each.destination == "new"]
    await store.remove_route(way.route.id, now=NOON)


async def drop_by_hand(store: Store) -> None:
    (row,) = [each for each in await store.list_deliveries() if each.destination == "new"]
    await store.decide([row.id], deed="drop", now=NOON)


async def let_it_grow_too_old(store: Store) -> None:
    await store.drop_stale(now=NOON + 2 * AN_HOUR)


async def test_a_story_that_the_other_name_will_never_send_goes_out(store: Store) -> None:
    lane = await two_names_of_one_chat(store)
    await remove_the_route(store)

    await store.resolve_destination(lane.destination.id, SUPERGROUP, now=NOON)

    assert await fates(store) == {"new": ("waiting", None), "old": ("dropped", "route removed")}
    assert titles((await claim_one(store, now=NOON + MINUTE)).parcels) == ["Berita 1"]


@pytest.mark.parametrize("drop", [drop_by_hand, let_it_grow_too_old])
async def test_a_story_dropped_by_hand_or_for_its_age_is_dropped_under_any_name(
    store: Store, drop: Callable[[Store], Awaitable[None]]
) -> None:
    lane = await two_names_of_one_chat(store)
    await drop(store)

    await store.resolve_destination(lane.destination.id, SUPERGROUP, now=NOON)

    assert [state for state, _ in (await fates(store)).values()] == ["dropped", "dropped"]


async def test_a_post_in_doubt_is_not_sent_under_its_other_name(store: Store) -> None:
    lane = await two_names_of_one_chat(store)
    await send(store, lane, DeliveryState.IN_DOUBT)

    await store.resolve_destination(lane.destination.id, SUPERGROUP, now=NOON)

    assert await fates(store) == {"new": ("in_doubt", "so it went"), "old": ("dropped", MERGED)}
    assert await claim(store, now=NOON + MINUTE) == []


@pytest.mark.parametrize("state", [DeliveryState.IN_DOUBT, DeliveryState.WAITING])
async def test_what_was_given_up_under_one_name_ends_no_doubt_and_no_waiting_of_the_other(
    store: Store, state: DeliveryState
) -> None:
    await two_names_of_one_chat(store)
    lanes = {lane.destination.name: lane for lane in await claim(store, now=NOON + MINUTE)}
    await send(store, lanes["new"], DeliveryState.FAILED)
    await send(store, lanes["old"], state, due_at=NOON)

    await store.resolve_destination(lanes["old"].destination.id, SUPERGROUP, now=NOON)

    assert {name: state for name, (state, _) in (await fates(store)).items()} == {
        "new": state,
        "old": "dropped",
    }
    assert await store.retry_since(NOON, now=NOON + MINUTE) == 0
    looked_into = await store.doubts_due(now=NOON + MINUTE, limit=9)
    assert len(looked_into) == (state is DeliveryState.IN_DOUBT)


async def test_a_doubt_that_the_other_name_has_sent_is_announced_no_longer(store: Store) -> None:
    lane = await two_names_of_one_chat(store)
    await send(store, lane, DeliveryState.IN_DOUBT)
    told = Verdict(delivery=lane.parcels[0].delivery.id, tell=True)
    await store.conclude_doubts([told], now=NOON)
    other = await claim_one(store, now=NOON + MINUTE)
    await send(store, other, now=NOON + MINUTE)

    await store.resolve_destination(lane.destination.id, SUPERGROUP, now=NOON + MINUTE)

    assert await fates(store) == {"new": ("sent", None), "old": ("dropped", MERGED)}
    assert await store.open_notices(NoticeKind.IN_DOUBT) == []


async def test_a_doubt_of_one_name_is_looked_for_beside_no_post_of_the_other(store: Store) -> None:
    feed = await a_source(store)
    old = await a_place(store, "old", "telegram", address="-1")
    await a_place(store, "new", "telegram", address="-1002")
    await store.add_route(feed.id, old.id, now=NOON)
    await publish(store, feed, 1, 2)
    lane = await claim_one(store)
    await send(store, lane, message_id="40")
    await send(store, lane, DeliveryState.IN_DOUBT, lane.parcels[1])

    await store.resolve_destination(old.id, SUPERGROUP, now=NOON)

    (doubt,) = await store.doubts_due(now=NOON + MINUTE, limit=9)
    assert doubt.destination.address == "-1002"
    assert (doubt.last_before, doubt.first_after) == (None, None)
