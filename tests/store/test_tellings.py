"""What admins are told: an incident once when it begins and once when it is over, each of them."""

from datetime import timedelta

import pytest

from feeds.model import (
    Admin,
    DeliveryState,
    Ended,
    Ending,
    Incident,
    Notice,
    NoticeKind,
    Telling,
    Told,
    Verdict,
)
from feeds.ports import ResolvedAddress
from feeds.store import Store
from tests.builders import NOON
from tests.store.situations import (
    DAY,
    MINUTE,
    SECOND,
    a_filled_lane,
    an_intent,
    claim_one,
    query,
    send,
)

ANI, BUDI = 1001, 1002
ADMIN = Admin(person=ANI, name="Ani")


def an_incident(
    key: str = "parked:1", kind: NoticeKind = NoticeKind.PARKED, **details: str
) -> Incident:
    return Incident(key=key, kind=kind, details=details)


async def untold(store: Store, *persons: int, after: timedelta = SECOND) -> list[Telling]:
    return await store.notices_to_tell(persons or (ANI,), now=NOON + after, limit=100)


async def tell(
    store: Store, message_id: str | None = "7", *persons: int, after: timedelta = SECOND
) -> list[Telling]:
    """Tell all that is to be told, by one message."""
    tellings = await untold(store, *persons, after=after)
    await store.begin_tellings(tellings, now=NOON + after)
    await store.note_told(tellings, message_id=message_id, now=NOON + after)
    return tellings


async def test_an_incident_is_told_to_everybody_once_when_it_begins_and_once_when_it_is_over(
    store: Store,
) -> None:
    await store.begin_incident(an_incident(reason="kicked"), now=NOON)

    begun = await tell(store, "7", ANI, BUDI)
    again = await untold(store, ANI, BUDI, after=MINUTE)
    await store.end_incidents(["parked:1"], now=NOON + 2 * MINUTE)
    over = await tell(store, None, ANI, BUDI, after=2 * MINUTE)

    assert [(each.person, each.what, each.again) for each in begun] == [
        (ANI, Told.BEGUN, False),
        (BUDI, Told.BEGUN, False),
    ]
    assert begun[0].notice.incident.details == {"reason": "kicked"}
    assert again == []
    assert [(each.person, each.what) for each in over] == [(ANI, Told.OVER), (BUDI, Told.OVER)]
    assert await untold(store, ANI, BUDI, after=3 * MINUTE) == []


async def test_an_incident_that_goes_on_is_no_second_one_and_after_its_end_is_another(
    store: Store,
) -> None:
    for _ in range(2):
        await store.begin_incident(an_incident(), now=NOON)
    first = await tell(store)
    await store.end_incidents(["parked:1"], now=NOON)
    await store.end_incidents(["parked:1"], now=NOON + DAY)
    await store.begin_incident(an_incident(), now=NOON)

    second = [each for each in await untold(store) if each.what is Told.BEGUN]

    assert len(first) == len(second) == 1
    assert first[0].notice.id != second[0].notice.id


async def test_what_was_over_before_it_could_be_told_is_told_to_nobody(store: Store) -> None:
    await store.begin_incident(an_incident(), now=NOON)
    await store.end_incidents(["parked:1"], now=NOON)

    assert await untold(store) == []


async def test_an_outage_that_could_not_be_told_while_it_lasted_is_told_afterwards_once(
    store: Store,
) -> None:
    await store.begin_incident(an_incident("outage:telegram", NoticeKind.OUTAGE), now=NOON)
    await store.end_incidents(["outage:telegram"], now=NOON + DAY)

    told = await tell(store, None, after=DAY)

    assert [(each.what, each.again) for each in told] == [(Told.OVER, False)]
    assert await untold(store, after=DAY + MINUTE) == []
    assert len(await untold(store, BUDI, after=2 * DAY)) == 1
    assert await untold(store, BUDI, after=2 * DAY + SECOND) == []


async def test_a_telling_that_was_cut_off_is_begun_again_after_a_minute(store: Store) -> None:
    await store.begin_incident(an_incident(), now=NOON)
    await store.begin_tellings(await untold(store, after=0 * SECOND), now=NOON)

    meanwhile = await untold(store, after=59 * SECOND)
    (repeated,) = await untold(store, after=MINUTE)

    assert meanwhile == []
    assert repeated.again


async def test_a_telling_that_was_noted_is_not_begun_again(store: Store) -> None:
    await store.begin_incident(an_incident(), now=NOON)
    tellings = await tell(store, "7")

    await store.begin_tellings(tellings, now=NOON + DAY)

    assert await untold(store, after=2 * DAY) == []


async def test_news_of_last_week_is_no_news(store: Store) -> None:
    await store.begin_incident(an_incident(), now=NOON)

    assert len(await untold(store, after=7 * DAY)) == 1
    assert await untold(store, after=7 * DAY + SECOND) == []


async def test_so_many_are_told_at_once_and_the_oldest_first(store: Store) -> None:
    for number in range(5):
        await store.begin_incident(an_incident(f"parked:{number}"), now=NOON)

    found = await store.notices_to_tell([ANI, BUDI], now=NOON, limit=2)

    keys = [(each.person, each.notice.incident.key) for each in found]
    assert keys == [(who, f"parked:{number}") for who in (ANI, BUDI) for number in (0, 1)]


async def test_a_message_is_found_by_what_it_told_and_what_it_told_by_the_message(
    store: Store,
) -> None:
    for number in range(2):
        await store.begin_incident(an_incident(f"parked:{number}"), now=NOON)
    told = await tell(store, "7", ANI)
    await tell(store, "9", BUDI)

    assert await store.told_where(told[0].notice.id) == [(ANI, "7"), (BUDI, "9")]
    assert keys(await store.told_by(ANI, "7")) == ["parked:0", "parked:1"]
    assert keys(await store.told_by(ANI, "9")) == []


