"""Who was told of which incident, person by person: a restart neither loses nor repeats one."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from feeds.model import Notice, NoticeKind, Telling, Told
from feeds.store.columns import Instant
from feeds.store.notices import IS_OPEN, NOTICE, as_notice
from feeds.store.side_tables import notices, tellings
from feeds.store.statements import upsert

TOLD_LATE = (NoticeKind.OUTAGE,)  # of these the end is news also to who never heard of the begin
LATE_NEWS_MAX = timedelta(days=1)  # … for so long after it
NEWS_MAX = timedelta(days=7)  # an older incident is told by lists, not by a message
UNHEARD_AFTER = timedelta(minutes=1)  # a telling begun so long ago was cut off

_now = sa.bindparam("now", type_=Instant)
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
        *NOTICE,
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
            sa.and_(IS_OPEN, _begun.c.told_at.is_(None)),
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
    sa.select(*NOTICE)
    .join(tellings, tellings.c.notice == notices.c.id)
    .where(
        tellings.c.person == sa.bindparam("person"),
        tellings.c.message_id == sa.bindparam("as_message", type_=sa.Text),
        tellings.c.what == Told.BEGUN.value,
    )
    .order_by(notices.c.id)
)


def to_tell(
    connection: sa.Connection,
    persons: Collection[int],
    *,
    now: datetime,
    limit: int,
    among: Collection[int] | None = None,
) -> list[Telling]:
    """List what these persons are still to be told, at most `limit` each, the oldest first.

    `among`: of these destinations alone.

    An incident that was over before its begin could be told is told to nobody, save an outage: it
    may be what kept us from telling.
    """
    found: list[Telling] = []
    recent = _recent if among is None else _recent.where(notices.c.destination.in_(among))
    for person in persons:
        asked = {
            "person": person,
            "since": now - NEWS_MAX,
            "lately": now - LATE_NEWS_MAX,
            "most": limit,
        }
        for row in connection.execute(recent, asked):
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
