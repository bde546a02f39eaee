"""Who is obeyed, and who hears nothing at all."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiogram.types import Update

from bot.commands.access import GREETING_PAUSE, STRANGERS_MAX
from bot.owners import Owners
from tests.commands.chat import CHANNEL, FEED, OWNER, STRANGER, Chat, open_chat

GROUP = -100456
SERVICE_IDS = (777000, 1087968824, 136817688)
PERSON = {"id": OWNER, "is_bot": False, "first_name": "Ani", "language_code": "en"}
PRIVATE = {"id": OWNER, "type": "private", "first_name": "Ani"}
ADD = f"/addfeed {FEED} @dailyberita"


def a_message(**changes: Any) -> dict[str, Any]:
    whole = {"message_id": 1, "date": 0, "chat": PRIVATE, "from": PERSON, "text": ADD} | changes
    return {name: value for name, value in whole.items() if value is not None}


async def hears(chat: Chat, value: dict[str, Any], kind: str = "message") -> None:
    """Let the bot hear an update, even one that it never asked for."""
    update = Update.model_validate({"update_id": 7, kind: value}, context={"bot": chat.bot})
    await chat.listener._dispatcher.feed_update(chat.bot, update)


async def is_untouched(chat: Chat) -> bool:
    """Tell whether nothing was said, and nothing done."""
    return not chat.telegram.control.calls("sendMessage") and not await chat.store.list_feeds()


async def test_an_owner_is_obeyed(chat: Chat) -> None:
    await hears(chat, a_message())

    assert not await is_untouched(chat)


NOT_THE_OWNERS_OWN_WORDS = {
    "a stranger": {"from": PERSON | {"id": STRANGER}, "chat": PRIVATE | {"id": STRANGER}},
    "a group": {"chat": {"id": GROUP, "type": "supergroup", "title": "Kita"}},
    "a stranger in a group": {
        "from": PERSON | {"id": STRANGER},
        "chat": {"id": GROUP, "type": "group", "title": "Kita"},
        "text": "/start",
    },
    "an anonymous admin of a group": {
        "from": PERSON | {"id": 1087968824, "is_bot": True},
        "chat": {"id": GROUP, "type": "supergroup", "title": "Kita"},
        "sender_chat": {"id": GROUP, "type": "supergroup", "title": "Kita"},
    },
    "a message that a chat sent": {
        "sender_chat": {"id": CHANNEL, "type": "channel", "title": "Daily Berita"}
    },
    "words made by another bot": {"via_bot": {"id": 9, "is_bot": True, "first_name": "Lain"}},
    "nobody": {"from": None},
    "another's private chat": {"chat": PRIVATE | {"id": STRANGER}},
    "a bot under an owner's number": {"from": PERSON | {"is_bot": True}},
}


@pytest.mark.parametrize("words", NOT_THE_OWNERS_OWN_WORDS.values(), ids=NOT_THE_OWNERS_OWN_WORDS)
async def test_what_is_not_an_owners_own_word_gets_nothing(
    words: dict[str, Any], chat: Chat
) -> None:
    await hears(chat, a_message(**words))

    assert await is_untouched(chat)


FORWARDED = {
    "a command forwarded from someone": {
        "forward_origin": {
            "type": "user",
            "date": 0,
            "sender_user": PERSON | {"id": STRANGER},
        }
    },
    "a command forwarded from someone hidden": {
        "forward_origin": {"type": "hidden_user", "date": 0, "sender_user_name": "Ani"}
    },
    "a command forwarded from a channel": {
        "forward_origin": {
            "type": "channel",
            "date": 0,
            "chat": {"id": CHANNEL, "type": "channel", "title": "Daily Berita"},
            "message_id": 1,
        }
    },
}


@pytest.mark.parametrize("words", FORWARDED.values(), ids=FORWARDED)
async def test_what_is_forwarded_is_asked_about_and_never_a_command(
    words: dict[str, Any], chat: Chat
) -> None:
    await hears(chat, a_message(**words))

    assert not await chat.store.list_feeds()
    assert len(chat.told()) == 1


@pytest.mark.parametrize("words", FORWARDED.values(), ids=FORWARDED)
async def test_what_a_stranger_forwards_gets_nothing(words: dict[str, Any], chat: Chat) -> None:
    whose = {"from": PERSON | {"id": STRANGER}, "chat": PRIVATE | {"id": STRANGER}}

    await hears(chat, a_message(**words, **whose))

    assert await is_untouched(chat)


@pytest.mark.parametrize("service", SERVICE_IDS)
async def test_a_service_id_is_obeyed_by_nobody_even_if_it_is_listed(
    service: int, tmp_path: Path
) -> None:
    async with open_chat(tmp_path, owners=Owners({service})) as chat:
        whose = {"from": PERSON | {"id": service}, "chat": PRIVATE | {"id": service}}

        await hears(chat, a_message(**whose))
        await hears(chat, a_message(**whose, text="/start"))

        assert await is_untouched(chat)


@pytest.mark.parametrize("kind", ["channel_post", "edited_channel_post", "edited_message"])
async def test_posts_of_channels_and_changed_messages_are_ignored(kind: str, chat: Chat) -> None:
    where = {"id": CHANNEL, "type": "channel", "title": "Daily Berita"}
    edited = {"edit_date": 1} if kind.startswith("edited") else {}
    of_a_channel = {"chat": where, "from": None} if kind.endswith("post") else {}

    await hears(chat, a_message(**edited, **of_a_channel), kind)

    assert await is_untouched(chat)


async def test_telegram_is_asked_for_what_is_heard_and_nothing_else(chat: Chat) -> None:
    await chat.says("/start")

    asked = chat.telegram.control.calls("getUpdates")[0]["parameters"]["allowed_updates"]

    assert asked == '["callback_query", "message", "my_chat_member"]'


@pytest.mark.parametrize("text", ["/start", "/start@berita_bot", "/start payload"])
async def test_a_stranger_who_starts_the_bot_is_told_his_own_number_and_no_other(
    text: str, chat: Chat
) -> None:
    (told,) = await chat.says(text, STRANGER)

    assert str(STRANGER) in told
    assert str(OWNER) not in told


@pytest.mark.parametrize(
    "text", ["/help", "/feeds", "/started", "halo", "start", "/preview x", ADD, "/unknown"]
)
async def test_a_stranger_hears_nothing_else(text: str, chat: Chat) -> None:
    assert await chat.says(text, STRANGER) == []
    assert await is_untouched(chat)


async def test_a_stranger_is_greeted_once_in_a_while(chat: Chat) -> None:
    greeted = [len(await chat.says("/start", STRANGER)) for _ in range(3)]

    chat.clock.at += GREETING_PAUSE
    greeted.append(len(await chat.says("/start", STRANGER)))

    assert greeted == [1, 0, 0, 1]


async def test_only_so_many_strangers_are_remembered(chat: Chat) -> None:
    chat.telegram.control.fault("answer", code=403, description="Forbidden", times=0)
    for number in range(5_000, 5_000 + STRANGERS_MAX + 1):
        whose = {"from": PERSON | {"id": number}, "chat": PRIVATE | {"id": number}}
        chat.clock.at += timedelta(milliseconds=1)
        (heard,) = chat.listener._dispatcher.sub_routers
        router = heard.sub_routers[-1]
        guard = router.message.outer_middleware._middlewares[0]
        assert guard._may_greet(whose["from"]["id"])

    assert len(guard._greeted) == STRANGERS_MAX


async def test_without_owners_the_bot_obeys_nobody_and_still_tells_the_number(
    tmp_path: Path,
) -> None:
    async with open_chat(tmp_path, owners=Owners()) as chat:
        (told,) = await chat.says("/start")
        ignored = await chat.says("/status")

    assert str(OWNER) in told
    assert ignored == []
