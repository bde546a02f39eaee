"""The store under test, on both databases."""

import asyncio
import random
import shutil
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from feeds.store import Store, open_store
from tests.store.postgres import PostgresServer, running_postgres
from tests.world.store import fresh_store, store_url, without_waiting_for_the_disk


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def climbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that has climbed to our tables once; copied for each test."""
    folder = tmp_path_factory.mktemp("climbed")

    async def climb() -> None:
        await (await fresh_store(folder)).close()

    with ThreadPoolExecutor(1) as thread:  # a test's loop is running here
        thread.submit(asyncio.run, climb()).result()
    return folder / "berita.db"


@pytest.fixture(params=["sqlite", "postgres"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("climbed"), tmp_path)
        return store_url(tmp_path)
    server: PostgresServer = request.getfixturevalue("postgres")
    return await server.fresh()


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    opened = await open_store(url, dice=random.Random(1))
    if url.startswith("sqlite"):
        await without_waiting_for_the_disk(opened)
    yield opened
    await opened.close()
