"""Hearing admins through everything that Telegram does, and stopping at once."""

import asyncio
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.commands import router
from bot.commands.menu import COMMANDS
from bot.commands.once import UPDATES_MAX, OncePerUpdate
from feeds.model.people import Taken
from tests.commands.chat import (
    FEED,
    OWNER,
    Chat,
    StillClock,
    open_chat,
    prepare_chat,
    running,
)

STOP_SECONDS = 5.0  # far less than a long poll, far more than stopping takes

FAULTS = {
    "401": {"how": "answer", "code": 401, "description": "Unauthorized"},
    "409": {
        "how": "answer",
        "code": 409,
        "description": "Conflict: terminated by other getUpdates request; make sure that only one"
        " bot instance is running",
    },
    "webhook": {
        "how": "answer",
        "code": 409,
        "description": "Conflict: can't use getUpdates method while webhook is active; use"
        " deleteWebhook to delete the webhook first",
    },
    "gibberish": {"how": "page", "code": 502},
    "outage": {"how": "reset"},
}


@pytest.mark.parametrize(("kind", "fault"), FAULTS.items(), ids=FAULTS)
async def test_a_trouble_is_logged_once_and_what_was_said_meanwhile_is_heard(
    kind: str, fault: dict[str, Any], tmp_path: Path
) -> None:
    async with prepare_chat(tmp_path) as chat:
        chat.telegram.control.fault(**fault, method="getUpdates", times=2)
        with capture_logs() as logs:
            async with running(chat):
                said = await chat.says("/start")

    assert len(said) == 1
    levels = [(line["log_level"], line.get("kind")) for line in logs]
    assert levels == [("error", kind), ("info", None)]
    assert chat.telegram.token.partition(":")[2] not in str(logs)


async def test_a_fault_of_our_own_is_logged_and_does_not_end_the_listening(
    tmp_path: Path,
) -> None:
    async with prepare_chat(tmp_path, clock=StumblingClock(2)) as chat:
        with capture_logs() as logs:
            async with running(chat):
                said = await chat.says("/start")

    assert len(said) == 1
    (fault, over) = logs
    assert (fault["kind"], type(fault["exc_info"])) == ("internal", RuntimeError)
    assert over["log_level"] == "info"


