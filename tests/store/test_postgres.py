"""PostgreSQL: what is its own."""

import asyncio
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from feeds.errors import BadRequest, StoreUnavailable, StoreUnusable
from feeds.store import Store, open_store, run_lock
from tests.store.postgres import PostgresServer
from tests.store.situations import a_filled_lane, a_place, a_source, claim, execute, query, send


async def test_a_second_run_is_refused_and_told_who_the_first_is(
    postgres: PostgresServer,
) -> None:
    url = await postgres.fresh()

    with run_lock(url), pytest.raises(StoreUnusable, match=r"pid \d+ on .*, since \d{4}-"):
        run_lock(url).__enter__()
    with run_lock(url), run_lock(postgres.empty()):
        pass  # each database has a lock of its own, and it is let go of


async def test_commands_work_beside_a_running_bot(postgres: PostgresServer) -> None:
    url = await postgres.fresh()

    with run_lock(url):
        store = await open_store(url)
        assert (await a_source(store)).id == 1
        await store.close()


async def test_a_database_that_is_not_there_is_named(postgres: PostgresServer) -> None:
    with pytest.raises(StoreUnusable, match="no database of that name"):
        await open_store(postgres.url("nowhere"))
    with pytest.raises(StoreUnusable, match="no database of that name"):
        run_lock(postgres.url("nowhere")).__enter__()


@pytest.mark.parametrize("where", ["/berita?host=/nowhere", "berita.invalid/b", "127.0.0.1:1/b"])
async def test_a_server_that_is_not_there_now_may_be_there_later(where: str) -> None:
    url = f"postgresql://user@{where}"

    with pytest.raises(StoreUnavailable, match="does not answer"):
        await open_store(url)
    with pytest.raises(StoreUnavailable, match="does not answer"):
        run_lock(url).__enter__()


async def test_without_its_driver_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)

    with pytest.raises(StoreUnusable, match=r"berita\[postgres\]"):
        await open_store("postgresql://user@host/berita")


async def test_a_lost_connection_is_passing_and_the_next_call_works(
    postgres: PostgresServer,
) -> None:
    store = await open_store(await postgres.fresh())
    await a_source(store)

    with pytest.raises(StoreUnavailable):
        await execute(store, "SELECT pg_terminate_backend(pg_backend_pid())")

    assert len(await store.list_feeds()) == 1
    await store.close()


async def test_a_deadlock_is_tried_again_and_nothing_is_done_twice(
    postgres: PostgresServer,
) -> None:
    store = await open_store(await postgres.fresh())
    places = [await a_place(store, name) for name in ("one", "two")]

    async def add_both(order: list[int]) -> None:
        def crosswise(connection: sa.Connection) -> None:
            connection.execute(sa.text("SET LOCAL deadlock_timeout = '20ms'"))
            for place in order:
                connection.execute(
                    sa.text("UPDATE destinations SET next_seq = next_seq + 1 WHERE id = :id"),
                    {"id": place},
                )
                connection.execute(sa.text("SELECT pg_sleep(0.05)"))

        await store._runner.write(crosswise)

    ids = [place.id for place in places]
    await asyncio.gather(add_both(ids), add_both(ids[::-1]))

    assert await query(store, "SELECT DISTINCT next_seq FROM destinations") == [(3,)]
    await store.close()


async def test_many_workers_empty_many_lanes_each_delivery_once(postgres: PostgresServer) -> None:
    url = await postgres.fresh()
    stores = [await open_store(url) for _ in range(2)]
    for number in range(6):
        await a_filled_lane(stores[0], 3, name=f"place-{number}")
    sent: list[int] = []

    async def work(store: Store, owner: str) -> None:
        while lanes := await claim(store, owner=owner, limit=2):
            for lane in lanes:
                for parcel in lane.parcels:
                    await send(store, lane, parcel=parcel)
                    sent.append(parcel.delivery.id)

    await asyncio.gather(*(work(store, str(n)) for n, store in enumerate(stores)))

    assert sorted(sent) == sorted(set(sent))
    assert len(sent) == 18
    for store in stores:
        await store.close()


async def test_a_backup_is_left_to_postgresqls_own_tool(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    store = await open_store(await postgres.fresh())

    with pytest.raises(BadRequest, match="pg_dump"):
        await store.backup(tmp_path / "copy.db")
    await store.checkpoint()  # nothing to do, and no error
    await store.close()
