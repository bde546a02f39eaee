"""The configuration file's word: made true at every start, and what was decided since survives."""

from dataclasses import replace
from datetime import timedelta

import pytest

from feeds.errors import Conflict
from feeds.model import (
    Declared,
    DeclaredDestination,
    DeclaredFeed,
    DeclaredRoute,
    DeliveryState,
    DestinationOptions,
    DestinationState,
    FeedState,
    Origin,
    PollMemory,
    RouteOptions,
    Validators,
)
from feeds.ports import ResolvedAddress
from feeds.store import Store
from tests.builders import NOON
from tests.store.situations import (
    DAY,
    MINUTE,
    a_place,
    a_poll,
    a_source,
    claim_one,
    news,
    publish,
    send,
    states,
)

FEED = DeclaredFeed(name="berita", url="https://berita.example/feed/")
PLACE = DeclaredDestination(name="channel", kind="telegram", address="@dailyberita")
ROUTE = DeclaredRoute(feed="berita", destination="channel")
FILE = Declared(feeds=(FEED,), destinations=(PLACE,), routes=(ROUTE,))


def file(feed: DeclaredFeed = FEED, place: DeclaredDestination = PLACE) -> Declared:
    route = DeclaredRoute(feed=feed.name, destination=place.name)
    return Declared(feeds=(feed,), destinations=(place,), routes=(route,))


async def declare_and_resolve(store: Store, declared: Declared = FILE) -> None:
    await store.declare(declared, now=NOON)
    for place in await store.unresolved_destinations():
        address = ResolvedAddress(address="-1001", title="Daily Berita")
        await store.resolve_destination(place.id, address, now=NOON)


async def test_what_is_declared_is_there_and_its_address_still_to_be_asked_for(
    store: Store,
) -> None:
    report = await store.declare(FILE, now=NOON)

    assert report.added == ("feed berita", "destination channel", "route berita → channel")
    (feed,), (place,), (way,) = (
        await store.list_feeds(),
        await store.list_destinations(),
        await store.list_routes(),
    )
    assert (feed.feed.origin, feed.url, feed.next_poll_at) == (Origin.FILE, FEED.url, NOON)
    assert (place.destination.origin, place.address) == (Origin.FILE, "@dailyberita")
    assert [each.name for each in await store.unresolved_destinations()] == ["channel"]
    assert (way.feed, way.destination, way.route.origin) == ("berita", "channel", Origin.FILE)


async def test_declaring_the_same_twice_changes_nothing(store: Store) -> None:
    await declare_and_resolve(store)
    before = (await store.list_feeds(), await store.list_destinations(), await store.list_routes())

    report = await store.declare(FILE, now=NOON + MINUTE)

    assert not report
    after = (await store.list_feeds(), await store.list_destinations(), await store.list_routes())
    assert after == before


async def test_what_was_observed_or_decided_survives_the_next_start(store: Store) -> None:
    await declare_and_resolve(store)
    feed, place = await store.feed_by("berita"), await store.destination_by("channel")
    assert feed is not None
    assert place is not None
    memory = PollMemory(validators=Validators(etag='"x"'), baseline_at=NOON)
    moved = a_poll(feed, memory=memory, url="https://moved.example/feed/")
    await store.record_polls([moved], now=NOON)
    await store.pause_feed(feed.id, now=NOON)
    await store.park_destination(place.id, reason="kicked", now=NOON)
    await store.set_secret(place.id, "made here", now=NOON)

    await store.declare(FILE, now=NOON)

    feed, place = await store.feed_by("berita"), await store.destination_by("channel")
    assert feed is not None
    assert place is not None
    assert (feed.state, feed.memory) == (FeedState.PAUSED, memory)
    assert feed.url == "https://moved.example/feed/"  # the publisher's word, not the file's
    assert (place.address, place.title, place.resolved) == ("-1001", "Daily Berita", True)
    assert (place.state, place.secret) == (DestinationState.PARKED, "made here")


