"""What waits for attention is found in one read, of everything or of some destinations alone."""

from feeds.model import DeliveryState, PollMemory
from feeds.store import Store
from feeds.store.troubles import POSTS_MAX
from tests.builders import NOON
from tests.store.situations import (
    a_filled_lane,
    a_poll,
    an_intent,
    claim,
    claim_one,
    execute,
    send,
    states,
)

FAILED, WAITING = DeliveryState.FAILED, DeliveryState.WAITING


async def troubled(store: Store) -> None:
    """Two webhooks whose feeds fail; each was given one up, and the second is parked."""
    for name in ("first", "second"):
        feed, _ = await a_filled_lane(store, 2, name=name)
        memory = PollMemory(baseline_at=NOON, failures=2, last_error="502")
        await store.record_polls([a_poll(feed, memory=memory)], now=NOON)
    for lane in await claim(store):
        park = "410 Gone" if lane.destination.name == "second" else None
        await send(store, lane, FAILED, park=park)


async def test_everything_is_found_and_nothing_else(store: Store) -> None:
    await troubled(store)

    found = await store.troubles()

    assert [(post.state, post.reason) for post in found.posts] == [(FAILED, "so it went")] * 2
    things = {(thing.what, thing.name, thing.why) for thing in found.things}
    assert things == {
        ("place", "second", "410 Gone"),
        ("feed", "feed-of-first", "502"),
        ("feed", "feed-of-second", "502"),
    }
    assert found.bursts == ()


async def test_of_some_destinations_only_theirs_are_found(store: Store) -> None:
    await troubled(store)
    first = await store.destination_by("first")
    assert first is not None

    found = await store.troubles(among={first.id})

    assert [post.place for post in found.posts] == [first.id]
    assert [thing.name for thing in found.things] == ["feed-of-first"]
    assert await store.troubles(among=set()) == type(found)()


async def test_what_a_place_was_given_up_goes_out_again_and_no_others(store: Store) -> None:
    await troubled(store)
    first, second = [await store.destination_by(name) for name in ("first", "second")]
    assert first is not None
    assert second is not None

    assert await store.retry_failed(first.id, now=NOON) == 1

    assert await states(store, destination=first.id) == [WAITING] * 2
    assert await states(store, destination=second.id) == [FAILED, WAITING]
    assert await store.retry_failed(first.id, now=NOON) == 0


async def test_a_doubt_is_listed_whatever_failed_since(store: Store) -> None:
    await a_filled_lane(store, POSTS_MAX + 2)
    lane = await claim_one(store)
    await store.begin_sends([an_intent(lane)], now=NOON)
    await store.expire_leases(now=NOON, repeatable_kinds=(), everything=True)
    given_up = "SET state = 'failed', reason = '400', changed_at = changed_at + 60000"
    await execute(store, f"UPDATE deliveries {given_up} WHERE state = 'waiting'")

    found = await store.troubles()

    assert found.posts[0].id == lane.parcels[0].delivery.id
    assert len(found.posts) == 1 + POSTS_MAX
    assert found.counts == {DeliveryState.IN_DOUBT: 1, FAILED: POSTS_MAX + 1}
    told = (await store.status(now=NOON)).deliveries
    assert found.counts == {state: told[state] for state in found.counts}
