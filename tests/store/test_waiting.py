"""How long SQLite's store waits for others: for readers never, at a stop hardly."""

import asyncio
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from feeds.errors import StoreUnavailable
from feeds.store import Store, locks, sqlite
from tests.store.situations import a_source
from tests.world.store import fresh_store


@pytest.fixture(autouse=True)
def nobody_is_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wait that must not be would last for ever; the short one is over at once."""
    monkeypatch.setattr(locks, "WRITE_WAIT_SECONDS", 1e9)
    monkeypatch.setattr(locks, "HURRIED_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 1_000)


@contextmanager
def another_that_hangs(folder: Path) -> Iterator[None]:
    """Another process that keeps the write lock."""
    held = os.open(folder / "berita.db.lock", os.O_RDWR)
    fcntl.flock(held, fcntl.LOCK_EX)
    yield
    os.close(held)


async def busy_timeout(store: Store) -> object:
    return await store._runner.write(lambda c: c.exec_driver_sql("PRAGMA busy_timeout").scalar())


@pytest.mark.parametrize("reading_since", ["before the last write", "after it"])
async def test_a_checkpoint_waits_for_no_reader(tmp_path: Path, reading_since: str) -> None:
    store = await fresh_store(tmp_path)
    reader = sqlite3.connect(tmp_path / "berita.db", isolation_level=None)
    reader.execute("BEGIN")
    await a_source(store, "one")
    reader.execute("SELECT count(*) FROM feeds").fetchall()
    if reading_since == "before the last write":
        await a_source(store, "two")

    async with asyncio.timeout(5):
        await store.checkpoint()

    assert await busy_timeout(store) == 1_000_000
    reader.close()
    await store.checkpoint()
    assert (tmp_path / "berita.db-wal").stat().st_size == 0
    await store.close()


async def test_in_a_hurry_a_lock_that_is_kept_is_given_up_and_closing_raises_nothing(
    tmp_path: Path,
) -> None:
    store = await fresh_store(tmp_path)

    with another_that_hangs(tmp_path):
        async with asyncio.timeout(5):
            store.hurry()
            with pytest.raises(StoreUnavailable, match="keeps writing"):
                await a_source(store)
            await store.close()

    again = await fresh_store(tmp_path)
    assert await again.list_feeds() == ()
    await again.close()


async def test_who_waits_already_hurries_too(tmp_path: Path) -> None:
    store = await fresh_store(tmp_path)

    with another_that_hangs(tmp_path):
        async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
            adding = tasks.create_task(refused(store))
            await asyncio.sleep(0.03)
            assert not adding.done()
            store.hurry()

    await store.close()


async def refused(store: Store) -> None:
    with pytest.raises(StoreUnavailable):
        await a_source(store)