async def test_the_file_owns_the_options_it_declares(store: Store) -> None:
    await declare_and_resolve(store)
    options = DestinationOptions(language="en")
    changed = Declared(
        feeds=(replace(FEED, every=MINUTE, start=3),),
        destinations=(replace(PLACE, secret="whsec_file", options=options),),
        routes=(replace(ROUTE, options=RouteOptions(silent=True)),),
    )

    report = await store.declare(changed, now=NOON)

    assert report.changed == ("feed berita", "destination channel", "route berita → channel")
    (feed,), (place,), (way,) = (
        await store.list_feeds(),
        await store.list_destinations(),
        await store.list_routes(),
    )
    assert (feed.every, feed.feed.start) == (MINUTE, 3)
    assert (place.destination.options, place.destination.secret) == (options, "whsec_file")
    assert way.route.options.silent
    assert not await store.declare(changed, now=NOON)


async def test_a_secret_changed_in_the_file_leaves_the_one_before_signing_for_a_day(
    store: Store,
) -> None:
    place = replace(PLACE, kind="webhook", address="https://partner.example/hook")
    await store.declare(file(place=replace(place, secret="whsec_one")), now=NOON)

    for now in (NOON + MINUTE, NOON + 2 * MINUTE):  # the second start finds nothing changed
        await store.declare(file(place=replace(place, secret="whsec_two")), now=now)

    found = await store.destination_by("channel")
    assert found is not None
    assert found.secrets_at(NOON + DAY) == ("whsec_two", "whsec_one")
    assert found.secrets_at(NOON + MINUTE + DAY) == ("whsec_two",)


async def test_what_is_gone_from_the_file_is_closed_and_nothing_is_deleted(store: Store) -> None:
    await declare_and_resolve(store)
    feed = await store.feed_by("berita")
    assert feed is not None
    await publish(store, feed, 1)

    report = await store.declare(Declared(), now=NOON)

    assert report.closed == (*("feed berita", "destination channel", "route berita → channel"),)
    (row,), (place,) = await store.list_feeds(), await store.list_destinations()
    assert (row.state, row.feed.state_reason) == (FeedState.PAUSED, "no longer in the file")
    assert place.state is DestinationState.PAUSED
    assert await store.list_routes() == ()
    (delivery,) = await store.list_deliveries()
    assert (delivery.state, delivery.reason) == (DeliveryState.DROPPED, "no longer in the file")
    assert not await store.declare(Declared(), now=NOON)


async def test_what_comes_back_to_the_file_goes_on_where_it_was(store: Store) -> None:
    await declare_and_resolve(store)
    feed = await store.feed_by("berita")
    assert feed is not None
    await publish(store, feed, 1)
    await store.declare(Declared(), now=NOON)

    await store.declare(FILE, now=NOON + MINUTE)

    (row,), (place,) = await store.list_feeds(), await store.list_destinations()
    assert (row.id, row.state, row.next_poll_at) == (feed.id, FeedState.ACTIVE, NOON + MINUTE)
    assert row.feed.memory.baseline_at == NOON
    assert (place.state, place.address) == (DestinationState.OPEN, "-1001")
    assert len(await store.list_routes()) == 1


async def test_what_an_admin_paused_is_not_opened_by_the_file(store: Store) -> None:
    await declare_and_resolve(store)
    (row,), (place,) = await store.list_feeds(), await store.list_destinations()
    await store.pause_feed(row.id, now=NOON)
    await store.pause_destination(place.id, now=NOON)

    await store.declare(Declared(), now=NOON)
    await store.declare(FILE, now=NOON)

    (row,), (place,) = await store.list_feeds(), await store.list_destinations()
    assert (row.state, place.state) == (FeedState.PAUSED, DestinationState.PAUSED)


