"""A copy in a discussion group is a proof, wherever it comes from; nothing else is."""

import json
from typing import Any

import pytest

from bot.adapters.telegram.marks import mark_of_text
from bot.owners import Owners
from feeds.model import Destination, Sighting
from tests.commands.chat import CHANNEL, Chat
from tests.commands.troubles import (
    HEADLINES,
    a_channel,
    another,
    doubts,
    hears,
    undecided,
    waiting,
)
from tests.store.situations import execute, query

GROUP = -100777
TEXT = f"{HEADLINES[0]}\n\nKeduanya bertemu di Rusia."


async def discussed(chat: Chat) -> Destination:
    """A channel of ours whose posts come up in a group the bot is in."""
    place = await a_channel(chat)
    chat.telegram.control.supergroup(GROUP)
    chat.telegram.control.link(CHANNEL, GROUP)
    return place


async def seen(chat: Chat) -> list[Any]:
    return await query(chat.store, "SELECT kind, place, message_id FROM sightings")


async def posted(chat: Chat, text: str = TEXT) -> int:
    """Let a post appear in the channel; gives its number once the bot is done with what it saw."""
    number = chat.telegram.control.post(CHANNEL, text)
    await chat.says("/start")
    return number


async def test_a_copy_of_a_post_in_doubt_is_kept_and_the_doubt_looked_into(chat: Chat) -> None:
    place = await discussed(chat)
    ids = await doubts(chat, place, HEADLINES[0])
    await undecided(chat, ids)
    body = json.dumps({"text": TEXT}).encode()
    await execute(chat.store, "UPDATE deliveries SET body = :body", body=body)

    number = await posted(chat)

    assert await seen(chat) == [("telegram", str(CHANNEL), str(number))]
    (doubt,) = await chat.store.doubts_due(now=chat.clock.at, limit=9)
    assert doubt.sightings == (Sighting(message_id=str(number), mark=mark_of_text(TEXT)),)
    assert chat.rung == ["doubts"]


async def test_while_all_is_settled_nothing_is_kept(chat: Chat) -> None:
    place = await discussed(chat)
    await waiting(chat, place, HEADLINES[0])

    await posted(chat)

    assert await seen(chat) == []
    assert chat.rung == []


async def test_nothing_is_ever_said_in_a_group(chat: Chat) -> None:
    place = await discussed(chat)
    await doubts(chat, place, HEADLINES[0])

    await posted(chat, "/start")

    assert [
        call["parameters"]["chat_id"] for call in chat.telegram.control.calls("sendMessage")
    ] == ["1001"]


async def test_a_proof_needs_no_owner(chat: Chat) -> None:
    place = await discussed(chat)
    await doubts(chat, place, HEADLINES[0])

    await hears(chat, another(chat, owners=Owners()), "message", a_copy())

    assert len(await seen(chat)) == 1


def a_copy(**changes: Any) -> dict[str, Any]:
    channel = {"id": CHANNEL, "type": "channel", "title": "Daily Berita"}
    whole = {
        "message_id": 5,
        "date": 0,
        "chat": {"id": GROUP, "type": "supergroup", "title": "Kita"},
        "from": {"id": 777000, "is_bot": False, "first_name": "Telegram"},
        "sender_chat": channel,
        "is_automatic_forward": True,
        "forward_origin": {"type": "channel", "date": 0, "chat": channel, "message_id": 17},
        "text": TEXT,
    } | changes
    return {name: value for name, value in whole.items() if value is not None}


async def test_the_words_under_a_picture_count_too(chat: Chat) -> None:
    place = await discussed(chat)
    await doubts(chat, place, HEADLINES[0])
    photo = [{"file_id": "a", "file_unique_id": "a", "width": 1, "height": 1}]

    await hears(chat, chat.listener, "message", a_copy(text=None, caption=TEXT, photo=photo))

    assert len(await seen(chat)) == 1


OTHER = {"id": -100999, "type": "channel", "title": "Milik Orang Lain"}
NO_PROOF = {
    "forwarded by a person": {"is_automatic_forward": None, "sender_chat": None},
    "another channel's post, passed on": {
        "forward_origin": {"type": "channel", "date": 0, "chat": OTHER, "message_id": 17}
    },
    "ours, passed on by another channel": {"sender_chat": OTHER},
    "from a person": {
        "forward_origin": {
            "type": "user",
            "date": 0,
            "sender_user": {"id": 2002, "is_bot": False, "first_name": "Budi"},
        }
    },
    "without words": {"text": None, "dice": {"emoji": "🎲", "value": 6}},
    "without origin": {"forward_origin": None},
    "without sender": {"sender_chat": None},
    "of a channel that is none of ours": {
        "sender_chat": OTHER,
        "forward_origin": {"type": "channel", "date": 0, "chat": OTHER, "message_id": 17},
    },
}


@pytest.mark.parametrize("changes", NO_PROOF.values(), ids=NO_PROOF)
async def test_what_is_no_copy_of_ours_is_not_kept(changes: dict[str, Any], chat: Chat) -> None:
    place = await discussed(chat)
    await doubts(chat, place, HEADLINES[0])

    await hears(chat, chat.listener, "message", a_copy(**changes))

    assert await seen(chat) == []
    assert chat.telegram.control.calls("sendMessage") == []