def keys(notices: list[Notice]) -> list[str]:
    return [each.incident.key for each in notices]


@pytest.mark.parametrize("by", [None, ADMIN])
async def test_an_incident_keeps_how_it_ended_and_who_decided(
    by: Admin | None, store: Store
) -> None:
    ending = Ending(how=Ended.RESUMED, by=by)
    await store.begin_incident(an_incident(reason="kicked"), now=NOON)
    await tell(store)

    await store.end_incidents(["parked:1"], now=NOON, ending=ending)

    (over,) = await untold(store)
    assert over.notice.ending == ending
    assert over.notice.over_at == NOON
    assert over.notice.incident.details == {"reason": "kicked"}


async def test_of_an_open_incident_and_of_an_end_unknown_nothing_is_said(store: Store) -> None:
    await store.begin_incident(an_incident(), now=NOON)
    (begun,) = await tell(store)
    await store.end_incidents(["parked:1"], now=NOON)

    (over,) = await untold(store)

    assert begun.notice.ending is None
    assert over.notice.ending is None


async def test_a_name_that_no_database_takes_is_made_one_that_it_does(store: Store) -> None:
    by = Admin(person=ANI, name="\0" + "A\ud800" * 100)
    await store.begin_incident(an_incident(), now=NOON)
    await tell(store)

    await store.end_incidents(["parked:1"], now=NOON, ending=Ending(how=Ended.RESUMED, by=by))

    (over,) = await untold(store)
    assert over.notice.ending is not None
    assert over.notice.ending.by is not None
    assert 30 <= len(over.notice.ending.by.name) <= 64


# ── what begins and ends them ────────────────────────────────────────────────────────────────────


async def a_doubt_to_decide(store: Store) -> int:
    """One delivery in doubt of which admins heard; gives its id."""
    await a_filled_lane(store, 1, kind="telegram")
    lane = await claim_one(store)
    delivery = lane.parcels[0].delivery.id
    await store.begin_sends([an_intent(lane)], now=NOON)
    await store.expire_leases(now=NOON, repeatable_kinds=(), everything=True)
    await store.conclude_doubts([Verdict(delivery=delivery, tell=True)], now=NOON)
    await tell(store)
    return delivery


@pytest.mark.parametrize(
    ("deed", "how"),
    [("confirm", Ended.CONFIRMED), ("retry", Ended.RETRIED), ("drop", Ended.DROPPED)],
)
async def test_deciding_on_a_doubt_ends_its_notice_and_says_who_decided(
    deed: str, how: Ended, store: Store
) -> None:
    delivery = await a_doubt_to_decide(store)

    await store.decide([delivery], deed=deed, now=NOON, by=ADMIN)  # type: ignore[arg-type]

    (over,) = await untold(store)
    assert over.notice.incident.delivery == delivery
    assert over.notice.ending == Ending(how=how, by=ADMIN)


@pytest.mark.parametrize(
    ("verdict", "how"),
    [({"found": "99"}, Ended.FOUND), ({"resend_at": NOON}, Ended.RESENT)],
)
async def test_a_proof_ends_the_notice_of_a_doubt(
    verdict: dict[str, object], how: Ended, store: Store
) -> None:
    delivery = await a_doubt_to_decide(store)

    await store.conclude_doubts(
        [Verdict(delivery=delivery, **verdict)],  # type: ignore[arg-type]
        now=NOON,
    )

    (over,) = await untold(store)
    assert over.notice.ending == Ending(how=how)


async def a_parked_place(store: Store) -> int:
    """A destination that refused us, of which admins heard; gives its id."""
    _, place = await a_filled_lane(store, 1)
    lane = await claim_one(store)
    await send(store, lane, DeliveryState.WAITING, park="403 kicked", due_at=NOON)
    await store.release_lanes([], now=NOON)
    (told,) = await tell(store)
    assert told.notice.incident.details == {"reason": "403 kicked"}
    return place.id


async def test_resuming_ends_the_notice_of_a_refusal_and_says_who_did(store: Store) -> None:
    place = await a_parked_place(store)

    await store.resume_destination(place, now=NOON, by=ADMIN)

    (over,) = await untold(store)
    assert over.notice.incident.destination == place
    assert over.notice.ending == Ending(how=Ended.RESUMED, by=ADMIN)


async def test_removing_a_destination_ends_its_notice_and_its_name_is_still_known(
    store: Store,
) -> None:
    place = await a_parked_place(store)

    await store.remove_destination(place, now=NOON)

    (over,) = await untold(store)
    assert over.notice.ending == Ending(how=Ended.REMOVED)
    assert (await store.any_destination(place)).name == "partner"


async def test_merging_a_destination_into_another_ends_its_notice(store: Store) -> None:
    place = await a_parked_place(store)
    await a_filled_lane(store, 1, name="other")

    await store.resolve_destination(
        place, ResolvedAddress(address="https://other.example/hook"), now=NOON
    )

    (over,) = await untold(store)
    assert over.notice.ending == Ending(how=Ended.REMOVED)


async def test_what_is_over_for_a_month_is_forgotten_with_who_was_told(store: Store) -> None:
    place = await a_parked_place(store)
    await store.resume_destination(place, now=NOON)

    await store.prune(now=NOON + 31 * DAY, keep=365 * DAY)

    assert await query(store, "SELECT * FROM notices") == []
    assert await query(store, "SELECT * FROM tellings") == []
