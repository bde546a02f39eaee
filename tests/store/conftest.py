"""The store under test, on both databases."""

import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from feeds.store import Store, open_store
from tests.store.postgres import PostgresServer, running_postgres
from tests.world.store import store_url


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with running_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return store_url(tmp_path)
    server: PostgresServer = request.getfixturevalue("postgres")
    return await server.fresh()


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    opened = await open_store(url, dice=random.Random(1))
    yield opened
    await opened.close()