class StumblingClock(StillClock):
    """Fails the first so many times it is asked."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def now(self) -> datetime:
        self.times -= 1
        if self.times >= 0:
            raise RuntimeError("a bug")
        return super().now()


async def test_two_troubles_in_a_row_are_two_lines(tmp_path: Path) -> None:
    async with prepare_chat(tmp_path) as chat:
        chat.telegram.control.fault(**FAULTS["401"], method="getUpdates", times=2)
        chat.telegram.control.fault(**FAULTS["409"], method="getUpdates", nth=3, times=2)
        with capture_logs() as logs:
            async with running(chat):
                await chat.says("/start")

    assert [line.get("kind") for line in logs] == ["401", "409", None]


async def test_while_the_token_is_wrong_health_says_so(tmp_path: Path) -> None:
    async with prepare_chat(tmp_path) as chat:
        chat.telegram.control.fault(**FAULTS["401"], method="getUpdates", times=0)
        async with running(chat):
            await chat.telegram.until_called("getUpdates", 3)
            wrong = chat.listener.sign().trouble
            chat.telegram.control.clear_faults()
            await chat.says("/start")
            right = chat.listener.sign()

    assert wrong is not None
    assert "telegram.token" in wrong
    assert right.trouble is None
    assert right.alive_at == chat.clock.at


async def test_the_same_update_twice_has_one_effect(tmp_path: Path) -> None:
    async with prepare_chat(tmp_path) as chat:
        number = chat.telegram.control.say(OWNER, f"/addfeed {FEED}")
        queue = chat.telegram.backend.updates._queue
        queue.append(queue[0])

        async with running(chat):
            await chat.until_heard(number)

    assert len(chat.phone.new_posts(OWNER)) == 1


async def test_update_numbers_are_remembered_in_memory_within_a_bound_and_else_in_the_store(
    chat: Chat,
) -> None:
    once = OncePerUpdate(chat.store, chat.clock)
    await once.take_up(1, None)
    await once.done(1)

    again = (1, *range(2, UPDATES_MAX + 2), UPDATES_MAX + 1, 1)
    passed = [each for each in again if await once.take_up(each, None) is Taken.NOW]

    assert passed == [*range(2, UPDATES_MAX + 2)]
    assert len(once._seen) == UPDATES_MAX


async def test_an_update_that_cannot_be_read_does_not_hide_those_behind_it(chat: Chat) -> None:
    with capture_logs() as logs:
        chat.telegram.backend.updates.put("message", {"message_id": "no message"})
        said = await chat.says("/start")

    assert len(said) == 1
    assert [line["event"] for line in logs] == ["an update was passed over: it cannot be read"]


async def test_a_handler_that_fails_is_told_in_one_line_and_the_next_command_works(
    tmp_path: Path,
) -> None:
    def broken() -> Any:
        raise RuntimeError("hush: a bug with a secret in it")

    async with open_chat(tmp_path, language="en", health=broken) as chat:
        with capture_logs() as logs:
            (told,) = await chat.says("/status please")
            (next_told,) = await chat.says("/feeds")

    assert told.startswith("Sorry, something went wrong inside me")
    assert "hush" not in told
    assert "\n" not in told
    assert next_told.startswith("No feeds yet")
    (line,) = logs
    assert (line["event"], line["command"], line["exc_info"]) == (
        "a command failed",
        "/status",
        True,
    )


async def test_an_answer_that_cannot_be_sent_is_logged_and_the_deed_stands(chat: Chat) -> None:
    chat.telegram.control.fault(
        "answer", code=403, description="Forbidden: bot was blocked by the user"
    )
    with capture_logs() as logs:
        said = await chat.says(f"/addfeed {FEED}")

    assert said == []
    assert [line["event"] for line in logs] == ["an answer was not sent"]
    assert len(await chat.store.list_feeds()) == 1


async def test_an_answer_that_may_have_arrived_is_not_repeated(chat: Chat) -> None:
    chat.telegram.control.fault("reset", apply=True)

    assert len(await chat.says("/start")) == 1


async def test_without_typing_the_answer_comes_all_the_same(chat: Chat) -> None:
    chat.telegram.control.fault("reset", method="sendChatAction")

    assert len(await chat.says(f"/addfeed {FEED}")) == 1


async def test_a_long_poll_under_way_is_cut_at_the_stop(tmp_path: Path) -> None:
    async with (
        prepare_chat(tmp_path) as chat,
        asyncio.timeout(STOP_SECONDS),
        running(chat) as listening,
    ):
        await chat.telegram.until_called("getUpdates")

    assert listening.cancelled()


async def test_a_command_under_way_is_cut_at_the_stop_and_leaves_nothing_half_done(
    tmp_path: Path,
) -> None:
    async with prepare_chat(tmp_path) as chat:
        chat.web.places["berita.example"].deaf = True
        async with asyncio.timeout(STOP_SECONDS), running(chat) as listening:
            chat.telegram.control.say(OWNER, f"/addfeed {FEED} @dailyberita")
            await chat.telegram.until_called("getChatMember")

        assert listening.cancelled()
        assert await chat.store.list_feeds() == ()
        assert await chat.store.list_destinations() == ()


async def test_strangers_are_offered_one_command_and_owners_all_in_both_languages(
    chat: Chat,
) -> None:
    await chat.says("/start")

    calls = [call["parameters"] for call in chat.telegram.control.calls("setMyCommands")]
    offered = [
        (json.loads(c["scope"]), c.get("language_code"), len(json.loads(c["commands"])))
        for c in calls
    ]
    everybody, owners = {"type": "all_private_chats"}, {"type": "chat", "chat_id": OWNER}
    assert offered == [
        (everybody, None, 1),
        (everybody, "id", 1),
        (owners, None, len(COMMANDS)),
        (owners, "id", len(COMMANDS)),
    ]
    assert set(chat.telegram.backend.abouts) == {"", "id"}


async def test_a_menu_that_was_not_taken_is_no_trouble_and_is_set_after_an_outage(
    tmp_path: Path,
) -> None:
    async with prepare_chat(tmp_path) as chat:
        chat.telegram.control.fault("reset", method="setMyCommands")
        chat.telegram.control.fault("reset", method="getUpdates")
        async with running(chat):
            said = await chat.says("/start")

    assert len(said) == 1
    assert len(chat.telegram.control.calls("setMyCommands")) == 5


async def test_every_router_is_a_new_one(chat: Chat) -> None:
    made = [router(chat.listener.scenes) for _ in range(2)]

    assert made[0] is not made[1]
