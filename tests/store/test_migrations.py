"""The climb: up, down and up again on both databases, and it ends at exactly our tables."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from feeds.errors import StoreUnusable
from feeds.store import Store, open_store
from feeds.store.schema import HEAD, MIGRATIONS, climb, version_of
from feeds.store.tables import metadata
from tests.store.postgres import PostgresServer
from tests.store.situations import a_source, execute
from tests.world.store import fresh_store, store_url


def steps() -> list[str]:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    walked = ScriptDirectory.from_config(config).walk_revisions()
    return [step.revision for step in walked][::-1]


async def on(store: Store, deed: Callable[[sa.Connection], Any]) -> Any:
    return await store._runner.write(deed)


def test_our_newest_step_is_the_head_of_the_migrations() -> None:
    assert steps()[-1] == HEAD
    assert steps() == [f"{number:04}" for number in range(1, len(steps()) + 1)]


async def test_a_new_store_has_our_version(store: Store) -> None:
    assert await store.schema_version() == HEAD


async def test_the_climb_ends_at_exactly_our_tables(store: Store) -> None:
    def differences(connection: sa.Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))

    assert await on(store, differences) == []


def _shape(connection: sa.Connection) -> dict[str, Any]:
    """What comparing metadata does not see: checks, partial indexes, primary keys."""
    inspector = sa.inspect(connection)
    return {
        table: (
            {check["name"]: check["sqltext"] for check in inspector.get_check_constraints(table)},
            inspector.get_pk_constraint(table)["constrained_columns"],
            {
                index["name"]: [str(rule) for rule in index.get("dialect_options", {}).values()]
                for index in inspector.get_indexes(table)
            },
            {(key["name"], str(key["options"])) for key in inspector.get_foreign_keys(table)},
        )
        for table in metadata.tables
    }


async def test_checks_keys_and_partial_indexes_are_those_of_our_tables(store: Store) -> None:
    def made_directly(connection: sa.Connection) -> dict[str, Any]:
        climb(connection, "base")
        metadata.create_all(connection)
        return _shape(connection)

    climbed = await on(store, _shape)

    assert climbed == await on(store, made_directly)


async def test_every_step_goes_up_down_and_up_again(store: Store) -> None:
    def stairway(connection: sa.Connection) -> list[str | None]:
        climb(connection, "base")
        seen = [version_of(connection)]
        for below, step in zip(["base", *steps()], steps(), strict=False):
            for target in (step, below, step):
                climb(connection, target)
            seen.append(version_of(connection))
        return seen

    assert await on(store, stairway) == [None, *steps()]
    assert (await a_source(store)).id == 1


async def test_an_existing_store_is_opened_with_all_it_holds(url: str) -> None:
    first = await open_store(url)
    feed = await a_source(first)
    await first.close()

    again = await open_store(url)

    assert await again.feed_by(feed.name) == feed
    await again.close()


async def test_a_newer_schema_is_refused_naming_both_numbers(store: Store, url: str) -> None:
    await a_source(store)
    await execute(store, "UPDATE alembic_version SET version_num = '0999'")

    with pytest.raises(StoreUnusable, match=rf"0999.*{HEAD}"):
        await open_store(url)

    assert (await store.feed_by("daily-berita")) is not None
    assert await store.schema_version() == "0999"


async def test_an_empty_postgres_database_is_migrated(postgres: PostgresServer) -> None:
    store = await open_store(postgres.empty())

    assert await store.schema_version() == HEAD
    await store.close()


async def test_two_that_start_at_once_migrate_once(postgres: PostgresServer) -> None:
    url = postgres.empty()

    stores = await asyncio.gather(*(open_store(url) for _ in range(3)))

    assert {await store.schema_version() for store in stores} == {HEAD}
    for store in stores:
        await store.close()


async def test_a_step_that_fails_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    store = await fresh_store(tmp_path)
    feed = await a_source(store)

    def half_a_climb(connection: sa.Connection) -> None:
        climb(connection, "base")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await on(store, half_a_climb)

    assert await store.feed_by(feed.name) == feed
    assert await store.schema_version() == HEAD
    await store.close()


def _said_by(program: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


async def test_opening_a_current_store_imports_neither_alembic_nor_the_async_half(
    tmp_path: Path,
) -> None:
    store = await fresh_store(tmp_path)
    await store.close()
    program = (
        "import asyncio, sys\n"
        "from feeds.store import open_store\n"
        "async def main():\n"
        f"    store = await open_store({store_url(tmp_path)!r})\n"
        "    print(await store.schema_version())\n"
        "    await store.close()\n"
        "asyncio.run(main())\n"
        "print([name for name in ('alembic', 'asyncpg', 'sqlalchemy.ext.asyncio', 'aiogram')"
        " if name in sys.modules])\n"
    )

    assert _said_by(program) == [HEAD, "[]"]


def test_the_migrations_are_part_of_the_package() -> None:
    assert (MIGRATIONS / "env.py").is_file()
    assert (MIGRATIONS / "versions" / "step_0001.py").is_file()
