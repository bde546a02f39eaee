"""The configuration file moves things: new names, URLs and addresses, and what goes along."""

from dataclasses import replace

import pytest

from feeds.health import DISABLED_AFTER
from feeds.model import (
    Declared,
    DeclaredDestination,
    DeclaredFeed,
    DeclaredRoute,
    DeliveryState,
    DestinationOptions,
    DestinationState,
    FeedState,
    NoticeKind,
    PollMemory,
    Validators,
)
from feeds.ports import ResolvedAddress
from feeds.store import Store
from tests.builders import NOON
from tests.store.situations import (
    a_poll,
    claim,
    claim_one,
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


async def test_renaming_in_the_file_renames_here(store: Store) -> None:
    await declare_and_resolve(store)
    feed, place = await store.feed_by("berita"), await store.destination_by("channel")
    assert feed is not None
    assert place is not None
    renamed = file(replace(FEED, name="kabar"), replace(PLACE, name="kanal"))

    report = await store.declare(renamed, now=NOON)

    assert report.closed == ()
    (row,), (there,) = await store.list_feeds(), await store.list_destinations()
    assert (row.id, row.name) == (feed.id, "kabar")
    assert (there.id, there.name, there.address) == (place.id, "kanal", "-1001")


async def test_two_names_can_be_exchanged_in_the_file(store: Store) -> None:
    one, two = FEED, DeclaredFeed(name="kabar", url="https://kabar.example/")
    await store.declare(Declared(feeds=(one, two)), now=NOON)

    swapped = (replace(one, name="kabar"), replace(two, name="berita"))
    await store.declare(Declared(feeds=swapped), now=NOON)

    assert {row.name: row.url for row in await store.list_feeds()} == {
        "kabar": one.url,
        "berita": two.url,
    }


async def test_a_name_can_pass_to_another_feed_of_the_file(store: Store) -> None:
    one, two = FEED, DeclaredFeed(name="kabar", url="https://kabar.example/")
    await store.declare(Declared(feeds=(one, two)), now=NOON)

    await store.declare(Declared(feeds=(replace(two, name="berita"),)), now=NOON)

    found = await store.feed_by("berita")
    assert found is not None
    assert (found.url, found.state) == (two.url, FeedState.ACTIVE)
    gone = await store.find_feed_by_url(one.url)
    assert gone is not None
    assert gone.state is FeedState.PAUSED


async def test_a_new_url_in_the_file_begins_with_a_baseline(store: Store) -> None:
    await declare_and_resolve(store)
    feed = await store.feed_by("berita")
    assert feed is not None
    await store.record_polls([a_poll(feed)], now=NOON)

    await store.declare(file(replace(FEED, url="https://new.example/")), now=NOON)

    again = await store.feed_by("berita")
    assert again is not None
    assert (again.id, again.url, again.memory) == (feed.id, "https://new.example/", PollMemory())
    assert again.next_poll_at <= NOON


@pytest.mark.parametrize(
    "moved_to",
    [
        FEED.url.replace("https", "http"),
        "https://berita.example/rss",
        "https://www.berita.example/feed",
    ],
)
async def test_the_same_feed_at_a_new_url_in_the_file_keeps_its_baseline(
    store: Store, moved_to: str
) -> None:
    await declare_and_resolve(store)
    feed = await store.feed_by("berita")
    assert feed is not None
    memory = PollMemory(
        validators=Validators(etag='"x"'),
        body_digest=b"d" * 16,
        baseline_at=NOON,
        last_full_at=NOON,
        failures=3,
        entries_seen=7,
    )
    await store.record_polls([a_poll(feed, memory=memory)], now=NOON)

    await store.declare(file(replace(FEED, url=moved_to)), now=NOON)

    again = await store.feed_by("berita")
    assert again is not None
    kept = PollMemory(baseline_at=NOON, last_full_at=NOON, entries_seen=7)
    assert (again.id, again.url, again.memory) == (feed.id, moved_to, kept)
    assert again.next_poll_at <= NOON


async def test_a_new_address_in_the_file_takes_the_queue_along(store: Store) -> None:
    await declare_and_resolve(store)
    feed, place = await store.feed_by("berita"), await store.destination_by("channel")
    assert feed is not None
    assert place is not None
    await publish(store, feed, 1)
    await store.park_destination(place.id, reason="chat not found", now=NOON)

    await store.declare(file(place=replace(PLACE, address="@berita_baru")), now=NOON)

    (there,) = await store.unresolved_destinations()
    assert (there.id, there.address) == (place.id, "@berita_baru")
    assert there.state is DestinationState.OPEN
    assert await states(store) == [DeliveryState.WAITING]
    assert await claim(store) == []  # until the address is resolved


async def test_an_endpoint_that_moves_leaves_behind_how_the_old_place_fared(store: Store) -> None:
    hook = DeclaredDestination(name="channel", kind="webhook", address="https://old.example/")
    new = ResolvedAddress(address="https://new.example/")
    await store.declare(file(place=hook), now=NOON)
    (place,) = await store.unresolved_destinations()
    await store.resolve_destination(place.id, ResolvedAddress(address=hook.address), now=NOON)
    feed = await store.feed_by("berita")
    assert feed is not None
    await publish(store, feed, 1)
    later = NOON + DISABLED_AFTER
    wait = {"due_at": later + DISABLED_AFTER, "not_before": later + DISABLED_AFTER}
    await send(store, await claim_one(store), DeliveryState.WAITING, **wait)
    await store.expire_leases(now=NOON, repeatable_kinds=["webhook"], everything=True)
    await store.tell_failing(now=later)

    await store.declare(file(place=replace(hook, address=new.address)), now=later)
    await store.resolve_destination(place.id, new, now=later)

    lane = await claim_one(store, now=later)
    assert (lane.destination.address, lane.destination.failing) == (new.address, None)
    assert not lane.destination.proven
    assert [parcel.delivery.attempts for parcel in lane.parcels] == [0]
    assert await store.open_notices(NoticeKind.ENDPOINT_FAILING) == []


async def test_a_name_that_now_means_another_kind_is_another_destination(store: Store) -> None:
    await declare_and_resolve(store)
    hook = DeclaredDestination(name="channel", kind="webhook", address="https://hook.example/")

    await store.declare(file(place=hook), now=NOON)

    found = {row.kind: row for row in await store.list_destinations()}
    assert found["webhook"].name == "channel"
    assert found["telegram"].state is DestinationState.PAUSED


async def test_two_declared_names_of_one_chat_are_merged_at_every_start(store: Store) -> None:
    twin = DeclaredDestination(name="twin", kind="telegram", address="-1001")
    both = Declared(
        feeds=(FEED,),
        destinations=(twin, PLACE),
        routes=(ROUTE, replace(ROUTE, destination="twin")),
    )

    await declare_and_resolve(store, both)
    await declare_and_resolve(store, both)
    report = await store.declare(both, now=NOON)

    assert not report
    assert [row.address for row in await store.list_destinations()] == ["-1001"]
    assert len(await store.list_routes()) == 1


async def test_what_is_left_of_two_merged_names_goes_on_under_its_own(store: Store) -> None:
    numeric = DeclaredDestination(name="num", kind="telegram", address="-1001")
    both = Declared(
        feeds=(FEED,),
        destinations=(numeric, PLACE),
        routes=(replace(ROUTE, destination="num"), ROUTE),
    )
    options = DestinationOptions(language="id")
    left = file(place=replace(PLACE, options=options))
    await declare_and_resolve(store, both)

    report = await store.declare(left, now=NOON)

    assert report.closed == ()
    (place,) = await store.list_destinations()
    assert (place.name, place.state) == ("channel", DestinationState.OPEN)
    assert (place.address, place.destination.resolved) == ("-1001", True)
    assert place.destination.options == options
    assert [way.destination for way in await store.list_routes()] == ["channel"]
    assert not await store.declare(left, now=NOON)
    await declare_and_resolve(store, both)
    assert not await store.declare(both, now=NOON)
