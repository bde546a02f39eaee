"""A store opened to look at it is left as it is."""

from pathlib import Path

import pytest

from feeds.errors import StoreEmpty, StoreUnusable
from feeds.store import Store, open_store
from feeds.store.schema import HEAD
from tests.store.postgres import PostgresServer
from tests.store.situations import a_source, execute
from tests.world.store import store_url


async def test_an_older_schema_is_told_with_what_to_do_and_stays(store: Store, url: str) -> None:
    await a_source(store)
    await execute(store, "UPDATE alembic_version SET version_num = '0000'")

    with pytest.raises(StoreUnusable, match=rf"older schema 0000, .* {HEAD}: .*`berita migrate`"):
        await open_store(url, create=False, migrate=False)

    assert await store.schema_version() == "0000"


async def test_a_store_that_is_up_to_date_is_opened(store: Store, url: str) -> None:
    feed = await a_source(store)

    looking = await open_store(url, create=False, migrate=False)

    assert await looking.feed_by(feed.name) == feed
    await looking.close()


async def test_an_empty_postgres_database_is_not_filled(postgres: PostgresServer) -> None:
    url = postgres.empty()

    for _ in range(2):
        with pytest.raises(StoreEmpty, match="berita run"):
            await open_store(url, create=False, migrate=False)


async def test_an_empty_file_is_not_filled(tmp_path: Path) -> None:
    file = tmp_path / "berita.db"
    file.touch()

    with pytest.raises(StoreEmpty, match="berita run"):
        await open_store(store_url(tmp_path), create=False, migrate=False)

    assert file.stat().st_size == 0
