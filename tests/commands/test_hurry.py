"""200 taps a second: answered as long as the chat takes it, then passed over; others are heard."""

from dataclasses import replace

from bot.commands import Listener
from bot.commands.throttle import DEEDS_MAX
from bot.owners import Owners
from tests.commands.chat import OWNER, STRANGER, Chat
from tests.commands.troubles import PERSON, PRIVATE, a_press, hears

TAPS = 200


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
