"""What guards hold: one incident for a place, and one word that decides on all of a burst."""

import pytest

from feeds.model import DeliveryState, Destination, Feed, Notice, NoticeKind
from feeds.ports import ResolvedAddress
from feeds.store import Store
from feeds.store.bursts import BurstDeed
from feeds.store.rows import BurstDecided
from tests.builders import NOON
from tests.store.situations import (
    DAY,
    MINUTE,
    SECOND,
    a_lane_with,
    a_place,
    a_poll,
    a_source,
    claim,
    claim_one,
    execute,
    members,
    news,
    query,
    rows,
    send,
    states,
    titles,
)

WAITING, HELD, SENT = DeliveryState.WAITING, DeliveryState.HELD, DeliveryState.SENT
DROPPED, FAILED = DeliveryState.DROPPED, DeliveryState.FAILED
BURST = "burst: 24 new at once"


async def a_burst(
    store: Store, *, kind: str = "telegram", held: int = 4, **options: object
) -> tuple[Feed, Destination]:
    """A poll that found `held` stories too many and two that go out."""
    feed, place = await a_lane_with(store, 0, kind=kind, **options)
    await more_bursts(store, feed, *range(1, held + 1))
    await store.record_polls([a_poll(feed, news(98), news(99))], now=NOON)
    return feed, place


async def more_bursts(store: Store, feed: Feed, *numbers: int, reason: str = BURST) -> None:
    poll = a_poll(feed, *(news(number, hold=reason) for number in numbers))
    await store.record_polls([poll], now=NOON)


async def first_held(store: Store) -> int:
    return min(row.id for row in await store.list_deliveries(state=HELD))


async def open_incidents(store: Store) -> list[Notice]:
    return await store.open_notices(NoticeKind.HELD)


# ── the list ─────────────────────────────────────────────────────────────────────────────────────


async def test_bursts_are_listed_by_place_and_reason(store: Store) -> None:
    feed, place = await a_burst(store)
    other = await a_place(store, "partner")
    await store.add_route(feed.id, other.id, now=NOON)
    await more_bursts(store, feed, 11, 12, reason="burst: 22 new at once")

    first, second, third = await store.bursts()

    assert (first.destination, first.kind, first.reason, first.count) == (
        *(place.name, "telegram", BURST, 4),
    )
    assert (first.oldest, first.newest, first.since) == ("Berita 1", "Berita 4", NOON)
    assert first.id == (await rows(store, destination=place.id))[1].id
    assert {(each.destination, each.count) for each in (second, third)} == {
        (place.name, 2),
        ("partner", 2),
    }


async def test_nothing_held_is_no_burst(store: Store) -> None:
    await a_lane_with(store, 3)

    assert await store.bursts() == ()


# ── the incident ─────────────────────────────────────────────────────────────────────────────────


async def test_a_burst_is_an_incident_of_its_place_from_the_moment_it_is_stored(
    store: Store,
) -> None:
    _, place = await a_burst(store)

    (notice,) = await open_incidents(store)

    incident = notice.incident
    assert (incident.key, incident.destination) == (f"held:{place.id}", place.id)
    assert incident.delivery == await first_held(store)
    assert dict(incident.details) == {"count": "4", "reason": BURST}
    assert notice.begun_at == NOON


async def test_a_burst_that_goes_on_is_the_same_incident(store: Store) -> None:
    feed, _ = await a_burst(store)

    await more_bursts(store, feed, 11, 12, 13)

    assert len(await open_incidents(store)) == 1
    assert await query(store, "SELECT count(*) FROM notices") == [(1,)]


async def test_each_place_has_its_own(store: Store) -> None:
    feed, _ = await a_lane_with(store, 0)
    other = await a_place(store, "partner")
    await store.add_route(feed.id, other.id, now=NOON)

    await more_bursts(store, feed, 1, 2)

    assert len(await open_incidents(store)) == 2


async def test_what_opens_again_with_a_surplus_held_is_an_incident(store: Store) -> None:
    _, place = await a_lane_with(store, 25)
    await store.pause_destination(place.id, now=NOON)

    await store.resume_destination(place.id, now=NOON + DAY)

    (notice,) = await open_incidents(store)
    assert dict(notice.incident.details) == {
        "count": "5",
        "reason": "burst: 25 waited while paused",
    }
    assert notice.incident.delivery == await first_held(store)


