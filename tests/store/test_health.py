"""How endpoints fare: a row of failures, told as it lasts, and what ends it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from feeds.health import DISABLED_AFTER, FAILURES_MIN
from feeds.model import (
    DeliveryState,
    Destination,
    DestinationOptions,
    DestinationState,
    Ended,
    Event,
    Failing,
    Notice,
    NoticeKind,
    Told,
)
from feeds.store import Store
from tests.builders import NOON
from tests.store.situations import (
    MINUTE,
    a_filled_lane,
    a_place,
    an_intent,
    an_outcome,
    claim,
    claim_one,
    query,
    send,
    states,
)

WAITING = DeliveryState.WAITING
HOUR = timedelta(hours=1)
OWNER = 7


async def fails(
    store: Store, *, now: datetime = NOON, times: int = 1, **changes: Any
) -> Destination:
    """Let the one lane that is due fail so many times; gives its destination afterwards."""
    lane = next(each for each in await claim(store, now=now) if each.destination.name == "partner")
    for _ in range(times):
        outcome = {"due_at": now, "reason": "the endpoint answered 503"} | changes
        await send(store, lane, WAITING, now=now, **outcome)
    await store.expire_leases(now=now, repeatable_kinds=["webhook"], everything=True)
    return await partner(store)


async def fails_daily(store: Store, *, until: timedelta = DISABLED_AFTER - HOUR) -> None:
    """Let it fail FAILURES_MIN times at NOON, then once a day, and once at NOON + `until`."""
    await fails(store, times=FAILURES_MIN)
    for hours in range(24, int(until / HOUR), 24):
        await fails(store, now=NOON + hours * HOUR)
    await fails(store, now=NOON + until)


async def partner(store: Store) -> Destination:
    found = await store.destination_by("partner")
    assert found is not None
    return found


async def recovers(store: Store, *, now: datetime) -> Destination:
    await send(store, await claim_one(store, now=now), now=now)
    return await partner(store)


async def notices(store: Store, kind: NoticeKind = NoticeKind.ENDPOINT_FAILING) -> list[Notice]:
    return await store.open_notices(kind)


async def test_a_row_of_failures_begins_with_the_first_and_a_success_ends_it(store: Store) -> None:
    await a_filled_lane(store)

    await fails(store)
    failing = await fails(store, now=NOON + HOUR, reason="no answer in time")
    well = await recovers(store, now=NOON + 2 * HOUR)

    assert failing.failing == Failing(
        since=NOON, last_at=NOON + HOUR, failures=2, answer="no answer in time"
    )
    assert (well.failing, well.proven) == (None, True)


async def test_an_endpoint_is_suspect_until_it_took_something_and_once_it_failed_twice(
    store: Store,
) -> None:
    await a_filled_lane(store)

    seen = [(await partner(store)).is_suspect]
    seen.append((await recovers(store, now=NOON)).is_suspect)
    await store.expire_leases(now=NOON, repeatable_kinds=["webhook"], everything=True)
    seen.append((await fails(store)).is_suspect)
    seen.append((await fails(store)).is_suspect)

    assert seen == [True, False, False, True]


async def test_a_channel_has_no_such_health(store: Store) -> None:
    await a_filled_lane(store, kind="telegram")

    assert (await fails(store)).failing is None


async def test_120_hours_of_nothing_but_failures_disable_it_and_say_why(store: Store) -> None:
    await a_filled_lane(store)
    await fails_daily(store)

    almost = await fails(store, now=NOON + DISABLED_AFTER - MINUTE)
    disabled = await fails(store, now=NOON + DISABLED_AFTER)

    assert almost.state is DestinationState.OPEN
    assert disabled.state is DestinationState.PARKED
    assert disabled.state_reason == (
        "nothing but failures since 2023-09-13 12:00 UTC; the last: the endpoint answered 503"
    )
    (notice,) = await notices(store, NoticeKind.PARKED)
    assert notice.incident.details["since"] == NOON.isoformat()
    at = NOON + DISABLED_AFTER
    (parked,) = await store.parked_since(at)
    assert (parked.destination, parked.why) == ("partner", disabled.state_reason)
    assert await store.parked_since(at + MINUTE) == []
    assert await states(store) == [WAITING] * 3


async def test_an_operators_webhook_hears_that_one_is_disabled(store: Store) -> None:
    options = DestinationOptions(events=(Event.ENDPOINT_DISABLED,))
    ops = await a_place(store, "ops", options=options)
    await a_filled_lane(store)
    await fails_daily(store)

    await fails(store, now=NOON + DISABLED_AFTER)

    (lane,) = await claim(store, now=NOON + DISABLED_AFTER)
    assert lane.destination.id == ops.id
    (event,) = [parcel.delivery for parcel in lane.parcels]
    assert event.occasion.startswith("endpoint.disabled:")
    assert event.details is not None
    assert event.details["destination"]["name"] == "partner"
    assert event.details["reason"].startswith("nothing but failures since")


async def test_an_endpoint_that_was_hardly_tried_goes_on(store: Store) -> None:
    await a_filled_lane(store)
    await fails(store)

    late = await fails(store, now=NOON + 2 * DISABLED_AFTER)

    assert late.state is DestinationState.OPEN


async def test_a_success_in_between_begins_the_120_hours_anew(store: Store) -> None:
    await a_filled_lane(store)
    await fails(store, times=FAILURES_MIN)
    await recovers(store, now=NOON + HOUR)
    await store.expire_leases(now=NOON, repeatable_kinds=["webhook"], everything=True)

    for hours in (2, 24, 48, 72, 96):
        await fails(store, now=NOON + hours * HOUR)
    late = await fails(store, now=NOON + DISABLED_AFTER)

    assert late.state is DestinationState.OPEN


@pytest.mark.parametrize("hours", [0, 130])
async def test_one_opened_again_has_all_its_time_before_it(store: Store, hours: int) -> None:
    await a_filled_lane(store)
    await fails_daily(store)
    await fails(store, now=NOON + DISABLED_AFTER)
    again_at = NOON + DISABLED_AFTER + hours * HOUR

    resumed = await store.resume_destination((await partner(store)).id, now=again_at)
    failing = await fails(store, now=again_at)

    assert resumed.failing is None
    assert failing.state is DestinationState.OPEN
    assert failing.failing is not None
    assert failing.failing.since == again_at
    assert await notices(store, NoticeKind.PARKED) == []


async def test_admins_are_told_at_half_the_time_and_the_same_notice_goes_on(store: Store) -> None:
    await a_filled_lane(store)
    await fails_daily(store, until=48 * HOUR)

    seen, reached = [], []
    for hours in (59, 60, 83, 84, 108, 119):
        await fails(store, now=NOON + hours * HOUR)
        reached += await store.tell_failing(now=NOON + hours * HOUR)
        seen.append([(n.id, n.incident.details["stage"]) for n in await notices(store)])

    first = seen[1][0][0]
    assert seen == [[], *([(first, told)] for told in ("50", "50", "70", "90", "90"))]
    assert (await notices(store))[0].incident.details["until"].startswith("2023-09-18T12:00")
    assert [(each.destination, each.percent, each.since) for each in reached] == [
        ("partner", percent, NOON) for percent in (50, 70, 90)
    ]


@pytest.mark.parametrize("how", [Ended.RECOVERED, Ended.DISABLED, Ended.REMOVED])
async def test_what_was_told_ends_with_how_it_ended(store: Store, how: Ended) -> None:
    _, place = await a_filled_lane(store)
    await fails_daily(store, until=60 * HOUR)
    await store.tell_failing(now=NOON + 60 * HOUR)
    (told,) = await store.notices_to_tell([OWNER], now=NOON + 60 * HOUR, limit=9)
    await store.begin_tellings([told], now=NOON + 60 * HOUR)
    await store.note_told([told], message_id="5", now=NOON + 60 * HOUR)

    match how:
        case Ended.RECOVERED:
            await recovers(store, now=NOON + 61 * HOUR)
        case Ended.DISABLED:
            for hours in (84, 108, 120):
                await fails(store, now=NOON + hours * HOUR)
        case _:
            await store.remove_destination(place.id, now=NOON + 61 * HOUR)

    later = NOON + DISABLED_AFTER + HOUR
    over = [
        each
        for each in await store.notices_to_tell([OWNER], now=later, limit=9)
        if each.what is Told.OVER
    ]
    assert [each.notice.id for each in over] == [told.notice.id]
    assert over[0].notice.ending is not None
    assert over[0].notice.ending.how is how


async def test_one_that_fails_after_days_of_quiet_begins_a_new_row_and_is_not_disabled(
    store: Store,
) -> None:
    await a_filled_lane(store)
    await fails_daily(store, until=60 * HOUR)
    await store.tell_failing(now=NOON + 60 * HOUR)
    told = await notices(store)
    quiet = NOON + DISABLED_AFTER + 24 * HOUR

    blip = await fails(store, now=quiet)
    await store.tell_failing(now=quiet)

    assert len(told) == 1
    assert blip.state is DestinationState.OPEN
    assert blip.failing is not None
    assert (blip.failing.since, blip.failing.failures) == (quiet, 1)
    assert await notices(store) == []


async def test_of_one_that_failed_once_and_is_quiet_since_nobody_is_told(store: Store) -> None:
    await a_filled_lane(store)
    await fails_daily(store, until=25 * HOUR)

    await store.tell_failing(now=NOON + 60 * HOUR)

    assert await notices(store) == []


async def test_one_that_is_gone_is_parked_by_its_410_and_not_for_failing(store: Store) -> None:
    await a_filled_lane(store)

    gone = await fails(store, park="the endpoint answered 410 Gone: it wants no more")

    assert gone.state is DestinationState.PARKED
    assert gone.state_reason == "the endpoint answered 410 Gone: it wants no more"
    assert len(await notices(store, NoticeKind.PARKED)) == 1


@pytest.mark.parametrize("closed", ["paused", "removed"])
async def test_a_410_heard_after_an_admin_closed_it_is_told_to_nobody(
    store: Store, closed: str
) -> None:
    options = DestinationOptions(events=(Event.ENDPOINT_DISABLED,))
    await a_place(store, "ops", options=options)
    _, place = await a_filled_lane(store)
    lane = await claim_one(store)
    await store.begin_sends([an_intent(lane)], now=NOON)
    close = store.pause_destination if closed == "paused" else store.remove_destination
    await close(place.id, now=NOON)

    await store.settle([an_outcome(lane, WAITING, park="410 Gone", due_at=NOON)], now=NOON)

    assert await notices(store, NoticeKind.PARKED) == []
    assert await claim(store) == []


async def test_one_added_again_inherits_nothing_that_was_heard_since_it_was_removed(
    store: Store,
) -> None:
    _, place = await a_filled_lane(store)
    lane = await claim_one(store)
    await store.begin_sends([an_intent(lane)], now=NOON)
    await store.remove_destination(place.id, now=NOON)
    await store.settle([an_outcome(lane, WAITING, due_at=NOON)], now=NOON)

    again = await a_place(store, now=NOON + DISABLED_AFTER)
    await store.tell_failing(now=NOON + DISABLED_AFTER)

    assert (again.id, again.failing) == (place.id, None)
    assert await notices(store) == []


async def test_what_is_well_is_not_written_again(store: Store) -> None:
    await a_filled_lane(store)
    lane = await claim_one(store)
    await send(store, lane)
    before = await query(store, "SELECT * FROM destinations")

    second = lane.parcels[1]
    await store.begin_sends([an_intent(lane, second)], now=NOON)
    await store.settle([an_outcome(lane, parcel=second)], now=NOON)

    assert await query(store, "SELECT * FROM destinations") == before


async def test_one_opened_again_is_tried_at_once_and_with_all_its_attempts(store: Store) -> None:
    await a_filled_lane(store)
    await fails_daily(store)
    later = NOON + DISABLED_AFTER
    await fails(store, now=later, due_at=later + 14 * HOUR, not_before=later + 14 * HOUR)

    await store.resume_destination((await partner(store)).id, now=later + HOUR)

    lane = await claim_one(store, now=later + HOUR)
    assert [parcel.delivery.attempts for parcel in lane.parcels] == [0, 0, 0]


async def test_a_hurried_one_that_was_open_keeps_its_attempts(store: Store) -> None:
    await a_filled_lane(store)
    await fails(store, due_at=NOON + 14 * HOUR, not_before=NOON + 14 * HOUR)

    await store.resume_destination((await partner(store)).id, now=NOON + HOUR)

    lane = await claim_one(store, now=NOON + HOUR)
    assert [parcel.delivery.attempts for parcel in lane.parcels] == [1, 0, 0]
    assert lane.destination.failing is not None
