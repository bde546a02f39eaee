"""A waiting delivery knows what stands before it."""

from datetime import datetime

from feeds.model import DeliveryState, Incident, NoticeKind, Pace
from feeds.store import Store
from feeds.store.rows import Ahead
from tests.builders import NOON
from tests.store.situations import (
    DAY,
    MINUTE,
    a_filled_lane,
    an_intent,
    claim_one,
    rows,
    send,
)

WAITING = DeliveryState.WAITING


async def ahead(store: Store, seq: int, *, now: datetime = NOON) -> Ahead | None:
    told = await store.delivery_story((await rows(store))[seq].id, now=now)
    assert told is not None
    return told.ahead


async def test_one_behind_a_head_that_must_wait_names_it_and_its_lanes_rest(store: Store) -> None:
    await a_filled_lane(store, 3, kind="telegram", address="-1001")
    lane = await claim_one(store)
    until = NOON + 60 * MINUTE
    await send(store, lane, WAITING, due_at=until, not_before=until, counts=False)

    head = lane.parcels[0].delivery.id
    assert await ahead(store, 3) == Ahead(
        head=head, head_state=WAITING, head_due_at=until, lane_until=until
    )
    assert await ahead(store, 1) == Ahead(lane_until=until)


async def test_one_behind_a_send_under_way_names_that(store: Store) -> None:
    await a_filled_lane(store, 2)
    lane = await claim_one(store)
    await store.begin_sends([an_intent(lane)], now=NOON)

    found = await ahead(store, 2)

    assert found is not None
    assert (found.head, found.head_state) == (lane.parcels[0].delivery.id, DeliveryState.SENDING)
    assert await ahead(store, 1) is None


async def test_a_closed_chat_or_token_is_named_and_no_other(store: Store) -> None:
    await a_filled_lane(store, 1, kind="telegram", address="-1001/7")
    others = ("telegram:chat:-10017", "telegram:chat:-1", "webhook:1", "telegram:botany")
    closed = [Pace(scope=scope, not_before=NOON + DAY) for scope in others]
    chat = Pace(scope="telegram:chat:-1001", not_before=NOON + MINUTE, reason="429")
    token = Pace(scope="telegram:bot:42", not_before=NOON + 2 * MINUTE, reason="401")

    await store.save_paces([*closed, chat], now=NOON)
    by_chat = await ahead(store, 1)
    await store.save_paces([token], now=NOON)
    by_token = await ahead(store, 1)

    assert by_chat == Ahead(closed=chat)
    assert by_token == Ahead(closed=token)
    assert await ahead(store, 1, now=NOON + 2 * MINUTE) == Ahead()


async def test_an_outage_of_its_service_is_named_and_no_other(store: Store) -> None:
    await a_filled_lane(store, 1, kind="telegram", address="-1001")
    await a_filled_lane(store, 1, name="endpoint", kind="webhook")
    why = {"service": "telegram", "reason": "Telegram is not reached"}
    incident = Incident(key="outage:telegram", kind=NoticeKind.OUTAGE, details=why)

    await store.begin_incident(incident, now=NOON)
    found = {
        told.destination.kind: told.ahead
        for row in await store.list_deliveries()
        if (told := await store.delivery_story(row.id, now=NOON)) is not None
    }
    await store.end_incidents((incident.key,), now=NOON)

    assert found == {"telegram": Ahead(outage="Telegram is not reached"), "webhook": Ahead()}
    assert await ahead(store, 1) == Ahead()


async def test_a_fresh_doubt_of_its_lane_is_named(store: Store) -> None:
    await a_filled_lane(store, 2, kind="telegram", address="-1001")
    lane = await claim_one(store)
    await send(store, lane, DeliveryState.IN_DOUBT)

    assert await ahead(store, 2) == Ahead(doubt=lane.parcels[0].delivery.id)
