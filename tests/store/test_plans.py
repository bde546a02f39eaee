"""Every query of the daily round finds its rows by an index; a table is never read from end to end.

The statements are those the store really sends: they are overheard, then explained.
"""

import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from feeds.model import (
    Backlog,
    DeliveryState,
    DestinationOptions,
    LaneRelease,
    SeenKeys,
)
from feeds.store import Store, open_store
from tests.builders import NOON
from tests.store.postgres import PostgresServer
from tests.store.situations import (
    DAY,
    LEASE,
    MINUTE,
    a_filled_lane,
    a_lane_with,
    a_poll,
    an_intent,
    an_outcome,
    claim,
    claim_one,
    key,
    news,
)
from tests.world.store import fresh_store

TABLES = "feeds|keys|stories|destinations|routes|deliveries|attempts|roll_ups"
BY_AGE = "ORDER BY deliveries.id DESC"  # the newest few: read backwards, and no further
Heard = list[tuple[str, Any]]
Deed = Callable[[Store], Awaitable[object]]


@contextmanager
def overheard(*engines: sa.Engine) -> Iterator[Heard]:
    heard: Heard = []

    def hear(
        _connection: Any, _cursor: Any, statement: str, values: Any, _c: Any, many: Any
    ) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            heard.append((statement, values[0] if many else values))

    for engine in engines:
        sa.event.listen(engine, "before_cursor_execute", hear)
    yield heard
    for engine in engines:
        sa.event.remove(engine, "before_cursor_execute", hear)


async def four_lanes(store: Store) -> None:
    for number in range(3):
        await a_filled_lane(store, 3, name=f"place-{number}")
    await a_lane_with(store, 9, name="channel", backlog="roll_up", max_age=2 * DAY)


async def polling(store: Store) -> None:
    (feed, *_) = await store.claim_feeds(now=NOON + DAY, limit=10, per_host=2, lease=MINUTE)
    await store.next_due_feed_at()
    await store.known_keys(feed.id, [key(f"guid-{number}") for number in range(150)])
    seen = (SeenKeys(keys=(key("other"),)),)
    await store.record_polls([a_poll(feed, news(50), seen=seen), a_poll(feed)], now=NOON)
    await store.release_feeds([feed.id])


async def publishing(store: Store) -> None:
    lane, *_ = await claim(store)
    await store.begin_sends([an_intent(lane)], now=NOON)
    outcome = an_outcome(lane, DeliveryState.WAITING, due_at=NOON, not_before=NOON, park="kicked")
    await store.settle([outcome], now=NOON)
    await store.more_parcels(destination=lane.destination.id, epoch=lane.epoch, now=NOON, heads=10)
    await store.renew_lanes([(lane.destination.id, lane.epoch)], now=NOON, lease=LEASE)
    release = LaneRelease(destination=lane.destination.id, epoch=lane.epoch)
    await store.release_lanes([release], now=NOON)
    await store.next_due_lane_at(("webhook",))


async def expiring(store: Store) -> None:
    lane = await claim_one(store, limit=1)
    await store.begin_sends([an_intent(lane)], now=NOON)
    await store.expire_leases(now=NOON + LEASE, repeatable_kinds=("webhook",))


async def forgetting(store: Store) -> None:
    await store.prune(now=NOON + 400 * DAY, keep=DAY)


async def deciding(store: Store) -> None:
    (row, *_) = await store.list_deliveries(state=DeliveryState.WAITING, limit=5)
    await store.list_deliveries(limit=5)
    await store.delivery_story(row.id)
    await store.decide([row.id], deed="drop", now=NOON)
    await store.retry_since(NOON, now=NOON)


async def removing(store: Store) -> None:
    (feed, *_), (*_, place) = await store.list_feeds(), await store.list_destinations()
    await store.remove_feed(feed.id, now=NOON)
    await store.remove_destination(place.id, now=NOON)


async def rolling_up(store: Store) -> None:
    feed, place = await store.feed_by("feed-of-channel"), await store.destination_by("channel")
    assert feed is not None
    assert place is not None
    (lane,) = await claim(store, now=NOON + DAY, kinds=("telegram",))
    await store.begin_sends([an_intent(lane)], now=NOON + DAY)
    await store.settle([an_outcome(lane, DeliveryState.FAILED)], now=NOON + DAY)
    await store.decide([lane.parcels[0].delivery.id], deed="retry", now=NOON + DAY)
    await store.delivery_story(lane.parcels[0].delivery.id)
    await store.drop_stale(now=NOON + 9 * DAY)
    for deed in ("publish", "skip", "roll_up"):
        held = a_poll(feed, *(news(number, hold=deed) for number in range(60, 63)))
        await store.record_polls([held], now=NOON)
        (burst,) = await store.bursts()
        await store.decide_burst(burst.id, deed=deed, now=NOON)  # type: ignore[arg-type]  # of these
    options = DestinationOptions(backlog=Backlog.read("newest:1"))
    await store.set_destination(place.id, options=options)
    await store.pause_destination(place.id, now=NOON)
    await store.resume_destination(place.id, now=NOON)


DEEDS = [polling, publishing, expiring, forgetting, deciding, removing, rolling_up]


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)
async def test_sqlite_reads_no_table_from_end_to_end(tmp_path: Path, deed: Deed) -> None:
    store = await fresh_store(tmp_path)
    await four_lanes(store)
    runner: Any = store._runner

    with overheard(runner._writes._engine, runner._reads._engine) as heard:
        await deed(store)

    def explain(connection: sa.Connection) -> list[tuple[str, str]]:
        return [
            (step[3], statement)
            for statement, values in heard
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]

    scans = [
        (step, statement)
        for step, statement in await runner.read(explain)
        if re.match(rf"SCAN ({TABLES})\b(?!.*USING)", step) and BY_AGE not in statement
    ]
    assert heard
    assert scans == []
    await store.close()


async def test_a_lane_is_read_by_its_own_index_however_long_its_history(tmp_path: Path) -> None:
    store = await fresh_store(tmp_path)
    await a_filled_lane(store, 3)
    runner: Any = store._runner
    with overheard(runner._writes._engine) as heard:
        await claim(store)
    statement, values = next((said, values) for said, values in heard if "JOIN deliveries" in said)

    def explain(connection: sa.Connection) -> list[str]:
        steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        return [step[3] for step in steps if re.search("SEARCH (deliveries|beyond)", step[3])]

    steps = await runner.read(explain)
    assert len(steps) == 2
    assert all("USING INDEX deliveries_lane (destination=?" in step for step in steps)
    await store.close()


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)
async def test_postgresql_reads_no_table_from_end_to_end(
    postgres: PostgresServer, deed: Deed
) -> None:
    store = await open_store(await postgres.fresh())
    await four_lanes(store)
    runner: Any = store._runner

    with overheard(runner._engine.sync_engine) as heard:
        await deed(store)

    def explain(connection: sa.Connection) -> list[tuple[str, str]]:
        # So few rows are read quickest from end to end: only where no index serves it still is.
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        return [
            (line, statement)
            for statement, values in heard
            for (line,) in connection.exec_driver_sql(f"EXPLAIN {statement}", tuple(values))
        ]

    scans = [
        (line, statement)
        for line, statement in await runner.read(explain)
        if re.search(rf"Seq Scan on ({TABLES})\b", line)
    ]
    assert heard
    assert scans == []
    await store.close()
