"""Who looks after what, and which invitations are good, on both databases."""

from datetime import timedelta

from feeds.model.people import Ticket, TicketKind
from feeds.store import Store
from tests.builders import NOON
from tests.store.situations import a_place, a_source

ANI, BUDI = 7, 8
HOUR = timedelta(hours=1)
DIGEST = b"d" * 32


def an_invite(destination: int) -> Ticket:
    return Ticket(
        kind=TicketKind.INVITE,
        destination=destination,
        made_by=ANI,
        made_at=NOON,
        expires_at=NOON + HOUR,
    )


async def test_the_chats_of_who_looks_after_them_are_found_topics_included(store: Store) -> None:
    channel = await a_place(store, "channel", "telegram", address="-100123")
    topic = await a_place(store, "topic", "telegram", address="-100124/7")
    hook = await a_place(store)
    for place in (channel, topic, hook):
        await store.look_after(BUDI, place.id, by=ANI, now=NOON)

    assert await store.chats_looked_after(BUDI, "telegram") == [
        (channel.id, -100123),
        (topic.id, -100124),
    ]
    assert await store.chats_looked_after(ANI, "telegram") == []


async def test_a_removed_or_dismissed_channel_is_looked_after_no_more(store: Store) -> None:
    first = await a_place(store, "first", "telegram", address="-1001")
    second = await a_place(store, "second", "telegram", address="-1002")
    for place in (first, second):
        await store.look_after(BUDI, place.id, by=ANI, now=NOON)

    await store.remove_destination(first.id, now=NOON)
    await store.dismiss(BUDI, second.id)

    assert await store.chats_looked_after(BUDI, "telegram") == []


async def test_an_invitation_names_its_channel_until_it_is_used_or_old(store: Store) -> None:
    place = await a_place(store, "channel", "telegram", address="-100123")
    await store.add_ticket(DIGEST, an_invite(place.id))

    assert await store.invited_to(DIGEST, now=NOON) == place.id
    assert await store.invited_to(DIGEST, now=NOON + HOUR) is None
    assert await store.invited_to(b"x" * 32, now=NOON) is None
    assert await store.use_ticket(DIGEST, BUDI, now=NOON, claimable=False) is not None
    assert await store.invited_to(DIGEST, now=NOON) is None


async def test_an_invitation_to_a_removed_channel_is_void(store: Store) -> None:
    place = await a_place(store, "channel", "telegram", address="-100123")
    await store.add_ticket(DIGEST, an_invite(place.id))

    await store.remove_destination(place.id, now=NOON)

    assert await store.invited_to(DIGEST, now=NOON) is None
    assert await store.use_ticket(DIGEST, BUDI, now=NOON, claimable=False) is None


async def test_a_feed_goes_to_the_places_of_its_live_routes(store: Store) -> None:
    first, second = await a_place(store, "first"), await a_place(store, "second")
    feed = await a_source(store, to=[first.id, second.id])
    (route, *_) = [row for row in await store.list_routes() if row.destination == "second"]

    await store.remove_route(route.route.id, now=NOON)

    assert await store.places_of_feed(feed.id) == {first.id}
    assert await store.places_of_feed(feed.id + 1) == frozenset()
