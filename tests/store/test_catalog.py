"""Feeds, destinations and routes: added, changed, closed, removed softly, and back again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from feeds.errors import Conflict, UnknownName
from feeds.model import (
    DeliveryState,
    DestinationOptions,
    DestinationState,
    FeedState,
    InDoubtPolicy,
    Origin,
    PollMemory,
    RouteOptions,
    Validators,
)
from feeds.store import Store
from tests.builders import NOON
from tests.store.situations import (
    MINUTE,
    SECOND,
    a_filled_lane,
    a_place,
    a_poll,
    a_source,
    an_intent,
    claim_one,
    key,
    publish,
    rows,
    send,
    states,
)

REMEMBERED = PollMemory(
    validators=Validators(etag='"x"'), baseline_at=NOON, last_poll_at=NOON, body_digest=b"d" * 16
)


# ── feeds ────────────────────────────────────────────────────────────────────────────────────────


async def test_a_new_feed_is_due_at_once_and_found_by_name_id_and_url(store: Store) -> None:
    feed = await store.add_feed(
        "berita", "https://berita.example/feed/", every=MINUTE, start=None, now=NOON
    )

    assert (feed.next_poll_at, feed.every, feed.start) == (NOON, MINUTE, None)
    assert (feed.origin, feed.state, feed.memory) == (Origin.ADMIN, FeedState.ACTIVE, PollMemory())
    assert await store.feed_by("berita") == feed
    assert await store.feed_by(feed.id) == await store.feed_by(str(feed.id)) == feed
    assert await store.find_feed_by_url(feed.url) == feed
    assert await store.feed_by("nothing") is await store.feed_by(99) is None
    assert await store.find_feed_by_url("https://nothing.example/") is None


async def test_two_feeds_never_share_a_name_or_a_url(store: Store) -> None:
    one, two = await a_source(store, "one"), await a_source(store, "two")

    with pytest.raises(Conflict, match="called one already"):
        await a_source(store, "one", url="https://third.example/")
    with pytest.raises(Conflict, match="called one"):
        await a_source(store, "third", url=one.url)
    with pytest.raises(Conflict):
        await store.set_feed(two.id, name="one")
    with pytest.raises(Conflict):
        await store.set_feed(two.id, url=one.url)


async def test_a_feed_may_keep_its_own_name_and_url(store: Store) -> None:
    feed = await a_source(store)

    assert await store.set_feed(feed.id, name=feed.name, url=feed.url) == feed


async def test_a_shorter_interval_takes_effect_at_once(store: Store) -> None:
    feed = await a_source(store, every=timedelta(days=1))
    poll = a_poll(feed, next_poll_at=NOON + timedelta(days=1), memory=REMEMBERED)
    await store.record_polls([poll], now=NOON)

    changed = await store.set_feed(feed.id, every=5 * MINUTE)
    default = await store.set_feed(feed.id, every=None)

    assert (changed.every, changed.next_poll_at) == (5 * MINUTE, NOON + 5 * MINUTE)
    assert default.every is None


async def test_a_new_url_begins_with_a_baseline_and_is_due_at_once(store: Store) -> None:
    feed = await a_source(store)
    await store.record_polls([a_poll(feed, memory=REMEMBERED)], now=NOON)

    moved = await store.set_feed(feed.id, url="https://new.example/feed/")

    assert moved.memory == PollMemory()
    assert moved.next_poll_at <= NOON
    (claimed,) = await store.claim_feeds(now=NOON, limit=1, per_host=1, lease=MINUTE)
    assert claimed.url == "https://new.example/feed/"


async def test_a_new_url_may_come_with_its_own_memory(store: Store) -> None:
    feed = await a_source(store)
    memory = replace(REMEMBERED, validators=Validators(), body_digest=None)

    moved = await store.set_feed(
        feed.id, url="https://new.example/", memory=memory, next_poll_at=NOON + SECOND
    )

    assert (moved.memory, moved.next_poll_at) == (memory, NOON + SECOND)


async def test_a_paused_feed_keeps_its_queue_and_a_resumed_one_is_due(store: Store) -> None:
    feed, _ = await a_filled_lane(store, 1)

    paused = await store.pause_feed(feed.id, now=NOON)
    resumed = await store.resume_feed(feed.id, now=NOON + MINUTE)

    assert (paused.state, paused.state_reason) == (FeedState.PAUSED, "paused by an admin")
    assert (resumed.state, resumed.state_reason) == (FeedState.ACTIVE, None)
    assert resumed.next_poll_at == NOON + MINUTE
    assert await states(store) == [DeliveryState.WAITING]


async def test_a_resumed_feed_that_was_gone_starts_counting_410s_anew(store: Store) -> None:
    feed = await a_source(store)
    gone = a_poll(feed, state=FeedState.GONE, memory=replace(REMEMBERED, gone_since=NOON))
    await store.record_polls([gone], now=NOON)

    resumed = await store.resume_feed(feed.id, now=NOON)

    assert (resumed.state, resumed.memory.gone_since) == (FeedState.ACTIVE, None)


async def test_a_removed_feed_drops_what_waits_and_keeps_what_happened(store: Store) -> None:
    feed, _ = await a_filled_lane(store, 3)
    lane = await claim_one(store)
    await send(store, lane)

    await store.remove_feed(feed.id, now=NOON + MINUTE)

    assert await states(store) == [DeliveryState.SENT, *[DeliveryState.DROPPED] * 2]
    row = (await rows(store))[2]
    assert (row.reason, row.changed_at) == ("feed removed", NOON + MINUTE)
    assert await store.list_feeds() == await store.list_routes() == ()
    assert await store.feed_by(feed.name) is None


async def test_a_feed_added_again_comes_back_with_all_it_has_seen(store: Store) -> None:
    feed, _ = await a_filled_lane(store, 1)
    await store.remove_feed(feed.id, now=NOON)

    again = await store.add_feed("new-name", feed.url, start=3, now=NOON + MINUTE)

    assert (again.id, again.name, again.start) == (feed.id, "new-name", 3)
    assert (again.memory, again.next_poll_at) == (PollMemory(), NOON + MINUTE)
    assert key("guid-1") in await store.known_keys(again.id, [key("guid-1")])
    assert await store.list_routes() == ()  # where it goes is said anew
    assert await states(store) == [DeliveryState.DROPPED]


async def test_a_removed_feed_leaves_its_name_free(store: Store) -> None:
    feed = await a_source(store, "berita")
    await store.remove_feed(feed.id, now=NOON)

    other = await a_source(store, "berita", url="https://other.example/")

    assert other.id != feed.id


async def test_what_is_not_there_cannot_be_changed(store: Store) -> None:
    for deed in (
        store.pause_feed(9, now=NOON),
        store.resume_feed(9, now=NOON),
        store.remove_feed(9, now=NOON),
        store.set_feed(9, name="x"),
        store.pause_destination(9, now=NOON),
        store.remove_destination(9, now=NOON),
        store.add_test_delivery(9, now=NOON),
        store.remove_route(9, now=NOON),
        store.set_route(9, options=RouteOptions()),
    ):
        with pytest.raises(UnknownName, match=r"no (feed|destination|route) 9"):
            await deed


# ── destinations ─────────────────────────────────────────────────────────────────────────────────


async def test_a_destination_keeps_all_it_is_told(store: Store) -> None:
    options = DestinationOptions(language="en", in_doubt=InDoubtPolicy.RESEND)

    place = await store.add_destination(
        "channel",
        "telegram",
        "-1001",
        title="Daily Berita",
        secret="whsec_x",
        options=options,
        origin=Origin.ADMIN,
        resolved=True,
        now=NOON,
    )

    assert (place.title, place.secret, place.options) == ("Daily Berita", "whsec_x", options)
    assert (place.state, place.resolved, place.created_at) == (DestinationState.OPEN, True, NOON)
    assert await store.destination_by("channel") == await store.destination_by(place.id) == place
    assert "whsec" not in repr(place)


async def test_two_destinations_never_share_a_name_or_a_place(store: Store) -> None:
    await a_place(store, "one", address="https://one.example/")
    two = await a_place(store, "two")

    with pytest.raises(Conflict, match="called one already"):
        await a_place(store, "one", address="https://three.example/")
    with pytest.raises(Conflict, match="called one"):
        await a_place(store, "three", address="https://one.example/")
    with pytest.raises(Conflict):
        await store.set_destination(two.id, name="one")
    other_kind = await a_place(store, "three", kind="console", address="https://one.example/")
    assert other_kind.kind == "console"


async def test_name_title_options_and_secret_can_be_changed(store: Store) -> None:
    place = await a_place(store)
    options = DestinationOptions(language="id")

    changed = await store.set_destination(place.id, name="new", title="Baru", options=options)
    await store.set_secret(place.id, "whsec_new")

    assert (changed.name, changed.title, changed.options) == ("new", "Baru", options)
    (row,) = await store.list_destinations()
    assert row.has_secret
    assert row.destination.secret == "whsec_new"


async def test_a_removed_destination_drops_what_waits_and_is_held(store: Store) -> None:
    _, place = await a_filled_lane(store, 2)
    lane = await claim_one(store)
    await send(store, lane, DeliveryState.IN_DOUBT)

    await store.remove_destination(place.id, now=NOON)

    assert await states(store) == [DeliveryState.IN_DOUBT, DeliveryState.DROPPED]
    assert (await rows(store))[2].reason == "destination removed"
    assert await store.list_destinations() == await store.list_routes() == ()


async def test_a_destination_added_again_goes_on_counting_and_stays_empty(store: Store) -> None:
    feed, place = await a_filled_lane(store, 2)
    await store.set_secret(place.id, "whsec_old")
    await store.remove_destination(place.id, now=NOON)

    again = await a_place(store, "again", address=place.address)
    await store.add_route(feed.id, again.id, now=NOON)
    await publish(store, feed, 3)

    assert (again.id, again.secret) == (place.id, "whsec_old")
    assert (await rows(store))[3].state is DeliveryState.WAITING


# ── routes ───────────────────────────────────────────────────────────────────────────────────────


async def test_a_pair_has_one_live_route(store: Store) -> None:
    feed, place = await a_filled_lane(store, 0)

    with pytest.raises(Conflict, match="there already"):
        await store.add_route(feed.id, place.id, now=NOON)


async def test_a_deliverys_options_are_its_routes_as_they_are_now(store: Store) -> None:
    await a_filled_lane(store, 1)
    (way,) = await store.list_routes()
    loud = RouteOptions(silent=False, preview=False, summary_max=0)

    changed = await store.set_route(way.route.id, options=loud)

    assert changed.options == loud
    assert (await claim_one(store)).parcels[0].options == loud


async def test_a_removed_route_drops_only_what_waits_on_it(store: Store) -> None:
    place = await a_place(store)
    feeds = [await a_source(store, name) for name in ("one", "two")]
    for feed in feeds:
        await store.add_route(feed.id, place.id, now=NOON)
        await publish(store, feed, 1)
    ways = {way.feed: way.route for way in await store.list_routes()}

    await store.remove_route(ways["one"].id, now=NOON)

    found = await rows(store)
    assert (found[1].state, found[1].reason) == (DeliveryState.DROPPED, "route removed")
    assert found[2].state is DeliveryState.WAITING


async def test_a_route_added_again_is_the_old_one_with_new_options(store: Store) -> None:
    feed, place = await a_filled_lane(store, 0)
    (old,) = await store.list_routes()
    await store.remove_route(old.route.id, now=NOON)

    again = await store.add_route(feed.id, place.id, options=RouteOptions(silent=True), now=NOON)

    assert (again.id, again.options.silent) == (old.route.id, True)
    assert len(await store.list_routes()) == 1


async def test_removing_frees_the_head_for_those_behind(store: Store) -> None:
    place = await a_place(store)
    feeds = [await a_source(store, name) for name in ("one", "two")]
    for number, feed in enumerate(feeds):
        await store.add_route(feed.id, place.id, now=NOON)
        await publish(store, feed, number)
    lane = await claim_one(store)
    await send(store, lane, DeliveryState.WAITING, due_at=NOON + 9 * MINUTE)
    await store.expire_leases(now=NOON, repeatable_kinds=("webhook",), everything=True)
    assert await store.next_due_lane_at(("webhook",)) == NOON + 9 * MINUTE

    await store.remove_feed(feeds[0].id, now=NOON)

    lane = await claim_one(store)
    assert await store.begin_sends([an_intent(lane)], now=NOON)
    assert lane.parcels[0].source is not None
    assert lane.parcels[0].source.name == "two"


# ── notes ────────────────────────────────────────────────────────────────────────────────────────


async def test_a_note_is_kept_under_its_name(store: Store) -> None:
    await store.set_note("offset", "1")
    await store.set_note("offset", "2")

    assert await store.note("offset") == "2"
    assert await store.note("other") is None
