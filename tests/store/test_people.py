"""Who may command: claims and invites are used once, stewards keep to their channels."""

from datetime import timedelta

from feeds.model.people import Role, Ticket, TicketKind
from feeds.store import Store
from tests.builders import NOON
from tests.store.situations import DAY, MINUTE, a_place

ANI, BUDI, CITRA = 7, 8, 9
CODE, OTHER = b"1" * 32, b"2" * 32


def a_ticket(kind: TicketKind = TicketKind.CLAIM, destination: int | None = None) -> Ticket:
    return Ticket(
        kind=kind,
        destination=destination,
        made_by=None,
        made_at=NOON,
        expires_at=NOON + 10 * MINUTE,
    )


async def use(
    store: Store,
    person: int,
    code: bytes = CODE,
    *,
    after: timedelta = timedelta(0),
    claimable: bool = True,
) -> Ticket | None:
    return await store.use_ticket(code, person, now=NOON + after, claimable=claimable)


async def role_of(store: Store, person: int) -> Role | None:
    found = await store.person(person)
    return found.role if found else None


async def test_who_claims_first_is_the_owner_and_nobody_after_him(store: Store) -> None:
    await store.add_ticket(CODE, a_ticket())

    assert await use(store, ANI) is not None
    assert await use(store, BUDI) is None
    await store.add_ticket(OTHER, a_ticket())
    assert await use(store, BUDI, OTHER) is None, "there is an owner"

    assert [person.id for person in await store.people_of(Role.OWNER)] == [ANI]
    assert await role_of(store, BUDI) is None


async def test_a_claim_is_worth_nothing_late_or_where_the_file_names_owners(store: Store) -> None:
    await store.add_ticket(CODE, a_ticket())

    assert await use(store, ANI, after=10 * MINUTE) is None
    assert await use(store, ANI, claimable=False) is None
    assert await use(store, ANI, OTHER) is None


async def test_a_new_claim_ends_the_one_before(store: Store) -> None:
    await store.add_ticket(CODE, a_ticket())
    await store.add_ticket(OTHER, a_ticket())

    assert await use(store, ANI, CODE) is None
    assert await use(store, ANI, OTHER) is not None


async def test_an_invite_makes_a_steward_of_its_channel_once(store: Store) -> None:
    place = await a_place(store, "channel", "telegram", address="-1001")
    await store.add_ticket(CODE, a_ticket(TicketKind.INVITE, place.id))

    assert await use(store, BUDI, claimable=False) is not None
    assert await use(store, CITRA) is None

    assert await role_of(store, BUDI) is Role.STEWARD
    assert await store.looked_after(BUDI) == {place.id}
    assert [person.id for person in await store.stewards_of(place.id)] == [BUDI]
    await store.dismiss(BUDI, place.id)
    assert await store.looked_after(BUDI) == frozenset()


async def test_an_invite_to_a_channel_that_is_gone_is_worth_nothing(store: Store) -> None:
    place = await a_place(store, "channel", "telegram", address="-1001")
    await store.add_ticket(CODE, a_ticket(TicketKind.INVITE, place.id))
    await store.remove_destination(place.id, now=NOON)

    assert await use(store, BUDI) is None


async def test_an_owner_who_takes_an_invite_stays_an_owner(store: Store) -> None:
    place = await a_place(store, "channel", "telegram", address="-1001")
    await store.add_ticket(CODE, a_ticket())
    await use(store, ANI)
    await store.add_ticket(OTHER, a_ticket(TicketKind.INVITE, place.id))

    await use(store, ANI, OTHER)

    assert await role_of(store, ANI) is Role.OWNER


async def test_a_language_is_remembered_whatever_people_call_themselves(store: Store) -> None:
    await store.meet(ANI, "Ani", now=NOON)
    await store.speak(ANI, "en", now=NOON)

    again = await store.meet(ANI, "Ani \0 Lestari", now=NOON + DAY)

    assert (again.name, again.language, again.role) == ("Ani  Lestari", "en", Role.GUEST)


async def test_who_is_dismissed_commands_nothing(store: Store) -> None:
    await store.add_ticket(CODE, a_ticket())
    await use(store, ANI)

    await store.dismiss(ANI)

    assert await role_of(store, ANI) is Role.GUEST
