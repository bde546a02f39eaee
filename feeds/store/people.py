"""People as the store knows them: roles, languages, stewards of channels, one-time codes."""

from collections import defaultdict
from datetime import datetime

import sqlalchemy as sa

from feeds.model.people import Change, Person, Role, Ticket, TicketKind
from feeds.store import changes
from feeds.store.columns import Instant
from feeds.store.nouns import Row
from feeds.store.people_tables import people, stewards, tickets
from feeds.store.statements import storable, upsert
from feeds.store.tables import DESTINATION_LIVE, destinations

NAME_MAX = 128  # characters
STEWARDS_MAX = 1_000  # of all channels together

_PERSON = (people.c.id, people.c.name, people.c.language, people.c.role, people.c.since)
_person = sa.select(*_PERSON).where(people.c.id == sa.bindparam("person"))
_by_role = sa.select(*_PERSON).where(people.c.role == sa.bindparam("role")).order_by(people.c.since)
_meet = upsert(people, key=("id",), update=lambda new: {"name": new.name})
_speak = upsert(people, key=("id",), update=lambda new: {"language": new.language})
_appoint = upsert(
    people,
    key=("id",),
    update=lambda new: {"role": new.role},
    where=lambda _new: people.c.role != Role.OWNER.value,
)
_look_after = upsert(
    stewards, key=("person", "destination"), update=lambda new: {"invited_by": new.invited_by}
)
_looked_after = (
    sa.select(stewards.c.destination)
    .join(destinations, destinations.c.id == stewards.c.destination)
    .where(stewards.c.person == sa.bindparam("person"), DESTINATION_LIVE)
    .order_by(stewards.c.destination)
)
_all_stewards = (
    sa.select(stewards.c.person, stewards.c.destination)
    .join(destinations, destinations.c.id == stewards.c.destination)
    .where(DESTINATION_LIVE)
    .order_by(stewards.c.person, stewards.c.destination)
    .limit(STEWARDS_MAX)
)
_chats_looked_after = (
    sa.select(destinations.c.id, destinations.c.address)
    .join(stewards, stewards.c.destination == destinations.c.id)
    .where(
        stewards.c.person == sa.bindparam("person"),
        destinations.c.kind == sa.bindparam("kind"),
        destinations.c.resolved,
        DESTINATION_LIVE,
    )
    .order_by(destinations.c.id)
)
_of_channel = (
    sa.select(*_PERSON)
    .join(stewards, stewards.c.person == people.c.id)
    .where(stewards.c.destination == sa.bindparam("destination"))
    .order_by(people.c.id)
)
_ticket = (
    sa.select(
        *(tickets.c.kind, tickets.c.destination, tickets.c.made_by, tickets.c.made_at),
        *(tickets.c.expires_at, tickets.c.used_by),
    )
    .where(tickets.c.digest == sa.bindparam("digest"))
    .with_for_update()
)
_use = (
    sa.update(tickets)
    .where(tickets.c.digest == sa.bindparam("this_digest"), tickets.c.used_by.is_(None))
    .values(
        used_by=sa.bindparam("by_person", type_=sa.BigInteger),
        used_at=sa.bindparam("now", type_=Instant),
    )
)


def meet(connection: sa.Connection, person: int, name: str, *, now: datetime) -> Person:
    """Remember somebody's present name; a stranger is a guest."""
    row = {"id": person, "name": storable(name, NAME_MAX), "role": Role.GUEST, "since": now}
    connection.execute(_meet[connection.dialect.name], row)
    found = by_id(connection, person)
    assert found is not None, "he was just written"
    return found


def by_id(connection: sa.Connection, person: int) -> Person | None:
    """Find a person."""
    row = connection.execute(_person, {"person": person}).first()
    return as_person(row) if row else None


def of_role(connection: sa.Connection, role: Role) -> list[Person]:
    """List the people of a role, those longest there first."""
    return [as_person(row) for row in connection.execute(_by_role, {"role": role.value})]


def speak(connection: sa.Connection, person: int, language: str | None, *, now: datetime) -> None:
    """Remember which language somebody chose."""
    row = {"id": person, "name": "", "language": language, "role": Role.GUEST, "since": now}
    connection.execute(_speak[connection.dialect.name], row)


def appoint(connection: sa.Connection, person: int, role: Role, *, now: datetime) -> None:
    """Give somebody a role; an owner stays an owner."""
    row = {"id": person, "name": "", "role": role, "since": now}
    connection.execute(_appoint[connection.dialect.name], row)


def dismiss(connection: sa.Connection, person: int, destination: int | None) -> None:
    """Let somebody look after a channel no more, or after none and own nothing."""
    mine = stewards.c.person == person
    if destination is not None:
        mine = sa.and_(mine, stewards.c.destination == destination)
    connection.execute(sa.delete(stewards).where(mine))
    if destination is None:
        guest = sa.update(people).where(people.c.id == person).values(role=Role.GUEST)
        connection.execute(guest)


