"""Several destinations in one chat: a message is one delivery's post, and no other's."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from feeds.model import DeliveryState, Doubt, Evidence, Finding, Lane, Parcel, Sighting, Verdict
from feeds.store import Store
from tests.builders import NOON
from tests.store.situations import (
    DAY,
    MINUTE,
    SECOND,
    a_filled_lane,
    a_place,
    a_source,
    an_intent,
    an_outcome,
    claim,
    claim_one,
    publish,
    query,
    send,
    states,
)

FORUM = "-1001"
FOUND = Evidence(way="probe", finding=Finding.FOUND, at=NOON, message_id="9")


async def two_topics(store: Store, *, stories: int = 1) -> tuple[Lane, Lane]:
    """One feed that leads into two topics of a forum, both claimed."""
    feed = await a_source(store)
    for topic in (42, 43):
        place = await a_place(store, f"topic-{topic}", "telegram", address=f"{FORUM}/{topic}")
        await store.add_route(feed.id, place.id, now=NOON)
    await publish(store, feed, *range(1, stories + 1))
    lanes = {lane.destination.name: lane for lane in await claim(store, lease=DAY)}
    return lanes["topic-42"], lanes["topic-43"]


async def lose(store: Store, lane: Lane, parcel: Parcel | None = None) -> None:
    """Let a post of a minute later come into doubt."""
    at = NOON + MINUTE
    lost = an_outcome(lane, DeliveryState.IN_DOUBT, parcel)
    attempt = replace(lost.attempt, started_at=at, ended_at=at)
    await store.begin_sends([an_intent(lane, parcel, at=at)], now=at)
    assert await store.settle([replace(lost, attempt=attempt)], now=at)


async def doubt_of(store: Store, lane: Lane) -> Doubt:
    due = await store.doubts_due(now=NOON + DAY, limit=10)
    (doubt,) = [each for each in due if each.destination.id == lane.destination.id]
    return doubt


async def see(store: Store, number: str) -> None:
    seen = Sighting(message_id=number, mark=b"m")
    await store.sight("telegram", FORUM, seen, mark_body=lambda _: b"m", now=NOON)


async def find(store: Store, doubt: Doubt, message_id: str = "9") -> int:
    verdict = Verdict(
        delivery=doubt.parcel.delivery.id,
        attempt=doubt.attempt,
        evidence=(FOUND,),
        found=message_id,
    )
    return await store.conclude_doubts([verdict], now=NOON + DAY)


async def test_messages_of_other_topics_are_taken_those_of_other_chats_are_not(
    store: Store,
) -> None:
    mine, other = await two_topics(store, stories=2)
    await a_filled_lane(store, 1, name="elsewhere", kind="telegram", address="-10011")
    await send(store, mine, message_id="7")
    await send(store, other, message_id="9")
    await send(store, await claim_one(store), message_id="10")
    await lose(store, mine, mine.parcels[1])

    doubt = await doubt_of(store, mine)

    assert doubt.last_before == "7"
    assert doubt.taken == {"7", "9"}


async def test_messages_of_a_topic_that_was_removed_stay_taken(store: Store) -> None:
    mine, other = await two_topics(store, stories=2)
    await send(store, mine, message_id="7")
    await send(store, other, message_id="9")
    await store.remove_destination(other.destination.id, now=NOON)
    await lose(store, mine, mine.parcels[1])

    assert (await doubt_of(store, mine)).taken == {"7", "9"}


async def test_a_message_that_was_seen_is_taken_however_far_from_the_posts_known(
    store: Store,
) -> None:
    mine, other = await two_topics(store, stories=2)
    await send(store, mine, message_id="7")
    await lose(store, mine, mine.parcels[1])
    await see(store, "7000")
    await send(store, other, message_id="7000")

    assert (await doubt_of(store, mine)).taken == {"7", "7000"}


async def test_one_message_settles_one_doubt_of_a_lane(store: Store) -> None:
    await a_filled_lane(store, 3, kind="telegram", address=FORUM)
    lane = await claim_one(store, lease=DAY)
    await send(store, lane, message_id="1")
    for parcel in lane.parcels[1:]:
        await lose(store, lane, parcel)
    first, second = await store.doubts_due(now=NOON + DAY, limit=10)

    assert [await find(store, first), await find(store, second)] == [1, 0]

    assert await states(store) == [
        DeliveryState.SENT,
        DeliveryState.SENT,
        DeliveryState.IN_DOUBT,
    ]
    assert "9" in (await doubt_of(store, lane)).taken, "the next look passes it by"
    (looks,) = await query(store, "SELECT count(*) FROM evidence")
    assert looks == (1,), "what was refused is no evidence"


async def send_and_ask_for_it_again(store: Store, lane: Lane) -> None:
    """Let a post be seen as message 9, and an admin want it once more."""
    me = lane.parcels[0]
    await store.begin_sends([an_intent(lane, me)], now=NOON)
    await see(store, "9")
    await store.settle([an_outcome(lane, parcel=me, message_id="9")], now=NOON)
    await store.decide([me.delivery.id], deed="resend", now=NOON)


async def test_what_is_sent_once_more_is_not_found_in_its_post_of_before(store: Store) -> None:
    await a_filled_lane(store, 1, kind="telegram", address=FORUM)
    lane = await claim_one(store, lease=DAY)
    await send_and_ask_for_it_again(store, lane)
    await lose(store, lane)
    await see(store, "12")

    doubt = await doubt_of(store, lane)

    assert (doubt.last_before, doubt.taken) == ("9", {"9"})
    assert [seen.message_id for seen in doubt.sightings] == ["12"]
    assert [await find(store, doubt, number) for number in ("9", "12")] == [0, 1]


async def test_a_post_stays_its_delivery_s_while_that_goes_out_once_more(store: Store) -> None:
    mine, other = await two_topics(store)
    await send_and_ask_for_it_again(store, other)
    await lose(store, mine)

    doubt = await doubt_of(store, mine)

    assert "9" in doubt.taken
    assert await find(store, doubt) == 0


async def test_a_message_that_another_topic_got_meanwhile_settles_no_doubt(store: Store) -> None:
    mine, other = await two_topics(store)
    await send(store, mine, DeliveryState.IN_DOUBT)
    doubt = await doubt_of(store, mine)

    await send(store, other, message_id="9")

    assert await find(store, doubt) == 0
    assert await find(store, doubt, "8") == 1


async def waits(store: Store, lane: Lane) -> None:
    await send(store, lane, DeliveryState.WAITING, due_at=NOON)


async def is_being_sent(store: Store, lane: Lane) -> None:
    await store.begin_sends([an_intent(lane)], now=NOON)


async def is_in_doubt(store: Store, lane: Lane) -> None:
    await send(store, lane, DeliveryState.IN_DOUBT)


async def was_dropped_in_doubt(store: Store, lane: Lane) -> None:
    await is_in_doubt(store, lane)
    await store.decide([lane.parcels[0].delivery.id], deed="drop", now=NOON)


async def was_confirmed_without_a_number(store: Store, lane: Lane) -> None:
    await is_in_doubt(store, lane)
    await store.decide([lane.parcels[0].delivery.id], deed="confirm", now=NOON)


async def was_confirmed_by_its_number(store: Store, lane: Lane) -> None:
    await is_in_doubt(store, lane)
    confirmed = lane.parcels[0].delivery.id
    await store.decide([confirmed], deed="confirm", now=NOON, message_id="5")


async def was_sent_again_after_a_doubt(store: Store, lane: Lane) -> None:
    await is_in_doubt(store, lane)
    await store.decide([lane.parcels[0].delivery.id], deed="retry", now=NOON)
    await send(store, lane, message_id="5")


async def was_sent(store: Store, lane: Lane) -> None:
    await send(store, lane, message_id="5")


async def was_never_tried(store: Store, lane: Lane) -> None:
    pass


@pytest.mark.parametrize(
    ("other_post", "contested"),
    [
        (is_being_sent, True),
        (is_in_doubt, True),
        (was_dropped_in_doubt, True),
        (was_confirmed_without_a_number, True),
        (was_sent_again_after_a_doubt, True),
        (was_confirmed_by_its_number, False),
        (was_sent, False),
        (waits, False),
        (was_never_tried, False),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
async def test_a_doubt_is_contested_while_another_topic_may_have_the_same_post_there(
    store: Store, other_post: Callable[[Store, Lane], Awaitable[None]], contested: bool
) -> None:
    mine, other = await two_topics(store)
    await send(store, mine, DeliveryState.IN_DOUBT)

    await other_post(store, other)

    doubt = await doubt_of(store, mine)
    assert doubt.contested is contested
    assert await find(store, doubt) == (not contested), "whatever was seen before"


async def test_another_story_s_doubt_in_another_topic_contests_nothing(store: Store) -> None:
    mine, other = await two_topics(store, stories=2)
    await send(store, mine, DeliveryState.IN_DOUBT)
    await send(store, other, message_id="5")
    await send(store, other, DeliveryState.IN_DOUBT, other.parcels[1])

    assert not (await doubt_of(store, mine)).contested


async def test_what_has_no_story_is_contested_by_what_has_none(store: Store) -> None:
    mine, other = [
        await a_place(store, f"topic-{topic}", "telegram", address=f"{FORUM}/{topic}")
        for topic in (42, 43)
    ]
    for place in (mine, other):
        await store.add_test_delivery(place.id, now=NOON)
    lanes = await claim(store, lease=DAY)

    for lane in lanes:
        await send(store, lane, DeliveryState.IN_DOUBT)

    assert [(await doubt_of(store, lane)).contested for lane in lanes] == [True, True]


async def test_numbers_of_before_a_chat_moved_are_not_taken(store: Store) -> None:
    await a_filled_lane(store, 3, kind="telegram", address="-500")
    lane = await claim_one(store, lease=DAY)
    await send(store, lane, message_id="9")
    moved = an_outcome(lane, DeliveryState.WAITING, lane.parcels[1], address=FORUM, due_at=NOON)
    attempt = replace(moved.attempt, outcome="moved", ended_at=NOON + SECOND)
    await store.begin_sends([an_intent(lane, lane.parcels[1])], now=NOON)
    await store.settle([replace(moved, attempt=attempt)], now=NOON + SECOND)
    await lose(store, lane, lane.parcels[1])

    doubt = await doubt_of(store, lane)

    assert doubt.destination.address == FORUM
    assert await find(store, doubt) == 1


async def test_a_verdict_on_the_first_doubt_decides_no_second_one(store: Store) -> None:
    await a_filled_lane(store, 1, kind="telegram", address=FORUM)
    lane = await claim_one(store, lease=DAY)
    await send(store, lane, DeliveryState.IN_DOUBT)
    first = await doubt_of(store, lane)
    me = first.parcel.delivery.id
    await store.decide([me], deed="retry", now=NOON)
    await send(store, lane, DeliveryState.IN_DOUBT, now=NOON + SECOND)

    again = Verdict(delivery=me, attempt=first.attempt, resend_at=NOON, tell=True)
    settled = await store.conclude_doubts([again], now=NOON + MINUTE)

    assert (settled, await states(store)) == (0, [DeliveryState.IN_DOUBT])
    assert (await doubt_of(store, lane)).attempt == first.attempt + 1
