"""Each owner is told in his language, and as soon as he can be reached; nobody else is."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.commands.notices.patience import PAUSE_MAX
from bot.owners import Owners
from tests.commands.chat import OWNER, Chat, open_chat
from tests.commands.chat import STRANGER as BUDI
from tests.commands.troubles import (
    MINUTE,
    SECOND,
    a_doubt,
    another,
    hears,
    on_store,
    refuse,
)
from tests.world.refusing import RefusingStore

BLOCKED = {"how": "answer", "code": 403, "description": "Forbidden: bot was blocked by the user"}
HOUR = timedelta(hours=1)


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Chat]:
    """A bot with two owners: Ani, and Budi who speaks English."""
    async with open_chat(tmp_path, language="en", owners=Owners({OWNER, BUDI})) as chat:
        chat.speaks("en", BUDI)
        for user in (OWNER, BUDI):
            await chat.says("/start", user)
        yield chat


# ── owners out of reach ──────────────────────────────────────────────────────────────────────────


async def test_who_cannot_be_told_is_tried_again_with_growing_pauses_up_to_an_hour(
    chat: Chat,
) -> None:
    await refuse(chat)
    chat.telegram.control.fault(**BLOCKED, times=0)
    begun_at, tries = chat.clock.at, []

    with capture_logs() as logs:
        while chat.clock.at < begun_at + 5 * HOUR:
            asked = len(chat.telegram.control.calls("sendMessage"))
            await chat.is_told()
            if len(chat.telegram.control.calls("sendMessage")) > asked:
                tries.append((chat.clock.at - begun_at) // MINUTE)
            chat.clock.at += MINUTE

    assert tries == [0, 1, 3, 7, 15, 31, 63, 123, 183, 243]
    assert {line["event"] for line in logs} == {"an owner was not told"}
    assert timedelta(minutes=60) == PAUSE_MAX


async def test_who_is_back_hears_at_once_what_could_not_be_told_him(chat: Chat) -> None:
    await refuse(chat)
    chat.telegram.control.fault(**BLOCKED)
    await chat.is_told()
    chat.clock.at += MINUTE
    chat.telegram.control.fault(**BLOCKED)
    await chat.is_told()
    chat.clock.at += MINUTE
    meanwhile = await chat.is_told()

    await chat.says("/start")

    assert meanwhile == []
    assert chat.rung == ["notices"]
    assert len(await chat.is_told()) == 1


async def test_who_blocked_the_bot_and_takes_it_back_hears_at_once_what_he_missed(
    chat: Chat,
) -> None:
    await chat.until_heard(chat.telegram.control.bot(OWNER, "kicked", by=OWNER))
    await refuse(chat)
    for _ in range(2):
        assert await chat.is_told() == []
        chat.clock.at += MINUTE

    await chat.until_heard(chat.telegram.control.bot(OWNER, "member", by=OWNER))

    assert chat.rung == ["notices"]
    assert len(await chat.is_told()) == 1


async def test_when_the_way_out_is_open_again_nobody_is_left_alone(chat: Chat) -> None:
    await refuse(chat)
    chat.telegram.control.fault("reset", times=2)
    meanwhile = []
    for _ in range(3):
        meanwhile += await chat.is_told()
        chat.clock.at += MINUTE / 2 + SECOND

    chat.listener.teller.retry()
    chat.clock.at += MINUTE / 2

    assert meanwhile == []
    assert chat.rung == ["notices"]
    assert len(await chat.is_told()) == 1


async def test_a_429_is_obeyed_for_as_long_as_it_says(chat: Chat) -> None:
    await refuse(chat)
    flood = {"code": 429, "description": "Too Many", "parameters": {"retry_after": 7200}}
    chat.telegram.control.fault("answer", **flood)
    await chat.is_told()

    chat.clock.at += 2 * HOUR - SECOND
    early = await chat.is_told()
    chat.clock.at += SECOND

    assert early == []
    assert len(await chat.is_told()) == 1


async def test_one_owner_out_of_reach_keeps_nothing_from_the_other(two: Chat) -> None:
    two.telegram.control.fault(**BLOCKED, chat=OWNER, times=0)
    await refuse(two)

    assert await two.is_told(OWNER) == []
    assert len(two.told(BUDI)) == 1


async def test_one_message_that_is_refused_keeps_no_other_from_being_told(chat: Chat) -> None:
    await a_doubt(chat)
    await refuse(chat)
    chat.telegram.control.fault("answer", code=400, description="Bad Request: BUTTON_DATA_INVALID")

    told = await chat.is_told()
    chat.clock.at += MINUTE
    later = await chat.is_told()

    assert (len(told), len(later)) == (1, 1)
    assert told != later


# ── each owner ───────────────────────────────────────────────────────────────────────────────────


async def test_each_owner_is_told_once_and_in_his_language(two: Chat) -> None:
    two.speaks("id", BUDI)
    await two.says("/feeds", BUDI)
    await refuse(two)

    (ani,), (budi,) = await two.is_told(OWNER), two.told(BUDI)

    assert ani.startswith("⚠️ 1 destination refuses me.")
    assert budi.startswith("⚠️ 1 tujuan menolak saya.")
    assert await two.is_told(OWNER) == two.told(BUDI) == []


async def test_his_language_is_known_after_a_restart_and_from_a_press(chat: Chat) -> None:
    place = await refuse(chat)
    (before,) = await chat.is_told()

    await chat.presses("resume", place.id)
    chat.listener = another(chat)
    (after,) = await chat.is_told()

    assert before.startswith("⚠️ 1 tujuan"), "he never spoke: the configuration's language"
    assert after == "✅ “partner-1”: resumed (Ani)"


async def test_both_see_what_one_of_them_decided(two: Chat) -> None:
    doubt = await a_doubt(two)
    await two.is_told(OWNER)
    two.told(BUDI)

    await two.presses("drop", doubt, BUDI)
    (ani,), (budi,) = await two.is_told(OWNER), two.told(BUDI)
    late = await two.presses("confirm", doubt, OWNER)

    assert ani == budi
    assert ani.endswith("dropped (Budi)")
    assert late == "Already decided: it was dropped."


async def test_the_second_tap_shows_the_present_truth_even_before_the_round_does(
    two: Chat,
) -> None:
    doubt = await a_doubt(two)
    await two.is_told(OWNER)
    two.told(BUDI)
    await two.presses("drop", doubt, BUDI)

    await two.presses("confirm", doubt, OWNER)

    (ani,) = two.told(OWNER)
    assert ani.endswith("dropped (Budi)")
    assert two.told(BUDI) == []


async def test_who_resumed_a_destination_himself_needs_no_news_of_it(two: Chat) -> None:
    place = await refuse(two)
    await two.is_told(OWNER)
    two.told(BUDI)

    await two.presses("resume", place.id, OWNER)

    assert len(await two.is_told(OWNER)) == 1
    assert two.told(BUDI) == [
        "✅ “partner-1”: resumed (Ani)",
        "✅ Posts go out again to “partner-1”.",
    ]


async def test_who_is_no_owner_any_more_hears_nothing_and_a_new_one_what_still_lasts(
    chat: Chat,
) -> None:
    await refuse(chat)
    await chat.is_told()
    gone = await refuse(chat, 2)
    await chat.store.resume_destination(gone.id, now=chat.clock.at)
    chat.listener = another(chat, owners=Owners({BUDI}))

    assert await chat.is_told(OWNER) == []
    (budi,) = chat.told(BUDI)
    assert "partner-1" in budi
    assert "partner-2" not in budi


async def test_without_owners_nobody_is_told(tmp_path: Path) -> None:
    async with open_chat(tmp_path, owners=Owners()) as chat:
        await refuse(chat)

        assert await chat.is_told() == []
        assert chat.telegram.control.calls("sendMessage") == []


async def test_an_owner_whose_language_cannot_be_kept_is_obeyed_all_the_same(chat: Chat) -> None:
    listener = on_store(chat, RefusingStore(chat.store, "note", "set_note"))
    person = {"id": OWNER, "is_bot": False, "first_name": "Ani", "language_code": "en"}
    private = {"id": OWNER, "type": "private", "first_name": "Ani"}
    said = {"message_id": 1, "date": 0, "chat": private, "from": person, "text": "/feeds"}

    await hears(chat, listener, "message", said)

    assert len(chat.told()) == 1
