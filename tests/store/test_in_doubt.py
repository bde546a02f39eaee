"""What was cut off while sending, under the policy to send again."""

from datetime import timedelta

import pytest

from feeds.model import DeliveryState, DestinationOptions, InDoubtPolicy
from feeds.store import Expired, Store
from tests.builders import NOON
from tests.store.situations import (
    DAY,
    MINUTE,
    a_filled_lane,
    an_intent,
    claim,
    claim_one,
    rows,
    states,
)

HOLD, RESEND = InDoubtPolicy.HOLD, InDoubtPolicy.RESEND


async def cut_off(store: Store, own: InDoubtPolicy | None) -> None:
    _, place = await a_filled_lane(store, 1, kind="telegram")
    await store.set_destination(place.id, options=DestinationOptions(in_doubt=own))
    await store.begin_sends([an_intent(await claim_one(store))], now=NOON)


@pytest.mark.parametrize(("own", "default"), [(RESEND, HOLD), (None, RESEND)])
async def test_under_the_policy_to_resend_it_waits_a_minute_and_goes_again(
    store: Store, own: InDoubtPolicy | None, default: InDoubtPolicy
) -> None:
    await cut_off(store, own)

    expired = await store.expire_leases(
        now=NOON + DAY, repeatable_kinds=("webhook",), everything=True, in_doubt=default
    )

    assert expired == Expired(returned=1)
    assert await claim(store, now=NOON + DAY + timedelta(seconds=59)) == []
    lane = await claim_one(store, now=NOON + DAY + MINUTE)
    (parcel,) = lane.parcels
    assert (parcel.delivery.attempts, parcel.delivery.reason) == (1, "stopped while sending")
    told = await store.delivery_story(parcel.delivery.id)
    assert told is not None
    assert [attempt.ended_at for attempt in told.attempts] == [NOON + DAY]


@pytest.mark.parametrize(("own", "default"), [(HOLD, RESEND), (None, HOLD)])
async def test_under_the_policy_to_hold_it_is_in_doubt(
    store: Store, own: InDoubtPolicy | None, default: InDoubtPolicy
) -> None:
    await cut_off(store, own)

    expired = await store.expire_leases(now=NOON + DAY, repeatable_kinds=(), in_doubt=default)

    assert expired == Expired(in_doubt=1)
    assert await states(store) == [DeliveryState.IN_DOUBT]


async def test_nothing_is_sent_again_to_what_was_removed_meanwhile(store: Store) -> None:
    await cut_off(store, RESEND)
    (place,) = await store.list_destinations()
    await store.remove_destination(place.id, now=NOON)

    await store.expire_leases(now=NOON + DAY, repeatable_kinds=(), everything=True)

    row = (await rows(store))[1]
    assert (row.state, row.reason) == (DeliveryState.DROPPED, "destination removed")


async def test_a_lane_that_is_still_served_keeps_its_epoch_and_may_write_what_it_heard(
    store: Store,
) -> None:
    await cut_off(store, None)
    (place,) = await store.list_destinations()

    expired = await store.expire_leases(now=NOON + DAY, repeatable_kinds=(), spare=(place.id,))

    assert expired == Expired()
    assert await states(store) == [DeliveryState.SENDING]
