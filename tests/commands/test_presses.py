"""Who may press: owners in their own chats, judged at each press; anything else is nothing."""

from typing import Any

import pytest

from bot.owners import Owners
from feeds.model import DeliveryState
from tests.commands.chat import STRANGER, Chat
from tests.commands.troubles import PERSON, PRIVATE, a_doubt, a_press, another, hears, toasts
from tests.store.situations import states

IN_DOUBT, SENT = DeliveryState.IN_DOUBT, DeliveryState.SENT
GROUP = {"id": -100456, "type": "supergroup", "title": "Kita"}


async def test_an_owner_is_obeyed(chat: Chat) -> None:
    doubt = await a_doubt(chat)

    await hears(chat, chat.listener, "callback_query", a_press(f"b:confirm:{doubt}"))

    assert await states(chat.store) == [SENT]


NOT_AN_OWNERS_PRESS = {
    "a stranger": {
        "from": PERSON | {"id": STRANGER},
        "message": {"message_id": 1, "date": 1, "chat": PRIVATE | {"id": STRANGER}, "text": "?"},
    },
    "a stranger under an owner's message": {"from": PERSON | {"id": STRANGER}},
    "an owner in a group": {
        "message": {"message_id": 1, "date": 1, "chat": GROUP, "text": "?"},
    },
    "an owner in another's private chat": {
        "message": {"message_id": 1, "date": 1, "chat": PRIVATE | {"id": STRANGER}, "text": "?"},
    },
    "an owner under a message sent through the bot": {
        "message": None,
        "inline_message_id": "x",
    },
    "a bot under an owner's number": {"from": PERSON | {"is_bot": True}},
}


@pytest.mark.parametrize("whose", NOT_AN_OWNERS_PRESS.values(), ids=NOT_AN_OWNERS_PRESS)
async def test_what_is_not_an_owners_own_press_is_answered_with_nothing(
    whose: dict[str, Any], chat: Chat
) -> None:
    doubt = await a_doubt(chat)

    await hears(chat, chat.listener, "callback_query", a_press(f"b:drop:{doubt}", **whose))

    assert await states(chat.store) == [IN_DOUBT]
    assert toasts(chat) == [""]
    assert {call["method"] for call in chat.telegram.control.calls()} <= {
        "answerCallbackQuery",
        "getUpdates",
        "setMyCommands",
        "setMyShortDescription",
    }


async def test_who_was_an_owner_when_he_was_told_is_judged_anew(chat: Chat) -> None:
    doubt = await a_doubt(chat)
    await chat.is_told()
    anew = another(chat, owners=Owners({STRANGER}))

    await hears(chat, anew, "callback_query", a_press(f"b:drop:{doubt}"))

    assert await states(chat.store) == [IN_DOUBT]
    assert toasts(chat) == [""]


@pytest.mark.parametrize("service", [777000, 1087968824, 136817688])
async def test_a_service_id_is_obeyed_by_nobody_even_if_it_is_listed(
    service: int, chat: Chat
) -> None:
    doubt = await a_doubt(chat)
    anew = another(chat, owners=Owners({service}))
    private = {"message_id": 1, "date": 1, "chat": PRIVATE | {"id": service}, "text": "?"}
    whose = {"from": PERSON | {"id": service}, "message": private}

    await hears(chat, anew, "callback_query", a_press(f"b:drop:{doubt}", **whose))

    assert await states(chat.store) == [IN_DOUBT]


@pytest.mark.parametrize(
    "data",
    [
        "",
        "b",
        "b:drop",
        "b:drop:",
        "b:drop:x",
        "b:drop:0",
        "b:drop:-1",
        "b:drop:1:2",
        "b:drop:99999999999999999999",
        "b:explode:1",
        "x:drop:1",
        "b:drop:1.5",
        "€" * 20,
        None,
    ],
)
async def test_what_no_button_of_ours_says_is_answered_and_does_nothing(
    data: str | None, chat: Chat
) -> None:
    await a_doubt(chat)
    game = {"game_short_name": "chess"} if data is None else {}

    await hears(chat, chat.listener, "callback_query", a_press(data, **game))

    assert await states(chat.store) == [IN_DOUBT]
    assert toasts(chat) == [""]
