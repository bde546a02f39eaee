"""Pages of deliveries for the chat, and what failed counted as it would be sent again."""

from feeds.model import DeliveryState
from feeds.store import Store
from tests.builders import NOON
from tests.store.situations import MINUTE, SECOND, a_filled_lane, a_lane_with, claim_one, send

FAILED, SENT, WAITING = DeliveryState.FAILED, DeliveryState.SENT, DeliveryState.WAITING


async def test_a_page_lists_the_newest_first_and_counts_all_states(store: Store) -> None:
    _, place = await a_filled_lane(store, 5)
    lane = await claim_one(store, heads=2)
    await send(store, lane, SENT, lane.parcels[0])
    await send(store, lane, FAILED, lane.parcels[1], reason="400")

    everything = await store.delivery_page(limit=3)
    second = await store.delivery_page(offset=3, limit=3)
    failed = await store.delivery_page(states=[FAILED], limit=3)

    assert [row.title for row in everything.rows] == ["Berita 5", "Berita 4", "Berita 3"]
    assert [row.title for row in second.rows] == ["Berita 2", "Berita 1"]
    assert everything.counts == failed.counts == {WAITING: 3, SENT: 1, FAILED: 1}
    (row,) = failed.rows
    assert (row.title, row.state, row.place_name) == ("Berita 2", FAILED, place.name)


async def test_a_page_of_some_places_shows_and_counts_no_others(store: Store) -> None:
    _, mine = await a_filled_lane(store, 2, name="mine")
    await a_filled_lane(store, 3, name="other")

    page = await store.delivery_page(among=[mine.id], limit=10)
    none = await store.delivery_page(among=[], limit=10)

    assert [row.place_name for row in page.rows] == ["mine", "mine"]
    assert page.counts == {WAITING: 2}
    assert (none.rows, none.counts) == ((), {})


async def test_members_of_a_roll_up_that_waits_are_shown_as_the_one_message(store: Store) -> None:
    _, place = await a_lane_with(store, 9, backlog="roll_up")
    await store.pause_destination(place.id, now=NOON)
    await store.resume_destination(place.id, now=NOON + SECOND)

    page = await store.delivery_page(limit=10)

    (row,) = page.rows
    assert (row.state, row.members, row.title) == (WAITING, 9, "")
    assert page.counts == {WAITING: 1}


async def test_failures_are_counted_as_they_would_be_sent_again(store: Store) -> None:
    _, place = await a_filled_lane(store, 3)
    lane = await claim_one(store)
    for parcel, seconds in zip(lane.parcels, (0, 10, 20), strict=True):
        await send(store, lane, FAILED, parcel, reason="400", now=NOON + seconds * SECOND)
    _, other = await a_filled_lane(store, 1, name="other")
    moments = [NOON + 15 * SECOND, NOON + 5 * SECOND, NOON]

    counts = await store.count_failed(place.id, moments)
    elsewhere = await store.count_failed(other.id, moments)
    sent = await store.retry_since(moments[1], destination=place.id, now=NOON + 30 * MINUTE)

    assert counts == (1, 2, 3)
    assert elsewhere == (0, 0, 0)
    assert sent == 2
    assert await store.count_failed(place.id, moments) == (0, 0, 1)
