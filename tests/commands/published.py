"""Posts that stand in channels: found by a feed with real names, sent, seen by Telegram."""

from dataclasses import replace

from feeds.model import Destination, Document, KeyKind, NewStory
from feeds.novelty import keys_of
from tests.builders import an_entry
from tests.commands.chat import CHANNEL, Chat
from tests.commands.troubles import a_channel, let_go
from tests.store.situations import a_poll, a_source, claim, send

LINK = "https://berita.example/kim-putin/"
TITLE = "Kim Jong Un Janji Dukung Penuh Putin"


def a_new_story(link: str = LINK, title: str = TITLE) -> NewStory:
    """A story as novelty would name it."""
    entry = an_entry(link=link, guid=f"{link}?guid", title=title)
    (named,) = keys_of(Document(entries=(entry,)))
    return NewStory(
        entry=entry, keys=named.all(), fingerprint=named.fingerprint, found_by=KeyKind.LINK
    )


async def found(chat: Chat, place: Destination | None, *stories: NewStory) -> int:
    """Let a feed find stories that wait for a place, if it has one; gives the newest delivery."""
    feed = await chat.store.feed_by("daily-berita")
    if feed is None:
        url = "https://berita.example/feed/"
        to = [] if place is None else [place.id]
        feed = await a_source(chat.store, "daily-berita", url=url, to=to)
    await chat.store.record_polls([a_poll(feed, *stories)], now=chat.clock.at)
    rows = await chat.store.list_deliveries(limit=1)
    return rows[0].id if rows else 0


async def a_post(chat: Chat, *, link: str = LINK, title: str = TITLE) -> tuple[int, int]:
    """One story that stands in the channel; gives its delivery and its message."""
    rows = await chat.store.list_destinations()
    known = [row.destination for row in rows if row.address == str(CHANNEL)]
    place = known[0] if known else await a_channel(chat)
    delivery = await found(chat, place, a_new_story(link, title))
    (lane,) = await claim(chat.store, now=chat.clock.at)
    sent = await chat.bot.send_message(int(place.address), title)
    message = str(sent.message_id)
    await send(chat.store, lane, now=chat.clock.at, message_id=message)
    await let_go(chat, replace(lane))
    return delivery, sent.message_id
