"""SQLite: opened with care, and refused untouched where it cannot be."""

import errno
import os
import random
import sqlite3
import stat
import threading
from pathlib import Path

import pytest

from feeds.errors import StoreUnusable
from feeds.model import DeliveryState
from feeds.store import Store, open_store, run_lock
from feeds.store.faults import cannot_open
from feeds.store.locks import RunLockFile
from tests.builders import NOON
from tests.store.situations import (
    a_filled_lane,
    a_place,
    a_source,
    claim_one,
    publish,
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

    await (await open_store(store_url(tmp_path))).close()

    assert modes(tmp_path.parent)[tmp_path.name] == 0o755


async def test_commits_are_on_disk_and_checkpoints_are_ours(tmp_path: Path) -> None:
    store = await open_store(store_url(tmp_path))

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


async def test_a_file_in_the_place_of_the_folder_is_refused_to_a_run_too(tmp_path: Path) -> None:
    (tmp_path / "var").touch()
    url = f"sqlite:///{tmp_path}/var/berita.db"

    with pytest.raises(StoreUnusable, match=r"cannot be opened: .*\. See where store\.url leads"):
        await open_store(url)
    with pytest.raises(StoreUnusable, match=r"cannot be opened: .*\. See where store\.url leads"):
        run_lock(url).__enter__()


def test_a_run_lock_that_cannot_be_written_is_refused_in_words() -> None:
    for _ in range(2):  # the second finds it free again
        with pytest.raises(StoreUnusable, match="/dev/full cannot be opened"):
            RunLockFile(Path("/dev/full")).take()


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.EACCES, "Let the user who runs Berita write there."),
        (errno.EROFS, "Make it writable, or give store.url another place."),
        (errno.ENOSPC, "The disk is full: free some space."),
        (errno.ENOTDIR, "See where store.url leads, and what is there."),
    ],
)
def test_what_the_system_refuses_is_told_with_what_to_do(number: int, advice: str) -> None:
    told = cannot_open(Path("/srv/berita.db"), OSError(number, os.strerror(number)))

    assert str(told) == f"/srv/berita.db cannot be opened: {os.strerror(number)}. {advice}"


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
