"""What admins hear of: begun once, over once, told to each once, whatever is cut off."""

from datetime import timedelta

from feeds.model import Incident, NoticeKind, Telling, Told
from feeds.store import Store
from tests.builders import NOON
from tests.store.situations import MINUTE, a_place

ANI, BUDI = 7, 8
SECOND = timedelta(seconds=1)


def an_incident(key: str = "parked:7", **changes: object) -> Incident:
    return Incident(key=key, kind=NoticeKind.PARKED, **changes)  # type: ignore[arg-type]


async def to_tell(store: Store, *persons: int, after: timedelta = timedelta(0)) -> list[Telling]:
    return await store.notices_to_tell(persons or (ANI,), now=NOON + after, limit=10)


async def tell(store: Store, *tellings: Telling, message_id: str = "5") -> None:
    await store.begin_tellings(tellings, now=NOON)
    await store.note_told(tellings, message_id=message_id, now=NOON)


async def test_an_incident_that_goes_on_is_one_notice(store: Store) -> None:
    await store.begin_incident(an_incident(details={"reason": "502"}), now=NOON)
    await store.begin_incident(an_incident(details={"reason": "504"}), now=NOON + MINUTE)

    (telling,) = await to_tell(store)

    assert telling.what is Told.BEGUN
    assert telling.notice.incident.details == {"reason": "502"}


async def test_the_same_incident_may_come_again_once_it_was_over(store: Store) -> None:
    await store.begin_incident(an_incident(), now=NOON)
    await tell(store, *await to_tell(store))
    await store.end_incidents(["parked:7"], now=NOON)

    await store.begin_incident(an_incident(), now=NOON + MINUTE)

    assert [each.what for each in await to_tell(store)] == [Told.OVER, Told.BEGUN]


async def test_each_person_is_told_once_and_of_the_end_once(store: Store) -> None:
    await store.begin_incident(an_incident(), now=NOON)
    ani, budi = await to_tell(store, ANI, BUDI)

    await tell(store, ani)

    assert await to_tell(store, ANI) == []
    assert await to_tell(store, BUDI) == [budi]
    await store.end_incidents(["parked:7"], now=NOON + MINUTE)
    (end,) = await to_tell(store, ANI, BUDI)
    assert (end.person, end.what) == (ANI, Told.OVER), "Budi never heard of its begin"
    await tell(store, end)
    assert await to_tell(store, ANI, BUDI) == []
    assert await store.told_where(end.notice.id) == [(ANI, "5")]


async def test_what_is_being_told_is_told_by_nobody_else_for_a_minute(store: Store) -> None:
    await store.begin_incident(an_incident(), now=NOON)
    await store.begin_tellings(await to_tell(store), now=NOON)

    assert await to_tell(store, after=59 * SECOND) == []
    (cut_off,) = await to_tell(store, after=MINUTE)

    assert cut_off.again


async def test_old_news_is_no_news(store: Store) -> None:
    await store.begin_incident(an_incident(), now=NOON)

    assert await to_tell(store, after=timedelta(days=8)) == []


async def test_a_notice_names_what_it_is_about(store: Store) -> None:
    place = await a_place(store)
    await store.begin_incident(an_incident(destination=place.id), now=NOON)

    (notice,) = await store.open_notices(NoticeKind.PARKED)

    assert notice.incident.destination == place.id
    assert (notice.begun_at, notice.over_at) == (NOON, None)


async def test_a_service_that_does_not_answer_is_told_by_the_status(store: Store) -> None:
    outage = Incident(
        key="outage:telegram", kind=NoticeKind.OUTAGE, details={"service": "telegram"}
    )
    await store.begin_incident(outage, now=NOON)

    (shown,) = (await store.status(now=NOON)).outages
    await store.end_incidents(["outage:telegram"], now=NOON)

    assert shown.incident == outage
    assert (await store.status(now=NOON)).outages == ()
