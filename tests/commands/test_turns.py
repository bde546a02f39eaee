"""Nobody waits for another's slow site, and what a stop cuts off is not met with silence."""

import asyncio
from pathlib import Path

import pytest

from bot.commands.cutting_off import tell_all_cut_off
from bot.commands.finds import Find, save
from bot.commands.rights import may
from bot.commands.turns import PEOPLE_MAX, WAITING_MAX, Deed, Turns
from bot.owners import Owners
from tests.builders import NOON
from tests.commands.chat import FEED, OWNER, STRANGER, Chat, open_chat, prepare_chat, running
from tests.commands.news import rss
from tests.commands.stewards import BUDI, a_steward
from tests.commands.troubles import another
from tests.store.situations import a_source

SLOW = "https://slow.example/1/"
REACHING_OUT = (f"/addfeed {SLOW}", f"/preview {SLOW}", f"/why {SLOW}")
CUT_OFF = "I was stopped while I was at work"


async def a_slow_site(chat: Chat) -> asyncio.Event:
    """A site that we have a feed of, and that does not answer until it is let go."""
    chat.serve("slow.example", rss("Pelan"))
    await chat.store.add_feed("slow", "https://slow.example/feed", now=NOON)
    return chat.web.hold("slow.example")


async def under_way(chat: Chat, said: str) -> int:
    """Let the owner say what takes long, and wait until Telegram was told that it is taken up."""
    number = chat.telegram.control.say(OWNER, said)
    await chat.telegram.until_called("sendChatAction")
    await chat.until_confirmed(number)
    return number


@pytest.mark.parametrize("said", REACHING_OUT)
async def test_a_slow_site_of_one_admin_lets_others_be_answered(tmp_path: Path, said: str) -> None:
    async with open_chat(tmp_path, language="en", owners=Owners({OWNER, STRANGER})) as chat:
        await a_slow_site(chat)
        chat.speaks("en", STRANGER)
        await chat.says("/start", STRANGER)
        await under_way(chat, said)

        (told,) = await chat.taps("home:help:0:", STRANGER)

        assert "/status" in told or "/feeds" in told
        assert chat.told() == [], "the slow one is still looked at"


async def test_what_one_person_says_is_done_in_his_order(tmp_path: Path) -> None:
    async with open_chat(tmp_path, language="en") as chat:
        answers = await a_slow_site(chat)
        first = await under_way(chat, f"/addfeed {SLOW}")
        second = chat.telegram.control.say(OWNER, "/status")
        await chat.until_confirmed(second)
        assert chat.told() == []

        answers.set()
        await chat.until_heard(first)
        await chat.until_heard(second)

        added, status = chat.told()
        assert "Pelan" in added
        assert "2 feeds" in status


@pytest.mark.parametrize("said", REACHING_OUT)
async def test_what_a_restart_cut_off_is_done_or_answered(tmp_path: Path, said: str) -> None:
    async with prepare_chat(tmp_path) as chat:
        chat.speaks("en")
        await a_slow_site(chat)
        async with running(chat):
            await under_way(chat, said)
            waits = chat.telegram.control.say(OWNER, "/status")
            await chat.until_confirmed(waits)
        assert chat.told() == []

        told = []
        for _ in range(2):
            chat.listener = another(chat)
            async with running(chat):
                told += await chat.says("/cancel")

    assert [each.startswith(CUT_OFF) for each in told] == [True, False, False], "once, for both"


async def test_a_press_that_a_restart_cut_off_is_done(tmp_path: Path) -> None:
    async with prepare_chat(tmp_path) as chat:
        chat.speaks("en")
        number = chat.telegram.control.say(OWNER, FEED)
        await chat.store.take_up(number, now=chat.clock.at)  # and the machine stops right here

        async with running(chat):
            await chat.until_heard(number)

        (told,) = chat.told()
        assert told.startswith(CUT_OFF)


async def test_what_was_done_is_not_called_cut_off(chat: Chat) -> None:
    await chat.says("/status")

    await tell_all_cut_off(another(chat).scenes)

    assert chat.told() == []


async def test_a_stranger_hears_nothing_of_a_stop(chat: Chat) -> None:
    await chat.store.take_up(7, person=STRANGER, now=chat.clock.at)

    await tell_all_cut_off(another(chat).scenes)

    assert chat.told(STRANGER) == []
    assert await chat.store.cut_off() == {}


async def test_a_stewards_look_goes_on_after_a_restart(chat: Chat) -> None:
    await a_steward(chat)
    scene = await chat.listener.scenes.later(BUDI, "Budi")
    at = await scene.say(scene.words.count("found.looking", 1))
    await save(scene, Find(at=at, links=(FEED,)))
    await chat.listener.errands._note((BUDI, "look", at), begun=True)  # and the machine stops
    chat.told(BUDI)

    anew = another(chat)
    await anew.errands.take_up_again(anew.scenes.later, may)

    assert "Daily Berita" in str(chat.told(BUDI))


async def test_a_stewards_look_at_his_feeds_newest_story_goes_on_and_no_other(chat: Chat) -> None:
    mine, other = await a_steward(chat)
    his = await a_source(chat.store, "his", url=FEED, to=[mine.id])
    foreign = await a_source(chat.store, "foreign", url=f"{FEED}2", to=[other.id])
    for feed in (his, foreign):
        await chat.listener.errands._note((BUDI, "sample", feed.id), begun=True)
    chat.told(BUDI)

    anew = another(chat)
    await anew.errands.take_up_again(anew.scenes.later, may)

    assert len(chat.told(BUDI)) == 1
    assert await anew.errands._noted() == []


async def test_turns_are_bounded_and_each_persons_are_kept_in_order() -> None:
    turns, done = Turns(), list[tuple[int, int]]()
    gate, most = asyncio.Event(), list[int]()
    busy = 0

    def deed(person: int, wish: int) -> Deed:
        async def do() -> None:
            nonlocal busy
            busy += 1
            most.append(busy)
            await gate.wait()
            await asyncio.sleep(0)
            busy -= 1
            done.append((person, wish))

        return do

    async with asyncio.timeout(5), turns.beside(), asyncio.TaskGroup() as tasks:
        for wish in range(WAITING_MAX + 1):
            person = wish % (PEOPLE_MAX + 4)
            if wish == WAITING_MAX:
                late = tasks.create_task(turns.take(person, wish, deed(person, wish)))
                await asyncio.sleep(0)
                assert not late.done(), "nothing more is heard"
                gate.set()
            else:
                await turns.take(person, wish, deed(person, wish))

    assert len(done) == WAITING_MAX + 1
    assert max(most) == PEOPLE_MAX
    for person in range(PEOPLE_MAX + 4):
        his = [wish for whose, wish in done if whose == person]
        assert his == sorted(his)
