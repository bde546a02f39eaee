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
    the many hundred tests that begin with it. How a store is made is a matter of `open_store`.
    """
    file = folder / "berita.db"
    if not file.exists():
        _lay_down(file, await _empty())
    return await open_store(store_url(folder), dice=random.Random(seed), inline=inline)


async def _empty() -> bytes:
    if not _made:
        with tempfile.TemporaryDirectory(prefix="berita-empty-") as folder:
            await (await open_store(store_url(Path(folder)), inline=True)).close()
            _made.append((Path(folder) / "berita.db").read_bytes())
    return _made[0]


def _lay_down(file: Path, content: bytes) -> None:
    file.touch(mode=0o600, exist_ok=False)
    file.write_bytes(content)
