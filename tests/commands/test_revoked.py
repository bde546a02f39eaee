"""A token that Telegram refuses meanwhile: nothing is lost, nothing doubled, nothing shouted."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from feeds.model import DestinationState
from tests.builders import NOON
from tests.commands.chat import FEED, OWNER, STRANGER, Chat, prepare_chat, running
from tests.commands.stewards import BUDI, a_steward
from tests.commands.troubles import (
    HOUR,
    PERSON,
    PRIVATE,
    a_channel,
    a_press,
    another,
    hears,
    refuse,
)

OTHER = "424242:the-token-that-was-made-after-a-revocation"


@contextmanager
def revoked(chat: Chat) -> Iterator[list[Any]]:
    """Let Telegram know no such token for a while; gives what is logged meanwhile."""
    telegram, token = chat.telegram, chat.telegram.token
    telegram.token = OTHER
    try:
        with capture_logs() as logs:
            yield logs
    finally:
        telegram.token = token


def a_word(text: str) -> dict[str, Any]:
    return {"message_id": 1, "date": 0, "chat": PRIVATE, "from": PERSON, "text": text}


def loud(logs: list[Any]) -> list[Any]:
    """List what tells of a fault of our own."""
    return [
        line for line in logs if line["log_level"] in {"error", "critical"} or "exc_info" in line
    ]


@pytest.fixture
async def still(tmp_path: Path) -> Any:
    """A bot that is not polling: what it hears is handed to it."""
    async with prepare_chat(tmp_path) as chat:
        chat.speaks("en")
        yield chat


@pytest.mark.parametrize(
    "data",
    [
        "c:home:show:0:",
        "c:home:help:0:",
        "c:home:channel:0:",
        "c:home:feed:0:",
        "c:chs:show:0:",
        "c:ch:show:1:",
        "c:ch:test:1:",
        "c:ch:pause:1:",
        "c:adm:invite:1:",
        "c:fail:show:0:",
        "c:fail:resume:1:",
        "c:lang:speak:0:id",
        "c:no:such:0:",
        "b:resume:1",
        "b:retry:7",
        "nonsense",
    ],
)
async def test_a_tap_is_told_in_one_quiet_line_and_no_fault(data: str, still: Chat) -> None:
    await a_channel(still)

    with revoked(still) as logs:
        await hears(still, still.listener, "callback_query", a_press(data))

    assert loud(logs) == []
    assert len(logs) <= 2
    assert await still.store.cut_off() == {}, "it is done, as far as it goes"


@pytest.mark.parametrize(
    "text",
    [
        *("/start", "/help", "/status", "/feeds", "/channels", "/pause x", "/why x.example"),
        *(f"/addfeed {FEED} @dailyberita", f"/preview {FEED}", FEED, "/export", "halo"),
        "/language id",
    ],
)
async def test_a_word_is_told_in_one_quiet_line_and_no_fault(text: str, still: Chat) -> None:
    with revoked(still) as logs:
        await hears(still, still.listener, "message", a_word(text))
        await still.errands_done()

    assert loud(logs) == []
    assert len(logs) <= 2
    assert await still.store.cut_off() == {}


async def test_what_needs_telegram_s_word_is_not_done_without_it(still: Chat) -> None:
    with revoked(still):
        await hears(still, still.listener, "message", a_word(f"/addfeed {FEED} @dailyberita"))

    assert await still.store.list_destinations() == ()


async def test_what_was_asked_for_is_done_once_though_its_answer_was_not_heard(
    still: Chat,
) -> None:
    place = await a_channel(still)
    with revoked(still):
        await hears(still, still.listener, "callback_query", a_press(f"c:ch:pause:{place.id}:"))
    still.listener = another(still)

    async with running(still):
        (card, *_) = await still.says("/channels")

    found = await still.store.destination_by(place.id)
    assert found is not None
    assert found.state is DestinationState.PAUSED
    assert len(await still.catalog.log()) == 1
    assert card == "1 channel:"


async def test_a_question_stands_until_it_can_be_answered(still: Chat) -> None:
    """A wizard: the link is taken, what was found waits, and the next word goes on from there."""
    await a_channel(still)
    with revoked(still) as logs:
        await hears(still, still.listener, "callback_query", a_press("c:home:feed:0:"))
        await hears(still, still.listener, "message", a_word("halo"))
        still.listener = another(still)

    async with running(still):
        seen = await still.says(FEED)

    assert loud(logs) == []
    assert seen[-1].startswith("📰 Daily Berita")


async def test_the_listening_tells_it_once_and_hears_all_that_came_meanwhile(
    tmp_path: Path,
) -> None:
    async with prepare_chat(tmp_path) as chat:
        chat.speaks("en")
        with capture_logs() as logs:
            async with running(chat):
                await chat.says("/start")
                chat.telegram.control.fault("answer", code=401, description="Unauthorized", **ALL)
                chat.telegram.backend.updates.run_out()
                await chat.telegram.until_called("getUpdates", 4)
                number = chat.telegram.control.say(OWNER, f"/addfeed {FEED}")
                troubled = chat.listener.sign().trouble
                chat.telegram.control.clear_faults()
                await chat.until_heard(number)
        feeds = await chat.store.list_feeds()

    assert [line["event"] for line in logs] == [
        "commands are not heard",
        "commands are heard again",
    ]
    assert troubled is not None
    assert [row.name for row in feeds] == ["daily-berita"]
    assert len(chat.phone.new_posts(OWNER)) == 1, "answered once"


async def test_a_menu_is_set_once_the_token_is_right(tmp_path: Path) -> None:
    async with prepare_chat(tmp_path) as chat:
        chat.telegram.control.fault("answer", code=401, description="Unauthorized", **ALL)
        async with running(chat):
            await chat.telegram.until_called("getUpdates", 3)
            assert chat.telegram.backend.commands == {}
            chat.telegram.control.clear_faults()
            await chat.says("/start")
            await chat.telegram.until_called("setMyShortDescription", 2)

    assert len(chat.telegram.backend.commands) == 4


async def test_a_notice_is_told_once_when_the_token_is_right_again(still: Chat) -> None:
    await refuse(still)
    with revoked(still) as logs:
        for _ in range(48):
            await still.listener.teller.round()
            still.clock.at += HOUR / 4
    still.clock.at += HOUR

    (told,) = await still.is_told()

    assert told.startswith("⚠️ 1 ")
    assert await still.is_told() == []
    assert loud(logs) == []
    assert len(logs) <= 18, "half a day of tries, ever more seldom"


async def test_a_steward_whom_telegram_cannot_vouch_for_changes_nothing(chat: Chat) -> None:
    """Who he is cannot be known meanwhile: he is heard again as soon as it can."""
    place, _ = await a_steward(chat)
    chat.clock.at += HOUR
    budi = PERSON | {"id": BUDI}
    press = a_press(f"c:ch:pause:{place.id}:", **{"from": budi})
    press["message"] = press["message"] | {"chat": PRIVATE | {"id": BUDI}}

    with revoked(chat) as logs:
        await hears(chat, chat.listener, "callback_query", press)
    found = await chat.store.destination_by(place.id)

    assert found is not None
    assert found.state is DestinationState.OPEN
    assert loud(logs) == []
    assert "channel" in str(await chat.says("/channels", STRANGER))


async def test_whom_a_stop_cut_off_is_told_when_the_token_is_right_again(still: Chat) -> None:
    await still.store.take_up(7, person=OWNER, now=NOON)
    still.telegram.control.fault("answer", code=401, description="Unauthorized", **ALL)

    async with running(still):
        await still.telegram.until_called("getUpdates", 3)
        still.telegram.control.clear_faults()
        await still.until_confirmed(still.telegram.control.say(STRANGER, "halo"))

    (told,) = still.told()
    assert told.startswith("Saya sempat dimulai ulang"), "he never spoke: the configured language"
    assert await still.store.cut_off() == {}


ALL: dict[str, Any] = {"method": None, "times": 0}
