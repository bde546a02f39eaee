"""SQLite: one writer at a time, and one `berita run`."""

import asyncio
import fcntl
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from feeds.errors import StoreUnavailable, StoreUnusable
from feeds.model import DeliveryState
from feeds.store import Store, locks, run_lock
from tests.builders import NOON
from tests.store.situations import (
    a_filled_lane,
    a_place,
    a_source,
)
from tests.world.store import fresh_store, store_url


async def test_two_stores_on_one_file_lose_no_update(tmp_path: Path) -> None:
    stores = [await fresh_store(tmp_path, seed=seed) for seed in range(3)]
    place = await a_place(stores[0])

    async def add_many(store: Store) -> None:
        for _ in range(20):
            await store.add_test_delivery(place.id, now=NOON)

    await asyncio.gather(*(add_many(store) for store in stores))

    seqs = [row.seq for row in await stores[0].list_deliveries(limit=100)]
    assert sorted(seqs) == list(range(1, 61))
    for store in stores:
        await store.close()


async def test_between_our_reading_and_writing_no_stranger_writes(tmp_path: Path) -> None:
    store = await fresh_store(tmp_path)
    stranger = sqlite3.connect(tmp_path / "berita.db", timeout=0, check_same_thread=False)

    def read_then_write(connection: sa.Connection) -> None:
        connection.exec_driver_sql("SELECT count(*) FROM feeds")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            stranger.execute("DELETE FROM feeds")
        connection.exec_driver_sql("INSERT INTO meta VALUES ('name', 'value')")

    await store._runner.write(read_then_write)

    assert await store.note("name") == "value"
    stranger.close()
    await store.close()


async def test_another_process_that_writes_is_waited_for(tmp_path: Path) -> None:
    store = await fresh_store(tmp_path)
    held = os.open(tmp_path / "berita.db.lock", os.O_RDWR)
    fcntl.flock(held, fcntl.LOCK_EX)

    async with asyncio.TaskGroup() as tasks:
        adding = tasks.create_task(a_source(store))
        await asyncio.sleep(0.03)
        assert not adding.done()
        assert await store.list_feeds() == ()  # readers wait for nobody
        fcntl.flock(held, fcntl.LOCK_UN)

    assert len(await store.list_feeds()) == 1
    os.close(held)
    await store.close()


async def test_another_process_that_hangs_is_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await fresh_store(tmp_path)
    monkeypatch.setattr(locks, "WRITE_WAIT_SECONDS", 0.02)
    held = os.open(tmp_path / "berita.db.lock", os.O_RDWR)
    fcntl.flock(held, fcntl.LOCK_EX)

    with pytest.raises(StoreUnavailable, match="keeps writing"):
        await a_source(store)

    fcntl.flock(held, fcntl.LOCK_UN)
    os.close(held)
    assert (await a_source(store)).id == 1
    await store.close()


async def test_a_reader_sees_one_state_while_others_write(tmp_path: Path) -> None:
    store = await fresh_store(tmp_path)
    await a_filled_lane(store, 1)

    row, status, place = await asyncio.gather(
        store.list_deliveries(), store.status(now=NOON), a_place(store, "another")
    )

    assert len(row) == 1
    assert status.deliveries == {DeliveryState.WAITING: 1}
    assert place.name == "another"
    await store.close()


async def test_a_caller_that_gives_up_leaves_the_store_in_order(tmp_path: Path) -> None:
    store = await fresh_store(tmp_path)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await a_source(store, "given-up")

    assert (await a_source(store, "next")).name == "next"
    await store.close()


def test_a_second_run_is_refused_and_told_who_the_first_is(tmp_path: Path) -> None:
    url = store_url(tmp_path)
    program = (
        "import sys\n"
        "from feeds.store import run_lock\n"
        f"with run_lock({url!r}):\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as first:
        assert first.stdout is not None
        first.stdout.readline()

        with pytest.raises(StoreUnusable, match=rf"pid {first.pid} on .*, since \d{{4}}-"):
            run_lock(url).__enter__()

        first.kill()
    with run_lock(url):  # the system let go of it with the process
        pass


async def test_commands_work_beside_a_running_bot(tmp_path: Path) -> None:
    with run_lock(store_url(tmp_path)):
        running = await fresh_store(tmp_path)
        command = await fresh_store(tmp_path, seed=2)

        await a_source(command)
        await command.close()

        assert len(await running.list_feeds()) == 1
        await running.close()


def test_the_run_lock_makes_its_folder(tmp_path: Path) -> None:
    with run_lock(f"sqlite:///{tmp_path}/var/berita.db"):
        assert (tmp_path / "var").stat().st_mode & 0o777 == 0o700