def leave_alone(connection: sa.Connection, destination: int) -> None:
    """Let nobody look after a channel, nor by a code that nobody has used yet."""
    connection.execute(sa.delete(stewards).where(stewards.c.destination == destination))
    unused = sa.and_(tickets.c.destination == destination, tickets.c.used_by.is_(None))
    connection.execute(sa.delete(tickets).where(unused))


def look_after(
    connection: sa.Connection, person: int, destination: int, *, by: int | None, now: datetime
) -> None:
    """Let somebody look after a channel."""
    appoint(connection, person, Role.STEWARD, now=now)
    row = {"person": person, "destination": destination, "invited_by": by, "since": now}
    connection.execute(_look_after[connection.dialect.name], row)


def looked_after(connection: sa.Connection, person: int) -> frozenset[int]:
    """Tell which live destinations somebody looks after."""
    return frozenset(connection.scalars(_looked_after, {"person": person}))


def all_stewards(connection: sa.Connection) -> dict[int, frozenset[int]]:
    """Tell who looks after any live destinations, and after which."""
    found: dict[int, set[int]] = defaultdict(set)
    for person, destination in connection.execute(_all_stewards):
        found[person].add(destination)
    return {person: frozenset(places) for person, places in found.items()}


def chats_looked_after(connection: sa.Connection, person: int, kind: str) -> list[tuple[int, int]]:
    """Tell which live destinations somebody looks after, and in which chat each of them is."""
    rows = connection.execute(_chats_looked_after, {"person": person, "kind": kind})
    chats = ((row.id, row.address.partition("/")[0]) for row in rows)
    return [(id_, int(chat)) for id_, chat in chats if chat.lstrip("-").isdecimal()]


def stewards_of(connection: sa.Connection, destination: int) -> list[Person]:
    """List who looks after a channel."""
    found = connection.execute(_of_channel, {"destination": destination})
    return [as_person(row) for row in found]


def add_ticket(connection: sa.Connection, digest: bytes, ticket: Ticket) -> None:
    """Keep a new one-time code; earlier claims that nobody used are worth nothing any more."""
    if ticket.kind is TicketKind.CLAIM:
        old = sa.and_(tickets.c.kind == TicketKind.CLAIM, tickets.c.used_by.is_(None))
        connection.execute(sa.delete(tickets).where(old))
    values = {
        "digest": digest,
        "kind": ticket.kind,
        "destination": ticket.destination,
        "made_by": ticket.made_by,
        "made_at": ticket.made_at,
        "expires_at": ticket.expires_at,
    }
    connection.execute(sa.insert(tickets).values(values))


def invited_to(connection: sa.Connection, digest: bytes, *, now: datetime) -> int | None:
    """Tell which live destination a code invites to; None: it is no invitation, or void."""
    row = connection.execute(_ticket, {"digest": digest}).first()
    if row is None or row.kind != TicketKind.INVITE:
        return None
    is_void = row.used_by is not None or row.expires_at <= now
    return None if is_void or not _is_live(connection, row.destination) else row.destination


def use_ticket(
    connection: sa.Connection, digest: bytes, person: int, *, now: datetime, claimable: bool
) -> Ticket | None:
    """Use a one-time code, once: its bearer becomes what it is good for. None: it is worth nothing.

    `claimable`: nobody owns the bot by configuration. A claim is worth nothing once there is an
    owner.
    """
    row = connection.execute(_ticket, {"digest": digest}).first()
    if row is None or row.used_by is not None or row.expires_at <= now:
        return None
    ticket = _as_ticket(row)
    if ticket.kind is TicketKind.CLAIM and (not claimable or of_role(connection, Role.OWNER)):
        return None
    if ticket.kind is TicketKind.INVITE and not _is_live(connection, ticket.destination):
        return None
    used = {"this_digest": digest, "by_person": person, "now": now}
    if connection.execute(_use, used).rowcount != 1:
        return None
    if ticket.kind is TicketKind.CLAIM:
        appoint(connection, person, Role.OWNER, now=now)
        joined = Change(what="person.claim", person=person)
    else:
        assert ticket.destination is not None, "an invite names its channel"
        look_after(connection, person, ticket.destination, by=ticket.made_by, now=now)
        joined = Change(what="person.join", person=person, destination=ticket.destination)
    changes.note(connection, joined, now=now)
    return ticket


def _is_live(connection: sa.Connection, destination: int | None) -> bool:
    live = sa.select(destinations.c.id).where(DESTINATION_LIVE, destinations.c.id == destination)
    return connection.execute(live).first() is not None


def _as_ticket(row: Row) -> Ticket:
    kind, destination, made_by, made_at, expires_at, used_by = row
    return Ticket(
        kind=TicketKind(kind),
        destination=destination,
        made_by=made_by,
        made_at=made_at,
        expires_at=expires_at,
        used_by=used_by,
    )


def as_person(row: Row) -> Person:
    """Read a row of _PERSON."""
    id_, name, language, role, since = row
    return Person(id=id_, name=name, language=language, role=Role(role), since=since)
