"""What the chat says is true and leads on: after a stale tap, a failure, a place that is closed."""

import random
from pathlib import Path

from bot.owners import Owners
from tests.commands.chat import CHANNEL, OWNER, Chat, open_chat
from tests.commands.test_links import buttons, with_channels
from tests.commands.troubles import HEADLINES, a_channel, a_press, doubts, hears, toasts

FLOOD = {
    "code": 429,
    "description": "Too Many Requests: retry after 60",
    "parameters": {"retry_after": 60},
}


async def test_who_is_on_the_list_can_claim_the_bot(tmp_path: Path) -> None:
    changes = {"owners": Owners(), "allowed": frozenset({OWNER})}
    async with open_chat(tmp_path, language="en", **changes) as chat:
        claim = await chat.catalog.make_claim(random.Random(1))

        (welcome, _) = await chat.says(f"/start {claim.code}")

        assert welcome.startswith("Welcome!")
        assert OWNER in chat.deps.owners


async def test_a_429_in_a_press_is_no_fault_of_ours(chat: Chat) -> None:
    await chat.says("/start")
    chat.telegram.control.fault("answer", method="sendMessage", **FLOOD)

    await chat.taps("home:feed:0:")

    assert chat.toast == "Telegram asks me to be slower just now. Please try again in a minute."


async def test_a_stale_resend_does_not_say_the_channel_is_gone(chat: Chat) -> None:
    place = await a_channel(chat)
    (delivery,) = await doubts(chat, place, HEADLINES[0])
    press = a_press(f"c:way:resend:{delivery}:yes")

    await hears(chat, chat.listener, "callback_query", press)

    assert toasts(chat)[-1] == "It is in doubt whether it arrived: decide on that first."


async def test_what_cannot_go_out_for_its_place_is_gone_is_told_so(chat: Chat) -> None:
    place = await a_channel(chat)
    (delivery,) = await doubts(chat, place, HEADLINES[0])
    await chat.catalog.remove_destination(place.name)

    await hears(chat, chat.listener, "callback_query", a_press(f"c:way:retry:{delivery}:"))

    assert toasts(chat)[-1] == "That cannot be done: its destination was removed."


async def test_back_from_a_failure_leads_to_the_failures(chat: Chat) -> None:
    place = await a_channel(chat)
    (delivery, _) = await doubts(chat, place, *HEADLINES[:2])
    await chat.says("/failures")

    await chat.taps(f"way:show:{delivery}:")
    assert "fail:show:0:" in buttons(chat)
    await chat.taps(f"way:drop:{delivery}:")
    (rest,) = await chat.taps("fail:show:0:")

    assert HEADLINES[0] not in rest
    assert HEADLINES[1] in rest


async def test_status_next_steps_are_in_the_chat(chat: Chat) -> None:
    await with_channels(chat, CHANNEL)
    await chat.catalog.pause_destination("daily-berita")

    (told,) = await chat.says("/status")

    assert "⏸ “Daily Berita” is paused. Resume it: /channels" in told
