"""Incidents that admins must hear of: begun and over in the transaction that makes them so.

One notice is open for each key; who was told what is kept for each person, so that a restart
neither loses nor repeats one.
"""

import json
import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from feeds.model import Admin, Ended, Ending, Incident, Notice, NoticeKind, Telling, Told
from feeds.store import events
from feeds.store.columns import Instant
from feeds.store.side_tables import notices, tellings
from feeds.store.statements import AnyRow, ids, listed, storable, upsert

TOLD_LATE = (NoticeKind.OUTAGE,)  # of these the end is news also to who never heard of the begin
LATE_NEWS_MAX = timedelta(days=1)  # … for so long after it
NEWS_MAX = timedelta(days=7)  # an older incident is told by lists, not by a message
UNHEARD_AFTER = timedelta(minutes=1)  # a telling begun so long ago was cut off
DETAIL_MAX = 600  # characters of one detail
NAME_MAX = 64  # characters of the name of who decided
ENDED, ENDED_BY, ENDED_BY_NAME = "ended", "ended_by", "ended_by_name"  # kept among the details

_now = sa.bindparam("now", type_=Instant)
_NOTICE = (
    *(notices.c.id, notices.c.key, notices.c.kind, notices.c.destination, notices.c.feed),
    *(notices.c.delivery, notices.c.details, notices.c.begun_at, notices.c.over_at),
)
_is_open = notices.c.over_at.is_(None)
_begin = {
    dialect.dialect.name: dialect.insert(notices)
    .on_conflict_do_nothing(index_elements=["key"], index_where=_is_open)
    .returning(notices.c.id, notices.c.key)
    for dialect in (sqlite, postgresql)
}
_open_of = sa.select(notices.c.id, notices.c.details).where(
    notices.c.key.in_(ids("keys")), _is_open
)
_end = (
    sa.update(notices)
    .where(notices.c.id == sa.bindparam("of_notice"), _is_open)
    .values(over_at=_now, details=sa.bindparam("new_details", type_=sa.Text))
)
_telling = upsert(
    tellings,
    key=("notice", "person", "what"),
    update=lambda new: {"begun_at": new.begun_at},
    where=lambda _new: tellings.c.told_at.is_(None),
)
_told = (
    sa.update(tellings)
    .where(
        tellings.c.notice == sa.bindparam("of_notice"),
        tellings.c.person == sa.bindparam("to_person"),
        tellings.c.what == sa.bindparam("this_half"),
    )
    .values(told_at=_now, message_id=sa.bindparam("as_message", type_=sa.Text))
)
_begun = tellings.alias("begun")
_over = tellings.alias("over")


def _half(half: sa.FromClause, what: Told) -> sa.ColumnElement[bool]:
    return sa.and_(
        half.c.notice == notices.c.id,
        half.c.person == sa.bindparam("person"),
        half.c.what == what.value,
    )


