"""Posts of groups, forwarded to the bot: Telegram names no message, so their links tell of them."""

from typing import Any

import pytest
from aiogram.types import MessageEntity

from feeds.model import Destination
from tests.commands.chat import OWNER, STRANGER, Chat
from tests.commands.published import LINK, TITLE, a_new_story, found
from tests.commands.stewards import BUDI, a_steward
from tests.commands.troubles import a_channel, let_go
from tests.store.situations import claim, send

GROUP, OTHER_GROUP = -100456, -100457
ASK = "Telegram does not tell me which post that is"
NOT_OURS = "I can only tell the way of a post"
HIDDEN = {"type": "hidden_user", "sender_user_name": "Ani"}
SOMEBODY = {"type": "user", "sender_user": {"id": 5, "is_bot": False, "first_name": "Eka"}}
OTHER_BOT = {"type": "user", "sender_user": {"id": 6, "is_bot": True, "first_name": "Lain"}}


def in_the_name_of(group: int) -> dict[str, Any]:
    return {"type": "chat", "sender_chat": {"id": group, "type": "supergroup", "title": "Kita"}}


async def a_group(chat: Chat, number: int = GROUP, title: str = "Kita") -> Destination:
    chat.telegram.control.supergroup(number, "", title)
    name = title.lower().replace(" ", "-")
    return await chat.store.add_destination(
        name, "telegram", str(number), title=title, now=chat.clock.at
    )


async def published(chat: Chat, *places: Destination, link: str = LINK) -> int:
    """A story stands in these places, in each as the bot posts it; gives the last message."""
    feed = await chat.store.feed_by("daily-berita")
    if feed is None:
        await found(chat, None)
        feed = await chat.catalog.feed("daily-berita")
        for place in places:
            await chat.store.add_route(feed.id, place.id, now=chat.clock.at)
    await found(chat, None, a_new_story(link))
    message = 0
    for lane in await claim(chat.store, now=chat.clock.at):
        title = MessageEntity(type="text_link", offset=0, length=len(TITLE), url=link)
        address = int(lane.destination.address)
        sent = await chat.bot.send_message(
            address, f"{TITLE}\n\nKeduanya bertemu.", entities=[title]
        )
        message = sent.message_id
        await send(chat.store, lane, now=chat.clock.at, message_id=str(message))
        await let_go(chat, lane)
    return message


async def forwards(
    chat: Chat, message: int, user: int = OWNER, *, group: int = GROUP, origin: Any = None
) -> list[str]:
    number = chat.telegram.control.forward(user, group, message, origin)
    await chat.until_heard(number)
    return chat.told(user)


@pytest.mark.parametrize("origin", [None, HIDDEN, in_the_name_of(GROUP)], ids=["bot", "?", "group"])
async def test_a_post_of_a_group_tells_its_way(origin: Any, chat: Chat) -> None:
    message = await published(chat, await a_group(chat))

    (told,) = await forwards(chat, message, origin=origin)

    assert told.startswith(TITLE)
    assert "queued for Kita" in told


async def test_its_buttons_act_on_the_very_post(chat: Chat) -> None:
    message = await published(chat, await a_group(chat))
    await forwards(chat, message)
    (row,) = await chat.store.list_deliveries()

    await chat.taps(f"way:delete:{row.id}:")
    await chat.taps(f"way:delete:{row.id}:yes")

    assert message not in chat.telegram.backend.chats.find(GROUP).posts


async def test_a_story_in_two_places_is_asked_about(chat: Chat) -> None:
    message = await published(chat, await a_channel(chat), await a_group(chat))

    (told,) = await forwards(chat, message)

    assert told == f"“{TITLE}” went to 2 places. Which one?"


async def test_of_a_group_that_is_named_only_its_own_post_is_meant(chat: Chat) -> None:
    kita, mereka = await a_group(chat), await a_group(chat, OTHER_GROUP, "Mereka")
    message = await published(chat, kita, mereka)

    (told,) = await forwards(chat, message, group=OTHER_GROUP, origin=in_the_name_of(OTHER_GROUP))

    assert "queued for Mereka" in told


@pytest.mark.parametrize("origin", [None, in_the_name_of(GROUP)], ids=["bot", "group"])
async def test_what_has_no_link_of_a_story_is_asked_for(origin: Any, chat: Chat) -> None:
    await published(chat, await a_group(chat))
    bare = await chat.bot.send_message(GROUP, "Halo, https://lain.example/1/")

    (told,) = await forwards(chat, bare.message_id, origin=origin)

    assert told.startswith(ASK)
    assert "/why LINK" in told


async def test_a_post_of_several_stories_is_none_of_them(chat: Chat) -> None:
    place = await a_group(chat)
    await published(chat, place)
    await published(chat, place, link="https://berita.example/beras/")
    both = await chat.bot.send_message(GROUP, f"{LINK} https://berita.example/beras/")

    (told,) = await forwards(chat, both.message_id)

    assert told.startswith(ASK)


@pytest.mark.parametrize("origin", [SOMEBODY, OTHER_BOT], ids=["a person", "another bot"])
async def test_what_others_write_is_no_post_of_ours(origin: Any, chat: Chat) -> None:
    message = await published(chat, await a_group(chat))

    (told,) = await forwards(chat, message, origin=origin)

    assert told.startswith(NOT_OURS)


async def test_what_nobody_signed_and_links_nowhere_is_no_post_of_ours(chat: Chat) -> None:
    await a_group(chat)
    bare = await chat.bot.send_message(GROUP, "/removefeed daily-berita")

    (told,) = await forwards(chat, bare.message_id, origin=HIDDEN)

    assert told.startswith(NOT_OURS)


async def test_it_is_shown_to_whose_it_is_alone(chat: Chat) -> None:
    await a_steward(chat)
    message = await published(chat, await a_group(chat))

    (told,) = await forwards(chat, message, BUDI)

    assert told == "I know nothing of that in the channels that are yours."


async def test_a_stranger_gets_nothing(chat: Chat) -> None:
    message = await published(chat, await a_group(chat))

    assert await forwards(chat, message, STRANGER) == []


async def test_no_feed_is_looked_at_for_a_forward(chat: Chat) -> None:
    await published(chat, await a_group(chat))
    chat.web.requests.clear()
    bare = await chat.bot.send_message(GROUP, "https://berita.example/77/")

    await forwards(chat, bare.message_id)

    assert not chat.web.requests
