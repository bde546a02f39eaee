"""Destinations and routes: added, changed, closed, removed softly, and back again."""

import pytest

from feeds.errors import Conflict, UnknownName
from feeds.model import (
    DeliveryState,
    DestinationOptions,
    DestinationState,
    InDoubtPolicy,
    Origin,
    RouteOptions,
)
from feeds.store import Store
from tests.builders import NOON
from tests.store.situations import (
    MINUTE,
    a_filled_lane,
    a_place,
    a_source,
    an_intent,
    claim_one,
    publish,
    rows,
    send,
    states,
)


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


async def test_a_destination_keeps_all_it_is_told(store: Store) -> None:
    options = DestinationOptions(
        language="en", in_doubt=InDoubtPolicy.RESEND, headers=(("X-Api-Key", "s3cret"),)
    )

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
    assert "s3cret" not in repr(place)


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
    await store.set_secret(place.id, "whsec_new", now=NOON)

    assert (changed.name, changed.title, changed.options) == ("new", "Baru", options)
    (row,) = await store.list_destinations()
    assert row.has_secret
    assert row.destination.secret == "whsec_new"


async def test_a_destination_added_again_with_a_new_secret_is_signed_with_that_alone(
    store: Store,
) -> None:
    place = await a_place(store, secret="whsec_one")
    await store.set_secret(place.id, "whsec_two", now=NOON)
    await store.remove_destination(place.id, now=NOON)

    again = await a_place(store, secret="whsec_three")

    assert again.id == place.id
    assert (again.secret, again.old_secret) == ("whsec_three", None)


async def test_of_two_who_saw_one_secret_the_second_replaces_it_no_more(store: Store) -> None:
    seen = await a_place(store, secret="whsec_one")
    await store.set_secret(seen.id, "whsec_two", expected=seen, now=NOON)

    with pytest.raises(Conflict, match="new secret just now"):
        await store.set_secret(seen.id, "whsec_three", expected=seen, now=NOON)

    place = await store.destination_by(seen.id)
    assert place is not None
    assert place.secrets_at(NOON) == ("whsec_two", "whsec_one"), "the receiver's goes on signing"


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
    await store.set_secret(place.id, "whsec_old", now=NOON)
    await store.remove_destination(place.id, now=NOON)

    again = await a_place(store, "again", address=place.address)
    await store.add_route(feed.id, again.id, now=NOON)
    await publish(store, feed, 3)

    assert (again.id, again.secret) == (place.id, "whsec_old")
    assert (await rows(store))[3].state is DeliveryState.WAITING


async def test_a_destination_added_at_rest_is_served_no_moment_new_or_back_again(
    store: Store,
) -> None:
    old = await a_place(store, "old", address="https://old.example/")
    await store.remove_destination(old.id, now=NOON)
    feed = await a_source(store)

    places = [
        await store.add_destination(f"p{at}", "webhook", address, paused=True, now=NOON)
        for at, address in enumerate(("https://old.example/", "https://new.example/"))
    ]
    for place in places:
        await store.add_route(feed.id, place.id, now=NOON)
    await publish(store, feed, 1)

    assert [place.state for place in places] == [DestinationState.PAUSED] * 2
    assert places[0].id == old.id
    assert await store.next_due_lane_at(("webhook",)) is None


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


async def test_a_route_is_not_changed_by_who_saw_it_otherwise(store: Store) -> None:
    await a_filled_lane(store, 0)
    (way,) = await store.list_routes()
    silent, bare = RouteOptions(silent=True), RouteOptions(summary_max=0)
    await store.set_route(way.route.id, options=silent, expected=RouteOptions())

    with pytest.raises(Conflict, match="changed meanwhile"):
        await store.set_route(way.route.id, options=bare, expected=RouteOptions())

    (now,) = await store.list_routes()
    assert now.route.options == silent


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


async def test_a_note_is_kept_under_its_name(store: Store) -> None:
    await store.set_note("offset", "1")
    await store.set_note("offset", "2")

    assert await store.note("offset") == "2"
    assert await store.note("other") is None