async def test_a_poll_that_is_refused_is_no_incident(store: Store) -> None:
    feed, _ = await a_lane_with(store, 0)
    impossible = news(1, hold=BURST, fingerprint=None)
    await store.record_polls([a_poll(feed, impossible)], now=NOON)

    assert await states(store) == []
    assert await open_incidents(store) == []


@pytest.mark.parametrize("deed", ["retry", "drop"])
async def test_it_is_over_with_the_last_delivery_decided_on(store: Store, deed: str) -> None:
    await a_burst(store, held=2)
    first, second = sorted(row.id for row in await store.list_deliveries(state=HELD))

    await store.decide([second], deed=deed, now=NOON)  # type: ignore[arg-type]  # a table's word
    assert len(await open_incidents(store)) == 1
    await store.decide([first], deed=deed, now=NOON)  # type: ignore[arg-type]  # as above

    assert await open_incidents(store) == []


@pytest.mark.parametrize("deed", ["publish", "skip", "roll_up"])
async def test_it_is_over_with_a_word_on_the_whole(store: Store, deed: BurstDeed) -> None:
    await a_burst(store)

    await store.decide_burst(await first_held(store), deed=deed, now=NOON)

    assert await open_incidents(store) == []
    assert await store.bursts() == ()


async def test_it_goes_on_while_another_burst_of_the_place_is_held(store: Store) -> None:
    feed, _ = await a_burst(store)
    await more_bursts(store, feed, 11, 12, reason="burst: 22 new at once")

    await store.decide_burst(await first_held(store), deed="skip", now=NOON)
    assert len(await open_incidents(store)) == 1
    await store.decide_burst(await first_held(store), deed="skip", now=NOON)

    assert await open_incidents(store) == []


@pytest.mark.parametrize("removed", ["route", "feed", "destination"])
async def test_it_is_over_when_what_is_held_is_dropped(store: Store, removed: str) -> None:
    feed, place = await a_burst(store)
    if removed == "route":
        (way,) = await store.list_routes()
        await store.remove_route(way.route.id, now=NOON)
    elif removed == "feed":
        await store.remove_feed(feed.id, now=NOON)
    else:
        await store.remove_destination(place.id, now=NOON)

    assert await open_incidents(store) == []


async def test_it_moves_when_two_places_turn_out_to_be_one(store: Store) -> None:
    feed = await a_source(store)
    alias = await a_place(store, "alias", "telegram", address="@berita", resolved=False)
    await store.add_route(feed.id, alias.id, now=NOON)
    await more_bursts(store, feed, 1, 2)
    place = await a_place(store, "channel", "telegram", address="-1002")

    await store.resolve_destination(alias.id, ResolvedAddress(address="-1002"), now=NOON)

    (notice,) = await open_incidents(store)
    assert notice.incident.key == f"held:{place.id}"
    (burst,) = await store.bursts()
    assert (burst.destination, burst.count) == ("channel", 2)


async def test_a_new_burst_after_the_old_is_a_new_incident(store: Store) -> None:
    feed, _ = await a_burst(store)
    await store.decide_burst(await first_held(store), deed="skip", now=NOON)

    await more_bursts(store, feed, 11)

    assert len(await open_incidents(store)) == 1
    assert await query(store, "SELECT count(*) FROM notices") == [(2,)]


# ── a word ───────────────────────────────────────────────────────────────────────────────────────


async def test_published_it_goes_out_in_order_before_what_is_newer(store: Store) -> None:
    await a_burst(store)

    decided = await store.decide_burst(await first_held(store), deed="publish", now=NOON)

    assert len(decided.changed) == 4
    assert titles((await claim_one(store)).parcels) == [
        *(f"Berita {number}" for number in range(1, 5)),
        *("Berita 98", "Berita 99"),
    ]


async def test_published_late_it_is_not_too_old(store: Store) -> None:
    await a_burst(store, max_age=60 * MINUTE)

    await store.decide_burst(await first_held(store), deed="publish", now=NOON + DAY)

    lane = await claim_one(store, now=NOON + DAY + MINUTE)
    assert titles(lane.parcels) == [f"Berita {number}" for number in range(1, 5)]


