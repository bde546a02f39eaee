"""How endpoints fare: a row of failures begun by the first, ended by a success, told as it lasts.

One that fails for too long is disabled by the failure that shows it, in the transaction that writes
that failure; on the way there upkeep tells admins.
"""

from collections.abc import Iterable
from datetime import datetime
from random import Random

import sqlalchemy as sa

from feeds.health import (
    DISABLED_AFTER,
    QUIET_MAX,
    TOLD_AFTER,
    after_failure,
    is_over,
    is_stale,
    stage,
    why_disabled,
)
from feeds.model import (
    ENDPOINTS,
    DestinationState,
    Ended,
    Ending,
    Failing,
    Incident,
    NoticeKind,
    Settlement,
)
from feeds.store import notices, places, side_tables
from feeds.store.columns import Instant
from feeds.store.nouns import WELL, as_failing
from feeds.store.rows import Ailing, Parked
from feeds.store.statements import AnyRow, storable
from feeds.store.tables import DESTINATION_LIVE, destinations, literal

ANSWER_MAX = 500  # characters
SENT, MOVED = "sent", "moved"  # outcomes of an attempt; every other one is a failure

_lane = destinations.c
_FAILING = (_lane.failing_since, _lane.failures, _lane.last_failure, _lane.last_failure_at)
BEFORE = (_lane.kind, _lane.removed_at, _lane.proven, *_FAILING)
_this = sa.update(destinations).where(_lane.id == sa.bindparam("lane"))
_is_well = _this.values(proven=True, **WELL)
_fails = _this.values(
    failing_since=sa.bindparam("since", type_=Instant),
    failures=sa.bindparam("in_a_row", type_=sa.Integer),
    last_failure=sa.bindparam("answer", type_=sa.Text),
    last_failure_at=sa.bindparam("at", type_=Instant),
)
_failing_since = sa.select(_lane.name, _lane.id, *_FAILING).where(
    DESTINATION_LIVE,
    _lane.state == literal(DestinationState.OPEN),
    _lane.failing_since.is_not(None),
    _lane.failing_since <= sa.bindparam("before", type_=Instant),
    sa.or_(
        _lane.last_failure_at.is_(None),
        _lane.last_failure_at >= sa.bindparam("lately", type_=Instant),
    ),
)
_parked_since = (
    sa.select(side_tables.notices.c.id, _lane.name, _lane.state_reason)
    .join(destinations, _lane.id == side_tables.notices.c.destination)
    .where(
        notices.IS_OPEN,
        side_tables.notices.c.kind == NoticeKind.PARKED.value,
        side_tables.notices.c.begun_at >= sa.bindparam("since", type_=Instant),
        _lane.state == literal(DestinationState.PARKED),
    )
    .order_by(side_tables.notices.c.id)
)


def heed(
    connection: sa.Connection,
    settled: Iterable[tuple[Settlement, AnyRow]],
    *,
    now: datetime,
    dice: Random,
) -> None:
    """Keep the health of endpoints by what was settled; beside each stands how it was before.

    One that was well and is costs nothing; what is heard of one that was removed is no news of it.
    """
    for settlement, row in settled:
        outcome = settlement.attempt.outcome
        if row.kind not in ENDPOINTS or row.removed_at is not None or outcome == MOVED:
            continue
        before = as_failing(row.failing_since, row.failures, row.last_failure, row.last_failure_at)
        if outcome != SENT:
            failing = _note_failure(connection, settlement, before, now=now)
            if row.is_open:
                _disable_if_over(connection, settlement, failing, now=now, dice=dice)
        elif before is not None or not row.proven:
            _note_success(connection, settlement.destination, before, now=now)


def _note_success(
    connection: sa.Connection, lane: int, before: Failing | None, *, now: datetime
) -> None:
    connection.execute(_is_well, {"lane": lane})
    if before is not None:
        ending = Ending(how=Ended.RECOVERED)
        notices.end(connection, [notices.endpoint_key(lane)], now=now, ending=ending)


def _note_failure(
    connection: sa.Connection,
    settlement: Settlement,
    before: Failing | None,
    *,
    now: datetime,
) -> Failing:
    lane = settlement.destination
    answer = storable(settlement.reason or settlement.attempt.detail, ANSWER_MAX)
    failing = after_failure(before, answer, now=now)
    values = {"since": failing.since, "in_a_row": failing.failures, "answer": failing.answer}
    connection.execute(_fails, {"lane": lane, "at": now, **values})
    if before is not None and is_stale(before, now=now):  # what was told of it is no longer so
        notices.end(connection, [notices.endpoint_key(lane)], now=now)
    return failing


def _disable_if_over(
    connection: sa.Connection,
    settlement: Settlement,
    failing: Failing,
    *,
    now: datetime,
    dice: Random,
) -> None:
    lane = settlement.destination
    if settlement.park is None:
        if not is_over(failing, now=now):
            return
        why = why_disabled(failing)
        places.park(connection, lane, why, now=now, dice=dice, details=_details(failing))
    ending = Ending(how=Ended.DISABLED)
    notices.end(connection, [notices.endpoint_key(lane)], now=now, ending=ending)


def tell_failing(connection: sa.Connection, *, now: datetime) -> list[Ailing]:
    """Tell admins of endpoints on their way to be disabled; gives those at a new stage of it."""
    asked = {"before": now - TOLD_AFTER, "lately": now - QUIET_MAX}
    ailing: list[Ailing] = []
    incidents: dict[str, Incident] = {}
    for name, lane, *columns in connection.execute(_failing_since, asked):
        failing = as_failing(*columns)
        assert failing is not None, "the query asks for those that fail"
        incident = _incident(lane, failing, now)
        incidents[incident.key] = incident
        percent = stage(failing, now=now)
        ailing.append(
            Ailing(destination=name, percent=percent, since=failing.since, answer=failing.answer)
        )
    before = notices.details_of(connection, incidents)
    notices.begin_for_admins(connection, incidents.values(), now=now)
    notices.change(connection, incidents.values())
    reached = [int(before.get(key, {}).get("stage", 0)) for key in incidents]
    return [each for each, old in zip(ailing, reached, strict=True) if each.percent > old]


def parked_since(connection: sa.Connection, since: datetime) -> list[Parked]:
    """List what was closed since then and still is, for whatever reason."""
    return [
        Parked(notice=row[0], destination=row[1], why=row[2] or "")
        for row in connection.execute(_parked_since, {"since": since})
    ]


def _incident(lane: int, failing: Failing, now: datetime) -> Incident:
    return Incident(
        key=notices.endpoint_key(lane),
        kind=NoticeKind.ENDPOINT_FAILING,
        destination=lane,
        details={
            "stage": str(stage(failing, now=now)),
            "until": (failing.since + DISABLED_AFTER).isoformat(),
            **_details(failing),
        },
    )


def _details(failing: Failing) -> dict[str, str]:
    return {"since": failing.since.isoformat(), "answer": failing.answer}
