"""SQLite: safe when the disk is full, the process is killed, the log is long."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from feeds.errors import BadRequest, StoreUnavailable
from feeds.model import DeliveryState
from feeds.store import Store, open_store
from tests.builders import NOON
from tests.store.situations import (
    a_filled_lane,
    a_poll,
    a_source,
    an_intent,
    an_outcome,
    claim_one,
    key,
    news,
    publish,
    query,
    states,
)
from tests.world.store import fresh_store


def modes(folder: Path) -> dict[str, int]:
    """The files of a folder and their permissions."""
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


async def pragma(store: Store, name: str) -> object:
    return await store._runner.read(lambda c: c.exec_driver_sql(f"PRAGMA {name}").scalar())


async def limit_pages(store: Store, pages: int) -> None:
    """Let the file grow to so many pages and no further: SQLite then says that the disk is full."""

    def limit(connection: sa.Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    await store._runner.write(limit)


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