_recent = (
    sa.select(
        *_NOTICE,
        _begun.c.begun_at.label("telling_at"),
        _begun.c.told_at.label("told_at"),
        _over.c.begun_at.label("telling_over_at"),
        _over.c.told_at.label("told_over_at"),
    )
    .select_from(
        notices.outerjoin(_begun, _half(_begun, Told.BEGUN)).outerjoin(
            _over, _half(_over, Told.OVER)
        )
    )
    .where(
        notices.c.begun_at >= sa.bindparam("since", type_=Instant),
        sa.or_(
            sa.and_(_is_open, _begun.c.told_at.is_(None)),
            sa.and_(
                notices.c.over_at.is_not(None),
                _over.c.told_at.is_(None),
                sa.or_(
                    _begun.c.told_at.is_not(None),
                    sa.and_(
                        notices.c.kind.in_(TOLD_LATE),
                        notices.c.over_at >= sa.bindparam("lately", type_=Instant),
                    ),
                ),
            ),
        ),
    )
    .order_by(notices.c.id)
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_where_told = sa.select(tellings.c.person, tellings.c.message_id).where(
    tellings.c.notice == sa.bindparam("of_notice"),
    tellings.c.what == Told.BEGUN.value,
    tellings.c.message_id.is_not(None),
)
_told_by = (
    sa.select(*_NOTICE)
    .join(tellings, tellings.c.notice == notices.c.id)
    .where(
        tellings.c.person == sa.bindparam("person"),
        tellings.c.message_id == sa.bindparam("as_message", type_=sa.Text),
        tellings.c.what == Told.BEGUN.value,
    )
    .order_by(notices.c.id)
)
_open_by_kind = sa.select(*_NOTICE).where(_is_open, notices.c.kind == sa.bindparam("kind"))


def begin(
    connection: sa.Connection, incidents: Iterable[Incident], *, now: datetime, dice: random.Random
) -> list[Incident]:
    """Begin incidents, and tell of them who asked; gives those begun: an open one just goes on."""
    asked = {each.key: each for each in incidents}
    if not asked:
        return []
    rows = [_values(each, now) for each in asked.values()]
    begun = [
        events.Begun(notice=id_, incident=asked[key])
        for id_, key in connection.execute(_begin[connection.dialect.name], rows)
    ]
    events.announce(connection, begun, now=now, dice=dice)
    return [each.incident for each in begun]


def _values(incident: Incident, now: datetime) -> dict[str, object]:
    details = {name: storable(text, DETAIL_MAX) for name, text in incident.details.items()}
    return {
        "key": incident.key,
        "kind": incident.kind.value,
        "destination": incident.destination,
        "feed": incident.feed,
        "delivery": incident.delivery,
        "details": _text(details),
        "begun_at": now,
    }


def end(
    connection: sa.Connection,
    keys: Collection[str],
    *,
    now: datetime,
    ending: Ending | None = None,
) -> None:
    """End the incidents of these keys, and keep how; one that is not open is over already."""
    how = _ending_values(ending)
    for chunk in listed(keys):
        rows = [
            {"of_notice": row.id, "new_details": _text(json.loads(row.details) | how), "now": now}
            for row in connection.execute(_open_of, {"keys": chunk})
        ]
        if rows:
            connection.execute(_end, rows)


def _ending_values(ending: Ending | None) -> dict[str, str]:
    if ending is None:
        return {}
    how = {ENDED: ending.how.value}
    if ending.by is None:
        return how
    by = {ENDED_BY: str(ending.by.person), ENDED_BY_NAME: storable(ending.by.name, NAME_MAX)}
    return how | by


def _text(details: Mapping[str, str]) -> str:
    return json.dumps(details, ensure_ascii=False)


def to_tell(
    connection: sa.Connection, persons: Collection[int], *, now: datetime, limit: int
) -> list[Telling]:
    """List what these persons are still to be told, at most `limit` each, the oldest first.

    An incident that was over before its begin could be told is told to nobody, save an outage: it
    may be what kept us from telling.
    """
    found: list[Telling] = []
    for person in persons:
        asked = {
            "person": person,
            "since": now - NEWS_MAX,
            "lately": now - LATE_NEWS_MAX,
            "most": limit,
        }
        for row in connection.execute(_recent, asked):
            what = Told.BEGUN if row.over_at is None else Told.OVER
            begun = row.telling_at if what is Told.BEGUN else row.telling_over_at
            if begun is not None and begun > now - UNHEARD_AFTER:
                continue
            found.append(
                Telling(notice=as_notice(row), person=person, what=what, again=begun is not None)
            )
    return found


def begin_telling(
    connection: sa.Connection, tellings_: Sequence[Telling], *, now: datetime
) -> None:
    """Note that these are about to be told; committed before the message leaves."""
    rows = [
        {
            "notice": each.notice.id,
            "person": each.person,
            "what": each.what.value,
            "begun_at": now,
        }
        for each in tellings_
    ]
    if rows:
        connection.execute(_telling[connection.dialect.name], rows)


def note_told(
    connection: sa.Connection, told: Sequence[Telling], *, message_id: str | None, now: datetime
) -> None:
    """Note that these were told, all by one message; they are not told again."""
    rows = [
        {
            "of_notice": each.notice.id,
            "to_person": each.person,
            "this_half": each.what.value,
            "as_message": message_id,
            "now": now,
        }
        for each in told
    ]
    if rows:
        connection.execute(_told, rows)


def told_where(connection: sa.Connection, notice: int) -> list[tuple[int, str]]:
    """List the messages (person, message id) that told the begin of a notice."""
    return [
        (row.person, row.message_id)
        for row in connection.execute(_where_told, {"of_notice": notice})
    ]


def told_by(connection: sa.Connection, person: int, message_id: str) -> list[Notice]:
    """List the notices that a message told the begin of to someone, the oldest first."""
    asked = {"person": person, "as_message": message_id}
    return [as_notice(row) for row in connection.execute(_told_by, asked)]


def still_open(connection: sa.Connection, kind: NoticeKind) -> list[Notice]:
    """List the open notices of a kind."""
    return [as_notice(row) for row in connection.execute(_open_by_kind, {"kind": kind.value})]


def as_notice(row: AnyRow) -> Notice:
    """Read a row of _NOTICE."""
    id_, key, kind, destination, feed, delivery, text, begun_at, over_at = row[: len(_NOTICE)]
    details = json.loads(text)
    ending = _as_ending(details)
    return Notice(
        id=id_,
        incident=Incident(
            key=key,
            kind=NoticeKind(kind),
            destination=destination,
            feed=feed,
            delivery=delivery,
            details=details,
        ),
        begun_at=begun_at,
        over_at=over_at,
        ending=ending,
    )


def _as_ending(details: dict[str, str]) -> Ending | None:
    """Take the ending out of an incident's details."""
    how, person = details.pop(ENDED, None), details.pop(ENDED_BY, None)
    name = details.pop(ENDED_BY_NAME, "")
    if how is None:
        return None
    by = Admin(person=int(person), name=name) if person is not None else None
    return Ending(how=Ended(how), by=by)


def parked_key(destination: int) -> str:
    """Name the incident of a destination that refused us."""
    return f"parked:{destination}"


def doubt_key(delivery: int) -> str:
    """Name the incident of a delivery that somebody must decide on."""
    return f"in_doubt:{delivery}"


def failing_key(feed: int) -> str:
    """Name the incident of a feed that fails for long."""
    return f"feed_failing:{feed}"