async def test_skipped_it_is_dropped_with_that_reason(store: Store) -> None:
    await a_burst(store)

    await store.decide_burst(await first_held(store), deed="skip", now=NOON)

    assert await states(store) == [DROPPED] * 4 + [WAITING] * 2
    assert (await rows(store))[1].reason == "skipped by an admin"


async def test_rolled_up_it_goes_out_as_one_message_in_its_place(store: Store) -> None:
    await a_burst(store)

    decided = await store.decide_burst(await first_held(store), deed="roll_up", now=NOON)

    lane = await claim_one(store)
    assert lane.parcels[0].delivery.id == decided.roll_up
    assert members(lane.parcels[0]) == [f"Berita {number}" for number in range(1, 5)]
    assert titles(lane.parcels[1:]) == ["Berita 98", "Berita 99"]
    await send(store, lane, SENT)
    assert sorted(await states(store)) == sorted([SENT] * 5 + [WAITING] * 2)


async def test_rolled_up_late_it_is_not_too_old(store: Store) -> None:
    await a_burst(store, max_age=60 * MINUTE)

    await store.decide_burst(await first_held(store), deed="roll_up", now=NOON + DAY)

    assert await store.drop_stale(now=NOON + DAY + 60 * MINUTE) == 2  # those that were not held
    assert await store.drop_stale(now=NOON + DAY + 60 * MINUTE + SECOND) == 4


async def test_any_delivery_of_a_burst_names_it_and_no_other(store: Store) -> None:
    feed, _ = await a_burst(store)
    await more_bursts(store, feed, 11, 12, reason="burst: 22 new at once")
    newest = max(row.id for row in await store.list_deliveries(state=HELD))

    decided = await store.decide_burst(newest, deed="publish", now=NOON)

    assert len(decided.changed) == 2
    assert (await store.status(now=NOON)).deliveries[HELD] == 4


async def test_a_webhook_gets_no_roll_up(store: Store) -> None:
    await a_burst(store, kind="webhook")
    burst = await first_held(store)

    decided = await store.decide_burst(burst, deed="roll_up", now=NOON)

    assert decided == BurstDecided(
        refused=((burst, "a webhook gets each story as an event of its own"),)
    )
    assert len(await open_incidents(store)) == 1


@pytest.mark.parametrize("deed", ["publish", "skip", "roll_up"])
async def test_what_is_decided_is_not_decided_again(store: Store, deed: BurstDeed) -> None:
    await a_burst(store)
    burst = await first_held(store)
    first = await store.decide_burst(burst, deed=deed, now=NOON)
    before = await rows(store)

    again = await store.decide_burst(burst, deed="skip", now=NOON)

    said = {
        "publish": "it is waiting to be sent",
        "skip": "it was dropped",
        "roll_up": f"it goes out with delivery {first.roll_up}",
    }
    assert again.refused == ((burst, said[deed]),)
    assert await rows(store) == before


async def test_what_is_no_delivery_is_no_burst(store: Store) -> None:
    decided = await store.decide_burst(7, deed="publish", now=NOON)

    assert decided.refused == ((7, "there is no such delivery"),)


async def test_for_a_removed_place_there_is_nothing_but_to_skip(store: Store) -> None:
    _, place = await a_burst(store)
    burst = await first_held(store)
    await store.remove_destination(place.id, now=NOON)
    held = "UPDATE deliveries SET state = 'held', reason = :why WHERE id = :it"
    await execute(store, held, why=BURST, it=burst)

    published = await store.decide_burst(burst, deed="publish", now=NOON)
    rolled_up = await store.decide_burst(burst, deed="roll_up", now=NOON)
    skipped = await store.decide_burst(burst, deed="skip", now=NOON)

    refused = ((burst, "its destination was removed"),)
    assert published.refused == rolled_up.refused == refused
    assert skipped.changed == (burst,)


async def test_a_rolled_up_burst_that_fails_may_be_sent_again_as_it_is(store: Store) -> None:
    await a_burst(store)
    decided = await store.decide_burst(await first_held(store), deed="roll_up", now=NOON)
    await send(store, await claim_one(store), FAILED)
    await store.expire_leases(now=NOON, repeatable_kinds=(), everything=True)
    assert decided.roll_up is not None

    await store.decide([decided.roll_up], deed="retry", now=NOON)

    (lane,) = await claim(store)
    assert lane.parcels[0].members_total == 4
