"""Column types: how instants, spans and ids are stored, the same on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware instant as integer UTC milliseconds; what is finer is cut off."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> int | None:  # noqa: ARG002  # SQLAlchemy's signature
        return None if value is None else (value - EPOCH) // MILLISECOND

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002  # SQLAlchemy's signature
        return None if value is None else EPOCH + timedelta(milliseconds=value)


class Span(sa.types.TypeDecorator[timedelta]):
    """A timedelta as integer milliseconds."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: sa.Dialect) -> int | None:  # noqa: ARG002  # SQLAlchemy's signature
        return None if value is None else value // MILLISECOND

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> timedelta | None:  # noqa: ARG002  # SQLAlchemy's signature
        return None if value is None else timedelta(milliseconds=value)


def id_type() -> sa.types.TypeEngine[int]:
    """Give the type of ids: only INTEGER is the row's own number in SQLite."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
