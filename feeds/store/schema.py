"""Which version a database has, and the climb to ours. Alembic is imported for the climb alone."""

from pathlib import Path

import sqlalchemy as sa

from feeds.errors import StoreEmpty, StoreUnusable
from feeds.store.side_tables import metadata  # with them, every table is known

HEAD = "0009"  # the newest step in migrations/versions
MIGRATIONS = Path(__file__).parent / "migrations"


def version_of(connection: sa.Connection) -> str | None:
    """Tell the schema's number; None: an empty database. Raises StoreUnusable on foreign tables."""
    present = set(sa.inspect(connection).get_table_names())
    if "alembic_version" in present:
        found = connection.execute(sa.text("SELECT version_num FROM alembic_version"))
        return found.scalar_one_or_none()
    foreign = present if connection.dialect.name == "sqlite" else present & set(metadata.tables)
    if foreign:
        raise StoreUnusable(
            f"The database holds tables that are not Berita's ({', '.join(sorted(foreign)[:3])}): "
            "give the store a database of its own."
        )
    return None


def ensure_current(connection: sa.Connection, *, migrate: bool = True) -> None:
    """Climb to our version inside the open transaction; raises StoreUnusable on a newer one.

    Without `migrate` nothing is changed: StoreEmpty where there is nothing yet, StoreUnusable where
    the schema is older.
    """
    version = version_of(connection)
    if version == HEAD:
        return
    if version is not None and version > HEAD:
        raise StoreUnusable(
            f"The database has schema {version}, newer than the {HEAD} this Berita knows: "
            "update Berita, or restore a backup made before."
        )
    if not migrate and version is None:
        raise StoreEmpty("The database is empty: the first `berita run` makes its tables.")
    if not migrate:
        raise StoreUnusable(
            f"older schema {version}, this program needs {HEAD}: "
            "`berita run` or `berita migrate` brings it up to date."
        )
    climb(connection, "head")


def climb(connection: sa.Connection, target: str) -> None:
    """Go up to a numbered step (or "head"), or down to one ("base": nothing left)."""
    from alembic import command  # noqa: PLC0415  # costs 0.2 s; not needed when current
    from alembic.config import Config  # noqa: PLC0415  # as above

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    current = version_of(connection) or ""
    if target == "base" or (target != "head" and target < current):
        command.downgrade(config, target)
    else:
        command.upgrade(config, target)
