"""SQLite: opened with care, written by one at a time, and safe when the disk is not."""

import asyncio
import fcntl
import os
import random
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from feeds.errors import BadRequest, StoreUnavailable, StoreUnusable
from feeds.model import DeliveryState
from feeds.store import Store, locks, open_store, run_lock
from tests.builders import NOON
from tests.store.situations import (
    a_filled_lane,
    a_place,
    a_poll,
    a_source,
    an_intent,
    an_outcome,
    claim_one,
    key,
    news,
    publish,
    query,
    send,
    states,
)
from tests.world.store import fresh_store, store_url


def modes(folder: Path) -> dict[str, int]:
    """The files of a folder and their permissions."""
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


def open_to_all(folder: Path) -> None:
    folder.chmod(0o755)


async def pragma(store: Store, name: str) -> object:
    return await store._runner.read(lambda c: c.exec_driver_sql(f"PRAGMA {name}").scalar())


# ── opening ──────────────────────────────────────────────────────────────────────────────────────


async def test_a_new_database_is_its_owners_alone(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path / 'var' / 'berita.db'}")

    await a_source(store)

    assert modes(tmp_path) == {"var": 0o700}
    files = modes(tmp_path / "var")
    await store.close()
    assert set(files) >= {"berita.db", "berita.db-wal", "berita.db.lock"}
    assert set(files.values()) == {0o600}


async def test_an_existing_folder_keeps_its_mode(tmp_path: Path) -> None:
    open_to_all(tmp_path)

    await (await fresh_store(tmp_path)).close()

    assert modes(tmp_path.parent)[tmp_path.name] == 0o755


async def test_commits_are_on_disk_and_checkpoints_are_ours(tmp_path: Path) -> None:
    store = await fresh_store(tmp_path)

    assert await pragma(store, "journal_mode") == "wal"
    assert await pragma(store, "synchronous") == 2  # FULL
    assert await pragma(store, "foreign_keys") == 1
    assert await pragma(store, "wal_autocheckpoint") == 0
    await store.close()


async def test_a_database_that_must_exist_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(StoreUnusable, match="no database at"):
        await open_store(store_url(tmp_path), create=False)

    assert modes(tmp_path) == {}


@pytest.mark.parametrize(
    "content",
    [b"<?xml version='1.0'?><rss/>" * 100, b"SQLite format 3\x00" + b"\xff" * 8192],
    ids=["another file", "a damaged database"],
)
async def test_what_is_no_database_is_refused_and_left_alone(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "berita.db"
    path.write_bytes(content)

    with pytest.raises(StoreUnusable, match="berita backup"):
        await open_store(store_url(tmp_path))

    assert path.read_bytes() == content


async def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "berita.db")
    other.execute("CREATE TABLE recipes (id INTEGER)")
    other.commit()
    other.close()
    before = (tmp_path / "berita.db").read_bytes()

    with pytest.raises(StoreUnusable, match="recipes"):
        await open_store(store_url(tmp_path))

    assert (tmp_path / "berita.db").read_bytes() == before


async def test_damage_found_later_is_told_with_what_to_do(tmp_path: Path) -> None:
    store = await fresh_store(tmp_path)
    feed = await a_source(store)
    await publish(store, feed, *range(200))
    await store.close()
    path = tmp_path / "berita.db"
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))

    async def look() -> None:
        opened = await fresh_store(tmp_path)
        try:
            await opened.list_feeds()
        finally:
            await opened.close()

    with pytest.raises(StoreUnusable, match="damaged"):
        await look()


@pytest.mark.parametrize("url", ["nonsense", "mysql://x/y", "sqlite://", "sqlite:///:memory:"])
async def test_a_url_that_names_no_store_is_refused_with_what_to_write(url: str) -> None:
    with pytest.raises(StoreUnusable, match=r"sqlite:///var/berita\.db or postgresql://"):
        await open_store(url)
    with pytest.raises(StoreUnusable):
        run_lock(url).__enter__()


async def test_a_folder_in_the_place_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "berita.db").mkdir()

    with pytest.raises(StoreUnusable, match="cannot be opened"):
        await fresh_store(tmp_path)


