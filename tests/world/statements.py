"""What SQLAlchemy has compiled for one store serves the next one too.

An engine keeps what it has compiled, and a process of ours has one store for all its life. A test
has one of its own: to compile the same hundred statements anew was half of what it cost.
"""

from typing import Any

import sqlalchemy as sa


class Compiled(dict[Any, Any]):
    """A `compiled_cache` for all engines of a database: one dialect of it compiles like another."""

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        return super().get(_common(key), default)

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        super().__setitem__(_common(key), compiled)


def _common(key: tuple[Any, ...]) -> tuple[Any, ...]:
    dialect, *statement = key
    return (dialect.name, dialect.driver, *statement)


def share_compiled() -> None:
    """Let every connection made from here on look among all that was compiled."""
    compiled = Compiled()

    @sa.event.listens_for(sa.Engine, "engine_connect")
    def _connected(connection: sa.Connection) -> None:
        connection.execution_options(compiled_cache=compiled)
