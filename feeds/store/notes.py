"""Small things the program keeps for itself, by name (table `meta`)."""

from collections.abc import Collection

import sqlalchemy as sa

from feeds.store.statements import ids, upsert
from feeds.store.tables import meta

_read = sa.select(meta.c.value).where(meta.c.name == sa.bindparam("name"))
_read_all = sa.select(meta.c.name, meta.c.value).where(meta.c.name.in_(ids()))
_write = upsert(meta, key=("name",), update=lambda new: {"value": new.value})


def read(connection: sa.Connection, name: str) -> str | None:
    """Read what is kept under a name."""
    return connection.execute(_read, {"name": name}).scalar()


def read_all(connection: sa.Connection, names: Collection[str]) -> dict[str, str]:
    """Read what is kept under a few names; what is not there is left out."""
    return {row.name: row.value for row in connection.execute(_read_all, {"ids": list(names)})}


def write(connection: sa.Connection, name: str, value: str) -> None:
    """Keep a value under a name, instead of what was there."""
    connection.execute(_write[connection.dialect.name], {"name": name, "value": value})