async def test_inline_the_store_works_in_the_calling_thread(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    store = await fresh_store(tmp_path, inline=True)

    await a_filled_lane(store, 2)
    await send(store, await claim_one(store))

    assert await states(store) == [DeliveryState.SENT, DeliveryState.WAITING]
    assert set(threading.enumerate()) <= before
    await store.close()


async def test_the_same_dice_make_the_same_ids(tmp_path: Path) -> None:
    ids = []
    for folder in ("one", "two"):
        store = await open_store(f"sqlite:///{tmp_path}/{folder}/b.db", dice=random.Random(7))
        place = await a_place(store)
        ids.append((await store.add_test_delivery(place.id, now=NOON)).webhook_id)
        await store.close()

    assert ids[0] == ids[1]


# ── one writer at a time ─────────────────────────────────────────────────────────────────────────


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


# ── the run lock ─────────────────────────────────────────────────────────────────────────────────


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


# ── the disk ─────────────────────────────────────────────────────────────────────────────────────


async def limit_pages(store: Store, pages: int) -> None:
    """Let the file grow to so many pages and no further: SQLite then says that the disk is full."""

    def limit(connection: sa.Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    await store._runner.write(limit)


async def test_on_a_full_disk_nothing_is_half_written_and_the_same_call_works_later(
    tmp_path: Path,
) -> None:
    store = await fresh_store(tmp_path)
    feed, _ = await a_filled_lane(store, 1)
    many = [news(number) for number in range(100, 400)]
    before = await query(store, "SELECT count(*), max(seq) FROM deliveries")
    await limit_pages(store, 1)  # as it is: no page more

    with pytest.raises(StoreUnavailable, match="disk is full"):
        await store.record_polls([a_poll(feed, *many)], now=NOON)

    assert await query(store, "SELECT count(*), max(seq) FROM deliveries") == before
    assert await store.known_keys(feed.id, [key("guid-100")]) == {}
    await limit_pages(store, 1_000_000)
    (recorded,) = await store.record_polls([a_poll(feed, *many)], now=NOON)
    assert recorded.deliveries == 300
    await store.close()


async def test_every_write_of_a_send_fails_whole_on_a_full_disk(tmp_path: Path) -> None:
    store = await fresh_store(tmp_path)
    await a_filled_lane(store, 1)
    lane = await claim_one(store)
    big = an_intent(lane, body=b"x" * 200_000)
    await limit_pages(store, 1)

    with pytest.raises(StoreUnavailable):
        await store.begin_sends([big], now=NOON)
    assert await states(store) == [DeliveryState.WAITING]
    assert await query(store, "SELECT * FROM attempts") == []

    await limit_pages(store, 1_000_000)
    assert await store.begin_sends([big], now=NOON)
    assert await store.settle([an_outcome(lane)], now=NOON)
    await store.close()


async def test_a_checkpoint_folds_the_log_into_the_file(tmp_path: Path) -> None:
    store = await fresh_store(tmp_path)
    feed = await a_source(store)
    await publish(store, feed, *range(100))
    log = tmp_path / "berita.db-wal"
    assert log.stat().st_size > 0

    await store.checkpoint()

    assert log.stat().st_size == 0
    assert len(await store.list_feeds()) == 1
    await store.close()


async def test_the_last_to_leave_folds_the_log_in(tmp_path: Path) -> None:
    store = await fresh_store(tmp_path)
    await a_source(store)

    await store.close()

    assert set(modes(tmp_path)) == {"berita.db", "berita.db.lock"}


# ── backups ──────────────────────────────────────────────────────────────────────────────────────


async def test_a_backup_is_a_whole_database_of_its_own(tmp_path: Path) -> None:
    store = await fresh_store(tmp_path)
    feed = await a_source(store)
    target = tmp_path / "copy.db"

    await store.backup(target)
    await a_source(store, "later")

    copy = await open_store(f"sqlite:///{target}", create=False)
    assert [row.feed for row in await copy.list_feeds()] == [feed]
    assert modes(tmp_path)["copy.db"] == 0o600
    await copy.close()
    await store.close()


async def test_a_backup_replaces_an_older_one_and_never_the_database(tmp_path: Path) -> None:
    store = await fresh_store(tmp_path)
    target = tmp_path / "copy.db"
    target.write_text("an older one")

    await store.backup(target)

    assert target.read_bytes().startswith(b"SQLite format 3")
    with pytest.raises(BadRequest, match="the database itself"):
        await store.backup(tmp_path / "berita.db")
    with pytest.raises(BadRequest, match="Cannot write"):
        await store.backup(tmp_path / "nowhere" / "copy.db")
    await store.close()
    assert set(modes(tmp_path)) == {"berita.db", "berita.db.lock", "copy.db"}


# ── kill -9 ──────────────────────────────────────────────────────────────────────────────────────


def promised_before_it_was_killed(folder: Path) -> int:
    """Let a process record stories until kill -9; tells how many it had said were recorded."""
    program = (
        "import asyncio, random\n"
        "from pathlib import Path\n"
        "from tests.builders import NOON\n"
        "from tests.store.situations import a_filled_lane, publish\n"
        "from tests.world.store import fresh_store\n"
        "async def main():\n"
        f"    store = await fresh_store(Path({str(folder)!r}))\n"
        "    feed, _ = await a_filled_lane(store, 0)\n"
        "    number = 0\n"
        "    while True:\n"
        "        await publish(store, feed, *range(number, number + 5))\n"
        "        number += 5\n"
        "        print(number, flush=True)\n"
        "asyncio.run(main())\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    ) as writer:
        assert writer.stdout is not None
        told = [writer.stdout.readline() for _ in range(20)]
        writer.kill()
        told += writer.stdout.readlines()
    return max(int(line) for line in told if line.endswith(b"\n"))


async def test_a_killed_process_leaves_every_commit_and_no_half_of_one(tmp_path: Path) -> None:
    promised = promised_before_it_was_killed(tmp_path)

    store = await fresh_store(tmp_path)

    ((stories, deliveries, keys, last),) = await query(
        store,
        "SELECT (SELECT count(*) FROM stories), (SELECT count(*) FROM deliveries),"
        " (SELECT count(*) FROM keys), (SELECT next_seq FROM destinations)",
    )
    assert stories == deliveries == keys // 2 == last - 1
    assert stories >= promised
    assert stories % 5 == 0
    assert await pragma(store, "integrity_check") == "ok"
    await store.close()
