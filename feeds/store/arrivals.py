"""The outcome of nearly every attempt: it arrived, and that is all; with few values to bind."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from feeds.model import DeliveryState, Settlement
from feeds.store.columns import Instant
from feeds.store.tables import deliveries, literal

_settle = (
    sa.update(deliveries)
    .where(deliveries.c.id == sa.bindparam("delivery_id"))
    .values(
        state=literal(DeliveryState.SENT),
        reason=sa.null(),
        attempts=deliveries.c.attempts + sa.literal_column("1"),
        overtakable=sa.false(),
        message_id=sa.func.coalesce(
            sa.bindparam("new_message_id", type_=sa.Text), deliveries.c.message_id
        ),
        changed_at=sa.bindparam("now", type_=Instant),
        sent_at=sa.bindparam("new_sent_at", type_=Instant),
        look_at=sa.null(),
        look_until=sa.null(),
    )
)


def settle(connection: sa.Connection, arrived: Sequence[Settlement], *, now: datetime) -> None:
    """Write that these deliveries, each still `sending`, arrived."""
    if arrived:
        connection.execute(_settle, [_values(each, now) for each in arrived])


def is_plain(settlement: Settlement) -> bool:
    """Tell whether an outcome says that it arrived, and nothing else."""
    return (
        settlement.state is DeliveryState.SENT
        and settlement.counts
        and not settlement.plain
        and not settlement.overtakable
        and settlement.reason is None
        and settlement.due_at is None
        and settlement.not_before is None
        and settlement.park is None
        and settlement.address is None
    )


def _values(settlement: Settlement, now: datetime) -> dict[str, object]:
    return {
        "delivery_id": settlement.delivery,
        "new_message_id": settlement.message_id,
        "new_sent_at": settlement.attempt.ended_at or now,
        "now": now,
    }