async def test_what_an_admin_added_is_left_alone(store: Store) -> None:
    feed, place = await a_source(store, "mine"), await a_place(store, "my-hook")
    await store.add_route(feed.id, place.id, now=NOON)

    await store.declare(FILE, now=NOON)
    await store.declare(Declared(), now=NOON)

    assert [way.feed for way in await store.list_routes()] == ["mine"]
    assert await store.feed_by("mine") == feed


@pytest.mark.parametrize("what", ["feed", "destination"])
async def test_a_name_that_an_admin_gave_to_another_is_a_clash_and_nothing_is_changed(
    store: Store, what: str
) -> None:
    if what == "feed":
        await a_source(store, "berita", url="https://admin.example/")
    else:
        await a_place(store, "channel")

    with pytest.raises(Conflict, match=f"{what} (berita|channel).*an admin"):
        await store.declare(FILE, now=NOON)

    assert len(await store.list_feeds()) + len(await store.list_destinations()) == 1


async def test_a_place_that_an_admin_added_under_another_name_is_a_clash(store: Store) -> None:
    await a_place(store, "mine", kind="telegram", address="@dailyberita")

    with pytest.raises(Conflict, match="channel, which an admin has added as mine: take it out"):
        await store.declare(FILE, now=NOON)


async def test_a_feed_that_an_admin_added_is_a_clash_under_whatever_name(store: Store) -> None:
    for name in ("berita", "mine"):
        feed = await a_source(store, name, url=FILE.feeds[0].url)

        with pytest.raises(Conflict, match=f"berita, which an admin has added as {name}: take it"):
            await store.declare(FILE, now=NOON)
        await store.remove_feed(feed.id, now=NOON)

    await store.declare(FILE, now=NOON)
    assert [row.name for row in await store.list_feeds()] == ["berita"]


async def test_an_address_that_an_admin_has_given_to_another_is_a_clash(store: Store) -> None:
    hook = DeclaredDestination(name="channel", kind="webhook", address="https://one.example/")
    await store.declare(file(place=hook), now=NOON)
    await a_place(store, "mine", address="https://two.example/")

    with pytest.raises(Conflict, match="called mine"):
        await store.declare(file(place=replace(hook, address="https://two.example/")), now=NOON)

    found = await store.destination_by("channel")
    assert found is not None
    assert found.address == "https://one.example/"


async def test_a_route_that_an_admin_made_becomes_the_files(store: Store) -> None:
    await declare_and_resolve(store, replace(FILE, routes=()))
    feed, place = await store.feed_by("berita"), await store.destination_by("channel")
    assert feed is not None
    assert place is not None
    await store.add_route(feed.id, place.id, options=RouteOptions(silent=True), now=NOON)

    await store.declare(FILE, now=NOON)

    (way,) = await store.list_routes()
    assert (way.route.origin, way.route.options) == (Origin.FILE, RouteOptions())


async def test_a_removed_feed_that_is_declared_comes_back_with_what_it_has_seen(
    store: Store,
) -> None:
    feed = await a_source(store, "old-name", url=FEED.url)
    await store.record_polls([a_poll(feed, news(1))], now=NOON)
    await store.remove_feed(feed.id, now=NOON)

    await store.declare(FILE, now=NOON)

    again = await store.feed_by("berita")
    assert again is not None
    assert (again.id, again.origin) == (feed.id, Origin.FILE)


async def test_a_declared_destination_is_served_once_resolved(store: Store) -> None:
    await declare_and_resolve(store)
    feed = await store.feed_by("berita")
    assert feed is not None
    await publish(store, feed, 1)

    lane = await claim_one(store)
    await send(store, lane)

    assert await states(store) == [DeliveryState.SENT]


async def test_many_declared_feeds_stay_quick(store: Store) -> None:
    many = tuple(
        DeclaredFeed(
            name=f"feed-{number}", url=f"https://{number}.example/", every=timedelta(hours=1)
        )
        for number in range(60)
    )

    await store.declare(Declared(feeds=many), now=NOON)

    assert not await store.declare(Declared(feeds=many), now=NOON)
    assert len(await store.list_feeds()) == 60
