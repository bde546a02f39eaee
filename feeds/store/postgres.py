"""PostgreSQL: the same operations through SQLAlchemy's async engine on asyncpg."""

import asyncio
import os
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext import asyncio as sa_async

from feeds.errors import BadRequest, StoreUnusable
from feeds.store.faults import repeatable, told_plainly
from feeds.store.schema import ensure_current

Result = TypeVar("Result")

CONNECTIONS = 5
TRIES = 5  # of a transaction that lost a race or a deadlock
WAIT_SECONDS = 30  # for a connection of the pool
MIGRATION_LOCK = 0x6265_7269_7461_01  # "berita" and a number: advisory locks are per database
RUN_LOCK = 0x6265_7269_7461_02


class PostgresRunner:
    """Runs operations on one PostgreSQL database; see Runner."""

    def __init__(self, url: sa.URL) -> None:
        self._engine = sa_async.create_async_engine(
            async_url(url),
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_timeout=WAIT_SECONDS,
            pool_pre_ping=True,
            isolation_level="READ COMMITTED",
            connect_args={"server_settings": {"application_name": application_name()}},
        )

    async def open(self, *, migrate: bool) -> None:
        """Connect and migrate, or only see that no step is missing; raises StoreError."""
        try:
            if migrate:
                await self.write(_migrate)
            else:
                await self.read(lambda c: ensure_current(c, migrate=False))
        except BaseException:
            await self._engine.dispose()
            raise

    async def write(self, operation: Callable[[sa.Connection], Result]) -> Result:
        """Run in a transaction; one that lost a race is tried again, whole."""
        with told_plainly():
            for _ in range(TRIES - 1):
                try:
                    return await self._run(operation)
                except sa.exc.DBAPIError as error:
                    if not repeatable(error):
                        raise
            return await self._run(operation)

    async def read(self, operation: Callable[[sa.Connection], Result]) -> Result:
        """Run in a transaction that changes nothing."""
        with told_plainly():
            return await self._run(operation)

    async def checkpoint(self) -> None:
        """Leave it to PostgreSQL, which does this by itself."""

    async def backup(self, target: Path) -> NoReturn:
        """Say whose task it is."""
        raise BadRequest(f"PostgreSQL has its own tool for this: pg_dump --file={target}")

    def hurry(self) -> None:
        """Leave it as it is: here no process keeps the others from writing."""

    async def close(self) -> None:
        """End all connections."""
        await self._engine.dispose()

    async def _run(self, operation: Callable[[sa.Connection], Result]) -> Result:
        async with self._engine.begin() as connection:
            return await connection.run_sync(operation)


class PostgresRunLock:
    """A session's advisory lock: PostgreSQL drops it when the connection ends, however it ends.

    Its connection lives in a thread of its own with a loop of its own, so that it can be held from
    before the program's loop starts until after it ends.
    """

    def __init__(self, url: sa.URL) -> None:
        self._url = url
        self._thread = ThreadPoolExecutor(1, "run-lock")
        self._runner = asyncio.Runner()
        self._engine: sa_async.AsyncEngine
        self._connection: sa_async.AsyncConnection

    def __enter__(self) -> Self:
        try:
            self._do(self._take)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    async def _take(self) -> None:
        self._engine = sa_async.create_async_engine(
            async_url(self._url),
            poolclass=sa.pool.NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={"server_settings": {"application_name": application_name()}},
        )
        with told_plainly():
            self._connection = await self._engine.connect()
            taken = await self._connection.scalar(sa.select(sa.func.pg_try_advisory_lock(RUN_LOCK)))
            if not taken:
                who = await self._holder()
                raise StoreUnusable(
                    f"Another `berita run` uses this database ({who}). Stop it first."
                )

    async def _holder(self) -> str:
        halves = {"high": RUN_LOCK >> 32, "low": RUN_LOCK & 0xFFFF_FFFF}
        found = (await self._connection.execute(sa.text(_HOLDER), halves)).first()
        if found is None:
            return "it has just gone"
        return f"{found.application_name}, since {found.backend_start:%Y-%m-%d %H:%M} UTC"

    async def _release(self) -> None:
        if hasattr(self, "_connection"):
            await self._connection.close()
        if hasattr(self, "_engine"):
            await self._engine.dispose()

    def _do(self, deed: Callable[[], Any]) -> None:
        self._thread.submit(lambda: self._runner.run(deed())).result()

    def _end(self) -> None:
        self._do(self._release)
        self._thread.submit(self._runner.close).result()
        self._thread.shutdown()


# https://www.postgresql.org/docs/current/view-pg-locks.html: a 64-bit key is shown in two halves.
_HOLDER = """
SELECT application_name, backend_start AT TIME ZONE 'UTC' AS backend_start
FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND granted AND objsubid = 1
  AND classid = CAST(:high AS bigint)::oid AND objid = CAST(:low AS bigint)::oid
  AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def async_url(url: sa.URL) -> sa.URL:
    """Turn postgresql:// into what SQLAlchemy calls asyncpg; raises StoreUnusable without it."""
    try:
        import asyncpg  # noqa: F401, PLC0415  # an extra: asked for only where it is used
    except ImportError as error:
        raise StoreUnusable(
            "PostgreSQL needs one more package: pip install 'berita[postgres]'."
        ) from error
    query = dict(url.query)
    if "sslmode" in query:  # libpq's name for what asyncpg calls ssl
        query["ssl"] = query.pop("sslmode")
    return url.set(drivername="postgresql+asyncpg", query=query)


def application_name() -> str:
    """Name this process, as a second `berita run` is told it."""
    return f"berita pid {os.getpid()} on {socket.gethostname()}"[:63]


def _migrate(connection: sa.Connection) -> None:
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
    ensure_current(connection)
