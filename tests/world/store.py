"""A real store on a fresh SQLite file."""

import random
from pathlib import Path

from feeds.store import Store, open_store


def store_url(folder: Path) -> str:
    """Name the database file of a test in the store's own words."""
    return f"sqlite:///{folder / 'berita.db'}"


async def fresh_store(folder: Path, *, seed: int = 1, inline: bool = False) -> Store:
    """Open the store of `folder`, made if it is not there; to be closed by who asked for it."""
    return await open_store(store_url(folder), dice=random.Random(seed), inline=inline)
