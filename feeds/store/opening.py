"""Opening a store by its url, and the lock that lets one `berita run` at a time use it."""

import contextlib
import random
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from secrets import SystemRandom

import sqlalchemy as sa

from feeds.errors import StoreUnusable
from feeds.store.locks import RunLockFile
from feeds.store.runner import Runner
from feeds.store.sqlite import SqliteRunner
from feeds.store.store import Store

POSTGRES = ("postgresql", "postgres", "postgresql+asyncpg")


async def open_store(
    url: str,
    *,
    dice: random.Random | None = None,
    inline: bool = False,
    create: bool = True,
    migrate: bool = True,
) -> Store:
    """Open and, where needed, create and migrate the store at `url`.

    sqlite:///relative.db, sqlite:////absolute.db or postgresql://user@host/db (also with
    ?host=/socket/folder). `dice` make the public ids; `inline` runs SQLite in the calling thread.
    Raises StoreUnusable: damaged, newer than this program, no database, not allowed, or not there
    although `create` is False, older although `migrate` is False (StoreEmpty where it has no tables
    at all); StoreUnavailable: busy or away. The database is then untouched.
    """
    parsed = _parsed(url)
    runner: Runner
    if parsed.drivername in POSTGRES:
        from feeds.store.postgres import PostgresRunner  # noqa: PLC0415  # SQLAlchemy's async half

        postgres = PostgresRunner(parsed)
        await postgres.open(migrate=migrate)
        runner = postgres
    else:
        sqlite = SqliteRunner(_path(parsed), inline=inline)
        await sqlite.open(create=create, migrate=migrate)
        runner = sqlite
    return Store(runner, dice or SystemRandom())


def run_lock(url: str) -> AbstractContextManager[object]:
    """Hold what only one `berita run` may hold; entering raises StoreUnusable naming the other."""
    parsed = _parsed(url)
    if parsed.drivername in POSTGRES:
        from feeds.store.postgres import PostgresRunLock  # noqa: PLC0415  # as above

        return PostgresRunLock(parsed)
    return _sqlite_run_lock(_path(parsed))


@contextlib.contextmanager
def _sqlite_run_lock(path: Path) -> Iterator[None]:
    lock = RunLockFile(path.with_name(f"{path.name}.run.lock"))
    lock.take()
    try:
        yield
    finally:
        lock.release()


def _parsed(url: str) -> sa.URL:
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise StoreUnusable(f"store.url is no database address. {_FORMS}") from error
    if parsed.drivername not in (*POSTGRES, "sqlite"):
        raise StoreUnusable(f"store.url begins with {parsed.drivername}:. {_FORMS}")
    return parsed


def _path(url: sa.URL) -> Path:
    if not url.database or url.database == ":memory:":
        raise StoreUnusable(f"store.url names no file. {_FORMS}")
    return Path(url.database)


_FORMS = "Write sqlite:///var/berita.db or postgresql://user@host/database."
