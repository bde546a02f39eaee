"""The log of changes and the conversations: written with the deed, and outliving a restart."""

import pytest

from feeds.errors import Conflict
from feeds.model import RouteOptions
from feeds.model.people import Change, Taken
from feeds.store import Store
from tests.builders import NOON
from tests.store.situations import DAY, MINUTE, a_place, a_source

ANI = 7


async def test_a_change_is_written_with_the_deed_that_makes_it(store: Store) -> None:
    feed, place = await a_source(store), await a_place(store)
    made = Change(what="route.add", person=ANI, feed=feed.id, destination=place.id)

    route = await store.noting(made, now=NOON).add_route(feed.id, place.id, now=NOON)

    (logged,) = await store.list_changes()
    assert (logged.change.route, logged.change.person, logged.at) == (route.id, ANI, NOON)
    assert (await store.list_changes(about={"route": route.id})) == [logged]
    assert (await store.list_changes(about={"feed": feed.id + 1})) == []


async def test_a_deed_that_is_refused_leaves_no_line(store: Store) -> None:
    await a_place(store)

    with pytest.raises(Conflict):
        await store.noting(Change(what="destination.add"), now=NOON).add_destination(
            "partner", "webhook", "https://other.example/hook", now=NOON
        )

    assert await store.list_changes() == []


async def test_reading_through_a_noting_store_notes_nothing(store: Store) -> None:
    await store.noting(Change(what="feed.set"), now=NOON).list_feeds()

    assert await store.list_changes() == []


async def test_what_it_takes_to_undo_is_kept_and_undone_once(store: Store) -> None:
    feed, place = await a_source(store), await a_place(store)
    route = await store.add_route(feed.id, place.id, now=NOON)
    change = Change(
        what="route.set", route=route.id, before={"silent": False}, after={"silent": True}
    )
    await store.noting(change, now=NOON).set_route(route.id, options=RouteOptions(silent=True))

    (logged,) = await store.list_changes()

    assert (logged.change.before, logged.change.after) == ({"silent": False}, {"silent": True})
    assert await store.mark_undone(logged.id, now=NOON)
    assert not await store.mark_undone(logged.id, now=NOON)
    assert (await store.list_changes())[0].undone_at == NOON


async def test_a_conversation_stands_where_it_stood_for_a_week(store: Store) -> None:
    await store.keep_talk(ANI, "add channel", {"step": 1}, now=NOON)
    await store.keep_talk(ANI, "add feed", {"url": "https://a.example/", "step": 2}, now=NOON)

    talk = await store.talk(ANI, now=NOON + 6 * DAY)

    assert talk is not None
    assert (talk.kind, talk.data) == ("add feed", {"url": "https://a.example/", "step": 2})
    assert await store.talk(ANI, now=NOON + 8 * DAY) is None
    await store.end_talk(ANI)
    assert await store.talk(ANI, now=NOON) is None


async def test_an_update_is_taken_up_once_and_forgotten_after_two_days(store: Store) -> None:
    assert await store.take_up(41, now=NOON) is Taken.NOW
    await store.finish(41)
    assert await store.take_up(41, now=NOON + MINUTE) is Taken.BEFORE

    await store.prune(now=NOON + 3 * DAY, keep=30 * DAY)

    assert await store.take_up(41, now=NOON + 3 * DAY) is Taken.NOW


async def test_an_update_that_was_not_finished_was_cut_off_and_says_whose_it_was(
    store: Store,
) -> None:
    for number in (41, 42, 43):
        await store.take_up(number, person=ANI, now=NOON)
    await store.take_up(44, now=NOON)

    await store.finish(42)

    assert await store.cut_off() == {41: ANI, 43: ANI}
    assert await store.take_up(44, now=NOON) is Taken.CUT_OFF
