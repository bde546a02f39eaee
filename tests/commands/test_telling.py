"""Owners hear of each incident once when it begins and once when it is over, whatever happens."""

import pytest

from bot.commands.notices.groups import GATHER
from feeds.errors import StoreUnavailable
from feeds.model import Telling
from tests.commands.chat import OWNER, Chat
from tests.commands.troubles import (
    HEADLINES,
    HOUR,
    MINUTE,
    SECOND,
    a_channel,
    a_doubt,
    another,
    doubts,
    failing,
    on_store,
    refuse,
    tell_of_failing,
    undecided,
)
from tests.world.refusing import RefusingStore

BLOCKED = {"how": "answer", "code": 403, "description": "Forbidden: bot was blocked by the user"}


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


# ── what changes while it lasts ───────────────────────────────────────────────────────────────────


async def test_an_endpoints_message_is_changed_in_place_and_each_time_once(chat: Chat) -> None:
    await failing(chat)

    told = [await tell_of_failing(chat, after=24 * HOUR)]
    for _ in range(2):
        told += [await tell_of_failing(chat, after=12 * HOUR) for _ in range(2)]

    assert [len(each) for each in told] == [1, 0, 1, 0, 1]
    assert ["50 %" in told[0][0], "70 %" in told[2][0], "90 %" in told[4][0]] == [True] * 3
    assert len(chat.telegram.control.calls("sendMessage")) == 1


async def test_a_change_that_could_not_be_shown_is_shown_once_the_owner_is_there_again(
    chat: Chat,
) -> None:
    await failing(chat)
    await tell_of_failing(chat, after=24 * HOUR)
    chat.telegram.control.fault(**BLOCKED, method="editMessageText")

    told = [await tell_of_failing(chat, after=24 * HOUR), await chat.is_told()]
    chat.clock.at += MINUTE
    told.append(await chat.is_told())

    assert [len(each) for each in told] == [0, 0, 1]
    assert "70 %" in told[2][0]


async def test_after_a_restart_a_change_is_not_lost(chat: Chat) -> None:
    await failing(chat)
    await tell_of_failing(chat, after=24 * HOUR)
    chat.listener = another(chat)

    told = await tell_of_failing(chat, after=24 * HOUR)

    assert ["70 %" in each for each in told] == [True]


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


async def test_a_restart_after_an_answer_was_lost_repeats_nothing_for_a_minute(
    chat: Chat,
) -> None:
    await refuse(chat)
    chat.telegram.control.fault("reset", apply=True)
    await chat.is_told()
    chat.listener = another(chat)

    chat.clock.at += MINUTE - SECOND
    early = await chat.is_told()
    chat.clock.at += SECOND

    assert early == []
    assert len(await chat.is_told()) == 1


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
    store = RefusingStore(chat.store, "note_told")
    chat.listener = on_store(chat, store)

    with pytest.raises(StoreUnavailable):
        await chat.listener.teller.round()
    store.refused.clear()
    chat.clock.at += MINUTE

    assert len(await chat.is_told()) == 2
    assert await chat.is_told() == []


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
