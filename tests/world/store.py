"""A real store on a SQLite file of its own."""

import random
import tempfile
from pathlib import Path

from feeds.store import Store, open_store

_made: list[bytes] = []  # the file of an empty store, once one was made


def store_url(folder: Path) -> str:
    """Name the database file of a test in the store's own words."""
    return f"sqlite:///{folder / 'berita.db'}"


async def fresh_store(folder: Path, *, seed: int = 1, inline: bool = False) -> Store:
    """Open the store of `folder`, an empty one if none is there; to be closed by who asked for it.

    An empty one is a copy of the first of this process: to make the tables takes 80 ms, at each of
    the many hundred tests that begin with it. How a store is made is a matter of `open_store`, how
    it comes through a power cut one of those that are not `inline`: these wait for no disk.
    """
    file = folder / "berita.db"
    if not file.exists():
        _lay_down(file, await _empty())
    opened = await open_store(store_url(folder), dice=random.Random(seed), inline=inline)
    if inline:
        await without_waiting_for_the_disk(opened)
    return opened


async def without_waiting_for_the_disk(store: Store) -> None:
    """Turn off what costs time for the power's sake: no power goes in a test."""
    room = store._runner._writes  # type: ignore[attr-defined]
    await room.do(lambda: room.driver.execute("PRAGMA synchronous = OFF"))


async def _empty() -> bytes:
    if not _made:
        with tempfile.TemporaryDirectory(prefix="berita-empty-") as folder:
            await (await open_store(store_url(Path(folder)), inline=True)).close()
            _made.append((Path(folder) / "berita.db").read_bytes())
    return _made[0]


def _lay_down(file: Path, content: bytes) -> None:
    file.touch(mode=0o600, exist_ok=False)
    file.write_bytes(content)
