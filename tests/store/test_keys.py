"""The names of stories: looked up a document at a time, never made to lead nowhere."""

from feeds.model import (
    DeliveryState,
    Edit,
    KeyKind,
    SeenKeys,
)
from feeds.store import Store
from tests.builders import NOON
from tests.store.situations import (
    DAY,
    SECOND,
    a_place,
    a_poll,
    a_source,
    key,
    publish,
    states,
)


async def test_known_keys_tell_the_story_and_its_text_and_unknown_ones_are_left_out(
    store: Store,
) -> None:
    feed = await a_source(store)
    recorded = await publish(store, feed, 1)
    asked = [key("guid-1"), key("guid-1", KeyKind.LINK), key("guid-9")]

    known = await store.known_keys(feed.id, asked)

    assert list(known) == [key("guid-1")]
    told = known[key("guid-1")]
    assert (told.story, told.fingerprint) == (recorded.stories[0], key("text-1").digest)
    assert told.seen_at == NOON


async def test_hundreds_of_keys_are_looked_up_and_none_is_of_another_feed(store: Store) -> None:
    feed, other = await a_source(store, "one"), await a_source(store, "two")
    keys = tuple(key(f"entry-{number}") for number in range(700))
    await store.record_polls([a_poll(feed, seen=(SeenKeys(keys=keys),))], now=NOON)

    assert set(await store.known_keys(feed.id, keys)) == set(keys)
    assert await store.known_keys(other.id, keys) == {}
    assert await store.known_keys(feed.id, ()) == {}


async def test_a_baseline_is_known_without_a_story(store: Store) -> None:
    feed = await a_source(store)

    await store.record_polls([a_poll(feed, seen=(SeenKeys(keys=(key("old"),)),))], now=NOON)

    known = await store.known_keys(feed.id, [key("old")])
    assert known[key("old")].story is None
    assert await states(store) == []


async def test_a_key_that_leads_to_a_story_is_never_made_to_lead_nowhere(store: Store) -> None:
    feed = await a_source(store)
    recorded = await publish(store, feed, 1)
    seen = (SeenKeys(keys=(key("guid-1"),)),)

    await store.record_polls([a_poll(feed, seen=seen)], now=NOON + 2 * DAY)

    known = await store.known_keys(feed.id, [key("guid-1")])
    assert known[key("guid-1")].story == recorded.stories[0]
    assert known[key("guid-1")].seen_at == NOON + 2 * DAY


async def test_new_aliases_lead_to_the_known_story(store: Store) -> None:
    feed = await a_source(store)
    recorded = await publish(store, feed, 1)
    aliases = SeenKeys(keys=(key("https-guid-1"),), story=recorded.stories[0])

    await store.record_polls([a_poll(feed, seen=(aliases,))], now=NOON)

    known = await store.known_keys(feed.id, [key("https-guid-1")])
    assert known[key("https-guid-1")].story == recorded.stories[0]


async def test_a_key_seen_again_the_same_day_is_not_written_again(store: Store) -> None:
    feed = await a_source(store)
    seen = (SeenKeys(keys=(key("old"),)),)
    await store.record_polls([a_poll(feed, seen=seen)], now=NOON)

    await store.record_polls([a_poll(feed, seen=seen)], now=NOON + DAY - SECOND)
    soon = await store.known_keys(feed.id, [key("old")])
    await store.record_polls([a_poll(feed, seen=seen)], now=NOON + DAY)
    late = await store.known_keys(feed.id, [key("old")])

    assert soon[key("old")].seen_at == NOON
    assert late[key("old")].seen_at == NOON + DAY


async def test_an_edit_changes_the_text_known_and_nothing_for_readers(store: Store) -> None:
    feed = await a_source(store)
    place = await a_place(store)
    await store.add_route(feed.id, place.id, now=NOON)
    (story,) = (await publish(store, feed, 1)).stories
    new_text = b"n" * 16

    edit = Edit(story=story, fingerprint=new_text)
    await store.record_polls([a_poll(feed, edits=(edit,))], now=NOON)

    known = await store.known_keys(feed.id, [key("guid-1")])
    assert known[key("guid-1")].fingerprint == new_text
    assert await states(store) == [DeliveryState.WAITING]
