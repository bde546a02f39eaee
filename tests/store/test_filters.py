"""Filters of routes: what they drop is a delivery, and says by which rule."""

from typing import Any

import pytest
import sqlalchemy as sa

from feeds.model import DeliveryState, Destination, Feed, RouteOptions
from feeds.store import Store
from feeds.store.sieves import NOT_READ
from feeds.store.tables import routes
from tests.builders import NOON, an_entry
from tests.store.situations import a_place, a_poll, a_source, claim_one, news


async def a_way(store: Store, feed: Feed, name: str, *rules: str, **place: Any) -> Destination:
    made = await a_place(store, name, **place)
    await store.add_route(feed.id, made.id, options=RouteOptions(filter=rules), now=NOON)
    return made


async def fates(store: Store, place: Destination) -> list[tuple[str, str, str | None]]:
    rows = await store.list_deliveries(destination=place.id)
    return [(row.title, str(row.state), row.reason) for row in reversed(rows)]


def told(number: int, title: str, **changes: Any) -> Any:
    return news(number, entry=an_entry(guid=f"guid-{number}", title=title), **changes)


async def test_what_a_filter_drops_is_a_dropped_delivery_that_names_the_rule(store: Store) -> None:
    feed = await a_source(store)
    place = await a_way(store, feed, "partner", "any title: gempa, tsunami")

    await store.record_polls(
        [a_poll(feed, told(1, "Gempa di Sukabumi"), told(2, "Harga beras"))], now=NOON
    )

    assert await fates(store, place) == [
        ("Gempa di Sukabumi", "waiting", None),
        ("Harga beras", "dropped", "filtered: has none (any title: gempa, tsunami)"),
    ]
    lane = await claim_one(store)
    assert [p.story.title for p in lane.parcels if p.story] == ["Gempa di Sukabumi"]


async def test_each_route_has_its_own_filter_and_the_story_is_stored_once(store: Store) -> None:
    feed = await a_source(store)
    all_of_it = await a_way(store, feed, "all")
    some = await a_way(store, feed, "some", "none tags: olahraga")
    entry = an_entry(guid="guid-1", title="Final", tags=("Olahraga",))

    await store.record_polls([a_poll(feed, news(1, entry=entry))], now=NOON)

    assert [state for _, state, _ in await fates(store, all_of_it)] == ["waiting"]
    assert [state for _, state, _ in await fates(store, some)] == ["dropped"]
    assert len(await store.newest_stories(feed.id, limit=20)) == 1


async def test_a_filter_drops_what_a_guard_would_hold(store: Store) -> None:
    feed = await a_source(store)
    place = await a_way(store, feed, "partner", "none: iklan")
    burst = (told(n, title, hold="a burst") for n, title in ((1, "Iklan"), (2, "Gempa")))

    await store.record_polls([a_poll(feed, *burst)], now=NOON)

    assert [state for _, state, _ in await fates(store, place)] == ["dropped", "held"]
    (held,) = await store.bursts()
    assert held.count == 1


async def test_what_was_dropped_is_sent_after_all_on_an_admins_word(store: Store) -> None:
    feed = await a_source(store)
    place = await a_way(store, feed, "partner", "any: tsunami")
    await store.record_polls([a_poll(feed, told(1, "Gempa"))], now=NOON)
    (row,) = await store.list_deliveries()

    await store.decide((row.id,), deed="retry", now=NOON)

    assert [state for _, state, _ in await fates(store, place)] == ["waiting"]


async def test_a_filter_that_cannot_be_read_any_more_holds_instead_of_guessing(
    store: Store,
) -> None:
    feed = await a_source(store)
    place = await a_way(store, feed, "partner")
    await store._runner.write(  # as a later version might have written it
        lambda c: c.execute(sa.update(routes).values(options='{"filter": ["near: jakarta"]}'))
    )

    await store.record_polls([a_poll(feed, told(1, "Gempa"))], now=NOON)

    assert await fates(store, place) == [("Gempa", str(DeliveryState.HELD), NOT_READ)]
    (held,) = await store.bursts()
    assert held.reason == NOT_READ


@pytest.mark.parametrize("limit", [1, 2, 20])
async def test_a_feeds_newest_stories_are_its_own_the_last_one_first(
    store: Store, limit: int
) -> None:
    feed, other = await a_source(store), await a_source(store, "other")
    await store.record_polls([a_poll(feed, told(1, "Satu"), told(2, "Dua"))], now=NOON)
    await store.record_polls([a_poll(other, told(3, "Tiga"))], now=NOON)

    found = await store.newest_stories(feed.id, limit=limit)

    assert [story.title for story in found] == ["Dua", "Satu"][:limit]
