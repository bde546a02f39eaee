"""Owners hear of each incident once when it begins and once when it is over, whatever happens."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.commands.notices.groups import GATHER
from bot.commands.notices.patience import PAUSE_MAX
from feeds.errors import StoreUnavailable
from feeds.model import Telling
from tests.commands.chat import OWNER, Chat, open_chat
from tests.commands.chat import STRANGER as BUDI
from tests.commands.troubles import (
    HEADLINES,
    MINUTE,
    SECOND,
    a_channel,
    a_doubt,
    another,
    doubts,
    hears,
    refuse,
    undecided,
)
from tests.world.refusing import RefusingStore

BLOCKED = {"how": "answer", "code": 403, "description": "Forbidden: bot was blocked by the user"}
HOUR = timedelta(hours=1)


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Chat]:
    """A bot with two owners: Ani, and Budi who speaks English."""
    async with open_chat(tmp_path, language="en", owners=frozenset({OWNER, BUDI})) as chat:
        chat.speaks("en", BUDI)
        for user in (OWNER, BUDI):
            await chat.says("/start", user)
        yield chat


async def test_an_incident_is_told_once(chat: Chat) -> None:
    await refuse(chat)

    told = [len(await chat.is_told()) for _ in range(3)]

    assert told == [1, 0, 0]


async def test_its_end_is_shown_in_the_old_message_and_told_by_a_short_new_one(chat: Chat) -> None:
    place = await refuse(chat)
    await chat.is_told()
    await chat.store.let_in("webhook", place.address, now=chat.clock.at)

    edited, posted = await chat.is_told()

    assert edited == "✅ “partner-1”: saya boleh mengirim lagi di sana"
    assert posted == "✅ Kiriman ke “partner-1” berjalan lagi."
    assert await chat.is_told() == []


async def test_what_was_over_before_it_was_told_is_not_told(chat: Chat) -> None:
    place = await refuse(chat)
    await chat.store.resume_destination(place.id, now=chat.clock.at)

    assert await chat.is_told() == []


async def test_doubts_that_come_close_together_are_one_message(chat: Chat) -> None:
    place = await a_channel(chat)
    for headline in HEADLINES:
        ids = await doubts(chat, place, headline)
        await undecided(chat, ids)
        chat.clock.at += GATHER / 4 - MINUTE
        early = await chat.is_told()
    chat.clock.at += GATHER

    (told,) = await chat.is_told()

    assert early == []
    assert [headline in told for headline in HEADLINES] == [True] * 3


async def test_what_is_not_in_doubt_waits_for_no_others(chat: Chat) -> None:
    await refuse(chat)

    assert len(await chat.is_told()) == 1


async def test_a_doubt_that_seems_to_lie_ahead_is_told_all_the_same(chat: Chat) -> None:
    await a_doubt(chat)
    chat.clock.at -= HOUR

    assert len(await chat.is_told()) == 1


# ── whatever is cut off ──────────────────────────────────────────────────────────────────────────


async def begun(chat: Chat) -> list[Telling]:
    """Commit the intent to tell the owner all, and die."""
    tellings = await chat.store.notices_to_tell([OWNER], now=chat.clock.at, limit=9)
    await chat.store.begin_tellings(tellings, now=chat.clock.at)
    return tellings


async def test_a_death_between_the_intent_and_the_message_loses_nothing(chat: Chat) -> None:
    await refuse(chat)
    await begun(chat)
    chat.listener = another(chat)

    told = []
    for _ in range(4):
        chat.clock.at += 20 * SECOND
        told.append(len(await chat.is_told()))

    assert told == [0, 0, 1, 0]


async def test_a_message_whose_answer_was_lost_may_come_twice_a_minute_apart_and_no_more(
    chat: Chat,
) -> None:
    await refuse(chat)
    chat.telegram.control.fault("reset", apply=True)

    told = [len(await chat.is_told())]
    for _ in range(120):
        chat.clock.at += MINUTE / 2
        told.append(len(await chat.is_told()))

    assert told[:4] == [1, 0, 1, 0]
    assert sum(told) == 2


async def test_a_message_that_never_left_comes_a_minute_later(chat: Chat) -> None:
    await refuse(chat)
    chat.telegram.control.fault("reset")

    before = await chat.is_told()
    chat.clock.at += MINUTE

    assert before == []
    assert len(await chat.is_told()) == 1


async def test_a_store_that_fails_after_the_message_left_repeats_it_and_loses_nothing(
    chat: Chat,
) -> None:
    await refuse(chat)
    store: Any = RefusingStore(chat.store, "note_told")
    chat.listener = another(chat, catalog=type(chat.catalog)(store=store, **_rest(chat)))

    with pytest.raises(StoreUnavailable):
        await chat.listener.teller.round()
    store.refused.clear()
    chat.clock.at += MINUTE

    assert len(await chat.is_told()) == 2
    assert await chat.is_told() == []


def _rest(chat: Chat) -> dict[str, Any]:
    names = ("clock", "every_min", "outside")
    return {name: getattr(chat.catalog, name) for name in names}


async def test_an_end_that_was_cut_off_is_shown_again_without_harm(chat: Chat) -> None:
    place = await refuse(chat)
    await chat.is_told()
    await chat.store.resume_destination(place.id, now=chat.clock.at)
    chat.telegram.control.fault("reset", method="editMessageText", apply=True)

    first = await chat.is_told()
    chat.clock.at += MINUTE
    second = await chat.is_told()

    assert first == ["✅ “partner-1”: dilanjutkan (seorang admin)"]
    assert second == ["✅ Kiriman ke “partner-1” berjalan lagi."]
    assert await chat.is_told() == []


@pytest.mark.parametrize("fate", ["deleted", "too old to be changed"])
async def test_a_message_that_cannot_be_changed_any_more_is_no_trouble(
    fate: str, chat: Chat
) -> None:
    place = await refuse(chat)
    await chat.is_told()
    if fate == "deleted":
        chat.telegram.backend.chats.find(OWNER).posts.clear()
    else:
        said = "Bad Request: message can't be edited"
        chat.telegram.control.fault("answer", method="editMessageText", description=said)

    await chat.store.resume_destination(place.id, now=chat.clock.at)

    assert await chat.is_told() == ["✅ Kiriman ke “partner-1” berjalan lagi."]
    assert await chat.is_told() == []


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
    chat.listener = another(chat, owners=frozenset({BUDI}))

    assert await chat.is_told(OWNER) == []
    (budi,) = chat.told(BUDI)
    assert "partner-1" in budi
    assert "partner-2" not in budi


async def test_without_owners_nobody_is_told(tmp_path: Path) -> None:
    async with open_chat(tmp_path, owners=frozenset()) as chat:
        await refuse(chat)

        assert await chat.is_told() == []
        assert chat.telegram.control.calls("sendMessage") == []


async def test_an_owner_whose_language_cannot_be_kept_is_obeyed_all_the_same(chat: Chat) -> None:
    store: Any = RefusingStore(chat.store, "note", "set_note")
    listener = another(chat, catalog=type(chat.catalog)(store=store, **_rest(chat)))
    person = {"id": OWNER, "is_bot": False, "first_name": "Ani", "language_code": "en"}
    private = {"id": OWNER, "type": "private", "first_name": "Ani"}
    said = {"message_id": 1, "date": 0, "chat": private, "from": person, "text": "/feeds"}

    await hears(chat, listener, "message", said)

    assert len(chat.told()) == 1
