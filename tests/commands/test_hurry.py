"""200 taps a second: answered as long as the chat takes it, then passed over; others are heard."""

from dataclasses import replace
from typing import Any

import pytest

from bot.commands import Listener
from bot.commands.throttle import DEEDS_MAX
from bot.owners import Owners
from tests.commands.chat import CHANNEL, FEED, OWNER, STRANGER, Chat
from tests.commands.test_sightings import GROUP, TEXT, discussed, seen
from tests.commands.troubles import (
    HEADLINES,
    PERSON,
    PRIVATE,
    a_press,
    another,
    doubts,
    hears,
    undecided,
)

TAPS = 200
TELEGRAM = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
POSTED_IN = {"id": CHANNEL, "type": "channel", "title": "Daily Berita"}


def a_copy(number: int, text: str, group: int = GROUP, channel: int = CHANNEL) -> dict[str, Any]:
    """What Telegram itself puts into a discussion group when a channel posts."""
    posted_in = POSTED_IN | {"id": channel}
    return {
        "message_id": number,
        "date": 0,
        "chat": {"id": group, "type": "supergroup", "title": "Diskusi"},
        "from": TELEGRAM,
        "sender_chat": posted_in,
        "is_automatic_forward": True,
        "text": text,
        "forward_origin": {"type": "channel", "chat": posted_in, "message_id": number, "date": 0},
    }


def words(text: str, number: int = 1, **changes: Any) -> dict[str, Any]:
    whole = {"message_id": number, "date": 0, "chat": PRIVATE, "from": PERSON, "text": text}
    return whole | changes


async def test_a_doubt_is_settled_by_the_copy_however_much_is_posted(chat: Chat) -> None:
    place = await discussed(chat)
    await undecided(chat, await doubts(chat, place, HEADLINES[0]))
    listener = another(chat)

    for number in range(1, TAPS + 1):
        text = TEXT if number == TAPS else f"lain {number}"
        await hears(chat, listener, "message", a_copy(number, text))

    assert ("telegram", str(CHANNEL), str(TAPS)) in await seen(chat)


async def test_copies_in_discussion_groups_are_all_heard(chat: Chat) -> None:
    place = await discussed(chat)
    await undecided(chat, await doubts(chat, place, HEADLINES[0]))
    listener = another(chat)

    for number in range(1, DEEDS_MAX + 10):
        other = (CHANNEL - number % 3) if number % 3 else CHANNEL
        await hears(chat, listener, "message", a_copy(number, TEXT, GROUP - number % 3, other))

    ours = [str(number) for number in range(1, DEEDS_MAX + 10) if not number % 3]
    assert sorted(await seen(chat)) == sorted(("telegram", str(CHANNEL), each) for each in ours)


async def test_words_in_a_group_do_not_silence_his_private_chat(chat: Chat) -> None:
    listener = another(chat)
    group = {"id": GROUP, "type": "supergroup", "title": "Diskusi"}
    for number in range(DEEDS_MAX):
        await hears(chat, listener, "message", words("obrolan", number, chat=group))

    await hears(chat, listener, "message", words("/status"))

    assert chat.told() != []


async def test_a_message_too_many_is_not_met_with_silence(chat: Chat) -> None:
    listener = another(chat)
    for number in range(DEEDS_MAX):
        await hears(chat, listener, "message", words("/cancel", number))
    chat.told()

    for _ in range(3):
        await hears(chat, listener, "message", words(FEED))

    (told,) = chat.told()
    assert told.startswith("One thing at a time"), "once, and the rest costs nothing"


@pytest.mark.parametrize("said", ["/status", "halo"])
async def test_a_stranger_who_writes_too_much_is_met_with_silence(chat: Chat, said: str) -> None:
    listener = another(chat)
    his = {"from": PERSON | {"id": STRANGER}, "chat": PRIVATE | {"id": STRANGER}}

    for number in range(DEEDS_MAX + 2):
        await hears(chat, listener, "message", words(said, number, **his))

    assert chat.told(STRANGER) == []


async def test_two_hundred_taps_cost_no_more_than_the_chats_own_pace(chat: Chat) -> None:
    both = replace(chat.deps, owners=Owners({OWNER, STRANGER}))
    listener = Listener(chat.bot, both)
    chat.telegram.control.user(STRANGER, "Budi")
    chat.telegram.control.reset()

    for _ in range(TAPS):
        await hears(chat, listener, "callback_query", a_press("c:home:help:0:"))

    edits = chat.telegram.control.calls("editMessageText")
    sends = chat.telegram.control.calls("sendMessage")
    assert len(edits) <= DEEDS_MAX
    assert len(sends) <= DEEDS_MAX
    answers = chat.telegram.control.calls("answerCallbackQuery")
    assert len(answers) == DEEDS_MAX + 1, "the first of too many is asked for patience"
    assert answers[-1]["parameters"]["text"].startswith("One thing at a time")
    his = {"from": PERSON | {"id": STRANGER}, "chat": PRIVATE | {"id": STRANGER}}
    said = {"message_id": 1, "date": 1, "text": "/status", **his}
    await hears(chat, listener, "message", said)
    assert chat.told(STRANGER), "another is heard at once"
