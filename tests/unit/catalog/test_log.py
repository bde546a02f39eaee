"""The log: every deed leaves a line with who did it, and the last change can be taken back."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import cast

import pytest

from feeds.catalog import Catalog, DestinationChanges, RouteChanges, is_undoable
from feeds.errors import BeritaError, Conflict
from feeds.model import DeliveryState, DestinationState, FeedState
from feeds.store import Store
from tests.unit.catalog.situations import FEED_URL
from tests.world.overtaken import OvertakenStore

ANI = 1001
HOOK = "https://partner.example/hook"


async def furnished(catalog: Catalog) -> Catalog:
    """A feed, a webhook and a route, made at the command line; then Ani takes over."""
    await catalog.add_feed(FEED_URL, name="news")
    await catalog.add_destination("webhook", HOOK, name="partner")
    await catalog.add_route("news", "partner")
    return catalog.on_behalf_of(ANI)


DEEDS: dict[str, Callable[[Catalog], Awaitable[object]]] = {
    "feed.set": lambda c: c.set_feed("news", rename="berita"),
    "feed.pause": lambda c: c.pause_feed("news"),
    "feed.resume": lambda c: c.resume_feed("news"),
    "feed.remove": lambda c: c.remove_feed("news"),
    "destination.set": lambda c: c.set_destination("partner", DestinationChanges(rename="other")),
    "destination.pause": lambda c: c.pause_destination("partner"),
    "destination.resume": lambda c: c.resume_destination("partner"),
    "destination.remove": lambda c: c.remove_destination("partner"),
    "destination.test": lambda c: c.test_destination("partner"),
    "destination.secret": lambda c: c.rotate_secret("partner"),
    "route.set": lambda c: c.set_route("news", "partner", RouteChanges(silent=True)),
    "route.remove": lambda c: c.remove_route("news", "partner"),
}


@pytest.mark.parametrize("what", DEEDS)
async def test_every_deed_leaves_one_line_with_its_person(what: str, catalog: Catalog) -> None:
    ani = await furnished(catalog)
    before = await catalog.log()

    await DEEDS[what](ani)

    (line, *others) = await catalog.log()
    assert [other.id for other in others] == [other.id for other in before]
    assert (line.change.what, line.change.person) == (what, ANI)
    named = line.destination_name if what.startswith("destination") else line.feed_name
    assert named is not None


async def test_additions_leave_lines_of_the_command_line(catalog: Catalog) -> None:
    await furnished(catalog)

    told = [(line.change.what, line.change.person) for line in await catalog.log()]

    assert told == [("route.add", None), ("destination.add", None), ("feed.add", None)]


async def test_decisions_name_their_deliveries_and_where_they_went(catalog: Catalog) -> None:
    ani = await furnished(catalog)
    queued = await catalog.test_destination("partner")

    await ani.drop_deliveries([queued.delivery.id, 999])
    await ani.drop_deliveries([queued.delivery.id])

    line, earlier = (await catalog.log())[:2]
    assert (line.change.what, earlier.change.what) == ("delivery.drop", "destination.test")
    assert line.change.after == {"deliveries": [queued.delivery.id], "count": 1}
    assert line.destination_name == "partner"


async def test_a_secret_header_stands_in_no_line(catalog: Catalog) -> None:
    ani = await furnished(catalog)

    await ani.set_destination(
        "partner", DestinationChanges(headers=(("Authorization", "Bearer s3cret"),))
    )

    (line, *_) = await catalog.log()
    assert line.change.after == {"headers": ["Authorization"]}
    assert not is_undoable(line)


async def test_what_was_paused_goes_on_when_that_is_undone(catalog: Catalog) -> None:
    ani = await furnished(catalog)
    await ani.pause_feed("news")
    await ani.pause_destination("partner")

    for line in (await catalog.log())[:2]:
        await ani.undo(line.id)

    assert (await catalog.feed("news")).state is FeedState.ACTIVE
    assert (await catalog.destination("partner")).state is DestinationState.OPEN
    undone = (await catalog.log())[:2]
    assert [line.change.what for line in undone] == ["undo", "undo"]
    assert not any(is_undoable(line) for line in undone)


async def test_what_was_resumed_rests_again_when_that_is_undone(catalog: Catalog) -> None:
    ani = await furnished(catalog)
    await ani.pause_feed("news")
    await ani.resume_feed("news")

    await ani.undo((await catalog.log())[0].id)

    assert (await catalog.feed("news")).state is FeedState.PAUSED


async def test_settings_are_as_before_when_that_is_undone(catalog: Catalog) -> None:
    ani = await furnished(catalog)
    await ani.set_route("news", "partner", RouteChanges(silent=True))
    await ani.set_route("news", "partner", RouteChanges(summary_max=100))
    await ani.set_feed("news", rename="berita", every=timedelta(hours=1))
    await ani.set_destination("partner", DestinationChanges(rename="other", language="en"))

    for line in (await catalog.log())[:3]:
        await ani.undo(line.id)

    route = (await catalog.route("news", "partner")).route
    assert (route.options.silent, route.options.summary_max) == (True, 400)
    assert (await catalog.feed("news")).every is None
    assert (await catalog.destination("partner")).options.language is None


async def test_what_was_changed_again_since_is_not_overruled(catalog: Catalog) -> None:
    ani = await furnished(catalog)
    await ani.set_route("news", "partner", RouteChanges(summary_max=100))
    (first, *_) = await catalog.log()
    await catalog.set_route("news", "partner", RouteChanges(summary_max=200))

    with pytest.raises(Conflict, match="changed again since"):
        await ani.undo(first.id)

    assert (await catalog.route("news", "partner")).route.options.summary_max == 200


MEANWHILE: dict[str, tuple[str, Callable[[Catalog], Awaitable[object]]]] = {
    "feed.set": ("set_feed", lambda c: c.set_feed("berita", rename="warta")),
    "destination.set": (
        "set_destination",
        lambda c: c.set_destination("other", DestinationChanges(language="en")),
    ),
    "route.set": (
        "set_route",
        lambda c: c.set_route("news", "partner", RouteChanges(summary_max=200)),
    ),
}


async def _settings(catalog: Catalog) -> list[object]:
    (feed,), (place,) = await catalog.store.list_feeds(), await catalog.store.list_destinations()
    (row,) = await catalog.list_routes()
    return [feed.name, place.name, place.destination.options, row.route.options]


@pytest.mark.parametrize("what", MEANWHILE)
async def test_an_undo_takes_nothing_back_that_somebody_changes_while_it_looks(
    what: str, catalog: Catalog
) -> None:
    ani, (method, change) = await furnished(catalog), MEANWHILE[what]
    await DEEDS[what](ani)
    (line, *_) = await catalog.log()
    overtaken = OvertakenStore(catalog.store, method, partial(change, catalog))

    with pytest.raises(Conflict, match="changed meanwhile"):
        await replace(ani, store=cast("Store", overtaken)).undo(line.id)

    as_undone = await _settings(catalog)
    (theirs, ours, *_) = await catalog.log()
    assert (theirs.change.what, theirs.change.person) == (what, None), "and no line of an undo"
    assert (ours.id, ours.undone_at) == (line.id, None), "it may be looked at, and undone, again"
    await catalog.undo(theirs.id)
    assert await _settings(catalog) != as_undone, "theirs was there"


async def test_a_change_is_undone_once(catalog: Catalog) -> None:
    ani = await furnished(catalog)
    await ani.pause_feed("news")
    (line, *_) = await catalog.log()
    await ani.undo(line.id)
    await ani.pause_feed("news")

    with pytest.raises(Conflict, match="undone before"):
        await ani.undo(line.id)


@pytest.mark.parametrize(
    "what", ["feed.remove", "destination.remove", "route.remove", "destination.secret"]
)
async def test_what_cannot_be_undone_says_so(what: str, catalog: Catalog) -> None:
    ani = await furnished(catalog)
    await DEEDS[what](ani)
    (line, *_) = await catalog.log()

    with pytest.raises(BeritaError, match="cannot be undone"):
        await ani.undo(line.id)


async def test_a_place_that_refused_us_is_not_made_to_refuse_again(catalog: Catalog) -> None:
    ani = await furnished(catalog)
    place = await catalog.destination("partner")
    await catalog.store.park_destination(place.id, reason="410 Gone", now=catalog.clock.now())
    await ani.resume_destination("partner")

    (line, *_) = await catalog.log()

    assert not is_undoable(line)


async def test_the_log_is_read_page_by_page_and_by_place(catalog: Catalog) -> None:
    ani = await furnished(catalog)
    await ani.pause_feed("news")
    whole = await catalog.log()

    assert await catalog.log(before=whole[1].id) == whole[2:]
    place = await catalog.destination("partner")
    told = [line.change.what for line in await catalog.log(among={place.id})]
    assert told == ["feed.pause", "route.add", "destination.add", "feed.add"]
    assert await catalog.log(among=set()) == []


async def test_a_dropped_delivery_is_dropped(catalog: Catalog) -> None:
    ani = await furnished(catalog)
    queued = await catalog.test_destination("partner")

    await ani.drop_deliveries([queued.delivery.id])

    found = await catalog.delivery_story(queued.delivery.id)
    assert found.delivery.state is DeliveryState.DROPPED
