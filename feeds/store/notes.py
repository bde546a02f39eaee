"""Small things the program keeps for itself, by name (table `meta`)."""

import sqlalchemy as sa

from feeds.store.statements import upsert
from feeds.store.tables import meta

_read = sa.select(meta.c.value).where(meta.c.name == sa.bindparam("name"))
_write = upsert(meta, key=("name",), update=lambda new: {"value": new.value})


def read(connection: sa.Connection, name: str) -> str | None:
    """Read what is kept under a name."""
    return connection.execute(_read, {"name": name}).scalar()


def write(connection: sa.Connection, name: str, value: str) -> None:
    """Keep a value under a name, instead of what was there."""
    connection.execute(_write[connection.dialect.name], {"name": name, "value": value})
