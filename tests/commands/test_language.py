"""Everybody is spoken to in the language he chose, from that moment on, and after a restart."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.commands.menu import COMMANDS, STEWARDS
from tests.builders import NOON
from tests.commands.chat import OWNER, STRANGER, Chat, open_chat, prepare_chat, running
from tests.commands.stewards import BUDI, a_steward
from tests.commands.troubles import (
    PERSON,
    PRIVATE,
    a_press,
    another,
    failing,
    hears,
    on_store,
    tell_of_failing,
    toasts,
)
from tests.world.refusing import RefusingStore

HALO = "Maaf, saya belum mengerti. Semua perintah: /help"
HELLO = "I do not know that. All commands: /help"


async def chosen(chat: Chat, language: str, user: int = OWNER) -> list[str]:
    """Somebody chooses on the card, which he finds on the first one."""
    await chat.says("/start", user)
    await chat.taps("lang:show:0:", user)
    return await chat.taps(f"lang:speak:0:{language}", user)


def menu_of(chat: Chat, user: int) -> dict[str | None, list[dict[str, str]]]:
    """Tell which menu Telegram shows somebody by now, by the language of his Telegram."""
    calls = [call["parameters"] for call in chat.telegram.control.calls("setMyCommands")]
    return {
        each.get("language_code"): json.loads(each["commands"])
        for each in calls
        if json.loads(each["scope"]).get("chat_id") == user
    }


async def test_the_very_next_words_are_in_the_language_chosen(chat: Chat) -> None:
    assert await chat.says("halo") == [HELLO]

    (card,) = await chosen(chat, "id")

    assert chat.toast == "Baik, mulai sekarang kita pakai bahasa Indonesia."
    assert card.startswith("Bahasa saat ini: Indonesia, sesuai pilihan Anda.")
    assert await chat.says("halo") == [HALO]
    assert (await chat.says("/pause nothing"))[0].startswith("Tidak bisa: ")


async def test_english_can_be_chosen_by_whose_telegram_is_indonesian(tmp_path: Path) -> None:
    async with open_chat(tmp_path, language="id") as chat:
        assert await chat.says("halo") == [HALO]

        await chosen(chat, "en")

        assert await chat.says("halo") == [HELLO]


async def test_his_choice_stands_after_a_restart_and_in_notices(chat: Chat) -> None:
    await chosen(chat, "id")
    chat.listener = another(chat)
    await failing(chat)

    await hears(chat, chat.listener, "message", a_word("halo"))
    assert chat.told() == [HALO]
    (notice,) = await tell_of_failing(chat, after=timedelta(hours=24))
    assert notice.startswith("⚠️ 1 endpoint sudah berhari-hari")


async def test_he_may_follow_his_telegram_again(chat: Chat) -> None:
    await chosen(chat, "id")

    (card,) = await chat.taps("lang:speak:0:")

    assert card.startswith("I speak English to you, following your Telegram.")
    assert await chat.says("halo") == [HELLO]
    chat.speaks("id")
    assert await chat.says("halo") == [HALO]


async def test_his_menu_of_commands_is_in_that_language_whatever_his_telegram_says(
    chat: Chat,
) -> None:
    await chosen(chat, "id")
    indonesian = menu_of(chat, OWNER)
    await chat.taps("lang:speak:0:")
    followed = menu_of(chat, OWNER)

    assert indonesian[None] == indonesian["id"]
    assert "Keadaan saat ini" in {each["description"] for each in indonesian[None]}
    assert len(indonesian[None]) == len(COMMANDS)
    assert "How things stand" in {each["description"] for each in followed[None]}
    assert "Keadaan saat ini" in {each["description"] for each in followed["id"]}


async def test_a_restart_sets_the_menu_as_its_owner_chose(tmp_path: Path) -> None:
    async with prepare_chat(tmp_path) as chat:
        await chat.store.speak(OWNER, "en", now=NOON)
        async with running(chat):
            await chat.says("/start")

    assert "How things stand" in {each["description"] for each in menu_of(chat, OWNER)["id"]}


async def test_a_steward_chooses_for_himself_alone(chat: Chat) -> None:
    await a_steward(chat)

    await chosen(chat, "id", BUDI)

    assert await chat.says("halo", BUDI) == [HALO]
    assert await chat.says("halo") == [HELLO]
    assert len(menu_of(chat, BUDI)[None]) == len(STEWARDS)
    assert "Kanal" in {each["description"].split()[0] for each in menu_of(chat, BUDI)[None]}


async def test_who_is_on_the_list_chooses_too(tmp_path: Path) -> None:
    async with open_chat(tmp_path, allowed=frozenset({STRANGER})) as chat:
        await chosen(chat, "en", STRANGER)

        assert await chat.says("halo", STRANGER) == [HELLO]


async def test_a_stranger_chooses_nothing(chat: Chat) -> None:
    press = a_press("c:lang:speak:0:id", **{"from": PERSON | {"id": STRANGER}})
    press["message"] = press["message"] | {"chat": PRIVATE | {"id": STRANGER}}

    await hears(chat, chat.listener, "callback_query", press)

    assert await chat.says("/language id", STRANGER) == []
    assert await chat.store.person(STRANGER) is None
    assert toasts(chat) == [""]


@pytest.mark.parametrize(
    ("typed", "language"),
    [("id", "id"), ("Indonesia", "id"), ("ENGLISH", "en"), ("en", "en"), ("telegram", None)],
)
async def test_it_can_be_typed_at_once(typed: str, language: str | None, chat: Chat) -> None:
    await chat.store.speak(OWNER, "id", now=NOON)

    (card,) = await chat.says(f"/language {typed}")

    person = await chat.store.person(OWNER)
    assert person is not None
    assert person.language == language
    assert ("Bahasa saat ini" in card) == (language == "id")


@pytest.mark.parametrize("typed", ["klingon", "i" * 4000, "id en", "\u202eid", "%s"])
async def test_a_language_that_is_none_is_answered_by_an_example(typed: str, chat: Chat) -> None:
    (told,) = await chat.says(f"/language {typed}")

    assert told.startswith("Which language?")
    assert await languages(chat) == []


@pytest.mark.parametrize("more", ["xx", "ID", "../en", "0"])
async def test_a_forged_button_chooses_nothing(more: str, chat: Chat) -> None:
    await chat.says("/start")

    await hears(chat, chat.listener, "callback_query", a_press(f"c:lang:speak:0:{more}"))

    assert await languages(chat) == []


async def test_a_menu_that_telegram_does_not_take_hinders_no_choice(chat: Chat) -> None:
    await chat.says("/language")
    chat.telegram.control.fault("reset", method="setMyCommands")

    (card,) = await chat.taps("lang:speak:0:id")

    assert card.startswith("Bahasa saat ini: Indonesia")


async def test_a_choice_that_cannot_be_stored_is_not_said_to_be_made(chat: Chat) -> None:
    await chat.says("/language")
    listener = on_store(chat, RefusingStore(chat.store, "speak"))

    await hears(chat, listener, "callback_query", a_press("c:lang:speak:0:id"))

    assert toasts(chat)[-1].startswith("Can't: the database cannot be used just now")
    assert await languages(chat) == []


async def test_who_cannot_be_looked_up_is_answered_as_his_telegram_says(chat: Chat) -> None:
    await chat.store.speak(OWNER, "id", now=NOON)
    listener = on_store(chat, RefusingStore(chat.store, "person"))

    await hears(chat, listener, "message", a_word("halo"))

    assert chat.told() == [HELLO]


def a_word(text: str) -> dict[str, Any]:
    return {"message_id": 1, "date": 0, "chat": PRIVATE, "from": PERSON, "text": text}


async def languages(chat: Chat) -> list[str]:
    person = await chat.store.person(OWNER)
    return [person.language] if person is not None and person.language else []
