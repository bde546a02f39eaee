"""Cards: pressed, they change in place; each press is judged anew; nothing pressed is silence."""

import pytest

from bot.commands.cards.taps import Tap
from bot.owners import Owners
from tests.commands.chat import OWNER, STRANGER, Chat
from tests.commands.troubles import PERSON, PRIVATE, a_press, another, hears, toasts

FROM_BEFORE = "This button is from an earlier version. Send /start for a new one."


async def test_a_card_is_changed_in_place_and_back_leads_back(chat: Chat) -> None:
    (first,) = await chat.says("/start")

    (helped,) = await chat.taps("home:help:0:")
    (again,) = await chat.taps("home:show:0:")

    assert (helped.startswith("Hello! I am Berita."), again) == (True, first)
    assert len(chat.telegram.control.posts(OWNER)) == 2, "what he said, and one card"


async def test_a_card_that_was_deleted_comes_anew(chat: Chat) -> None:
    await chat.says("/start")
    del chat.telegram.backend.chats.find(OWNER).posts[2]
    message = {"message_id": 2, "date": 0, "chat": PRIVATE}

    await hears(chat, chat.listener, "callback_query", a_press("c:home:help:0:", message=message))

    assert [text[:6] for text in chat.told()] == ["Hello!"]


async def test_who_is_no_owner_any_more_gets_nothing_from_his_old_cards(chat: Chat) -> None:
    await chat.says("/start")
    anew = another(chat, owners=Owners({STRANGER}))

    await hears(chat, anew, "callback_query", a_press("c:home:help:0:"))

    assert (toasts(chat), chat.told()) == ([""], [])


@pytest.mark.parametrize("data", ["c:nowhere:show:0:", "c::show:0:"])
async def test_a_button_of_a_card_that_is_no_more_says_what_to_do(data: str, chat: Chat) -> None:
    await hears(chat, chat.listener, "callback_query", a_press(data))

    assert toasts(chat) == [FROM_BEFORE]


@pytest.mark.parametrize(
    "data", ["c", "c:home", "c:home:help:x:", "c:home:help:-1:", "c:home:help:0::", "c:::9e9:"]
)
async def test_what_no_card_says_is_answered_and_does_nothing(data: str, chat: Chat) -> None:
    await hears(chat, chat.listener, "callback_query", a_press(data))

    assert (toasts(chat), chat.told()) == ([""], [])


async def test_a_strangers_press_of_a_card_is_answered_with_nothing(chat: Chat) -> None:
    whose = {"from": PERSON | {"id": STRANGER}}

    await hears(chat, chat.listener, "callback_query", a_press("c:home:help:0:", **whose))

    assert (toasts(chat), chat.told()) == ([""], [])


def test_the_longest_button_fits_into_telegrams_64_bytes() -> None:
    longest = Tap(card="c" * 8, deed="d" * 12, on=2**63 - 1, more="m" * 18)

    assert len(longest.pack().encode()) <= 64


async def test_cancel_without_a_talk_says_so(chat: Chat) -> None:
    assert await chat.says("/cancel") == ["There is nothing to cancel. What I can do: /start"]
