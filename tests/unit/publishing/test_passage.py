"""The way out through one token: few at a time, shut by a doubt, opened by a proof."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from itertools import pairwise
from typing import Any

import async_solipsism
import pytest

from bot.passage import (
    EXCUSED_MAX,
    PAUSE_MAX,
    SLOW_AFTER,
    Passage,
    Ticket,
    Unproven,
    in_flight_max,
)
from bot.rest import REST_MAX, rest_after

SLOW = SLOW_AFTER.total_seconds()


def play(deeds: Callable[[], Coroutine[Any, Any, None]]) -> None:
    with asyncio.Runner(loop_factory=async_solipsism.EventLoop) as runner:
        runner.run(deeds())


def one() -> int:
    return 1


def now() -> float:
    return asyncio.get_running_loop().time()


def begin(deed: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    return asyncio.get_running_loop().create_task(deed)


def an_open_passage() -> Passage:
    passage = Passage()
    passage.proven(now())
    return passage


async def enter(passage: Passage) -> Ticket:
    ticket = await passage.enter(one)
    assert ticket is not None
    return ticket


@pytest.mark.parametrize(
    ("lanes", "milliseconds", "sends"),
    [
        (0, 100, 1),
        (1, 100, 1),
        (1, 2_000, 2),
        (10, 100, 1),
        (10, 450, 4),
        (64, 20, 1),
        (64, 100, 2),
        (1_000, 450, 10),
    ],
)
def test_as_few_sends_are_under_way_as_keep_up_telegrams_rate(
    lanes: int, milliseconds: int, sends: int
) -> None:
    assert in_flight_max(lanes, timedelta(milliseconds=milliseconds)) == sends


def test_sends_that_last_let_more_be_under_way_but_only_after_a_success() -> None:
    async def deeds() -> None:
        passage, entered = an_open_passage(), 0

        async def come() -> None:
            nonlocal entered
            ticket = await passage.enter(lambda: 20)
            assert ticket is not None
            entered += 1
            await asyncio.sleep(0.5)
            passage.leave(ticket)

        async with asyncio.TaskGroup() as tasks:
            for _ in range(10):
                tasks.create_task(come())
            await asyncio.sleep(1.2)
            assert entered == 3, "one by one, as long as nothing was sent with success"
            passage.sent()
            await asyncio.sleep(0.5)
            assert entered > 4

    play(deeds)


def test_a_place_given_back_without_a_send_says_nothing_of_how_long_sends_last() -> None:
    async def deeds() -> None:
        passage = an_open_passage()
        passage.sent()
        for _ in range(20):
            ticket = await enter(passage)
            await asyncio.sleep(1)
            passage.leave(ticket)
        for _ in range(20):
            passage.give_back(await enter(passage))

        together = [begin(passage.enter(lambda: 20)) for _ in range(20)]
        await asyncio.sleep(0)

        assert sum(task.done() for task in together) == in_flight_max(20, timedelta(seconds=1))
        for task in together:
            task.cancel()

    play(deeds)


def test_a_proof_begun_before_a_doubt_says_nothing_of_it() -> None:
    async def deeds() -> None:
        passage = an_open_passage()
        asked_at = now()
        await asyncio.sleep(0.5)
        passage.doubt("timed out")
        passage.doubt("timed out")

        passage.proven(asked_at)
        assert not passage.is_open
        passage.not_proven(Unproven(why="502"))
        await asyncio.sleep(50)
        assert not passage.wants_proof(), "the rest after two doubts is not cut short"

    play(deeds)


def test_nothing_goes_out_before_the_first_proof() -> None:
    async def deeds() -> None:
        passage = Passage()

        assert await passage.enter(one) is None
        assert passage.wants_proof()
        assert passage.trouble is None, "nothing is wrong yet"
        passage.proven(now())
        assert await passage.enter(one) is not None

    play(deeds)


def test_a_second_send_waits_for_the_first_to_be_answered_in_the_order_of_coming() -> None:
    async def deeds() -> None:
        passage = an_open_passage()
        first = await enter(passage)
        entered: list[int] = []

        async def come(number: int) -> None:
            ticket = await enter(passage)
            entered.append(number)
            await asyncio.sleep(1)
            passage.leave(ticket)

        async with asyncio.TaskGroup() as tasks:
            for number in range(3):
                tasks.create_task(come(number))
            await asyncio.sleep(1)
            assert entered == []
            passage.leave(first)
            passage.leave(first)  # said again, it means nothing
            await asyncio.sleep(0.5)
            assert entered == [0]
        assert entered == [0, 1, 2]

    play(deeds)


def test_a_doubt_turns_all_who_wait_away_until_a_proof() -> None:
    async def deeds() -> None:
        passage, opened = an_open_passage(), list[float]()
        passage.tell_when_open(lambda: opened.append(now()))
        first = await enter(passage)
        turned_away: list[Ticket | None] = []

        async def come() -> None:
            turned_away.append(await passage.enter(one))

        async with asyncio.TaskGroup() as tasks:
            for _ in range(3):
                tasks.create_task(come())
            await asyncio.sleep(0.1)
            passage.doubt("no answer heard")
            passage.leave(first)

        assert turned_away == [None, None, None]
        assert await passage.enter(one) is None
        assert passage.trouble == "in doubt: no answer heard"
        assert opened == []
        passage.proven(now())
        assert opened == [now()]
        assert await passage.enter(one) is not None
        assert passage.trouble is None

    play(deeds)


def test_proofs_that_fail_are_asked_for_ever_more_rarely_and_each_minute_in_the_end() -> None:
    async def deeds() -> None:
        passage, asked = Passage(), list[float]()

        while len(asked) < 12:
            if passage.wants_proof():
                asked.append(now())
                passage.not_proven(Unproven(why="502"))
            await asyncio.sleep(0.5)

        gaps = [later - earlier for earlier, later in pairwise(asked)]
        assert gaps[:6] == [1, 2, 4, 8, 16, 32]
        assert set(gaps[6:]) == {PAUSE_MAX.total_seconds()}

    play(deeds)


def test_a_proof_that_is_answered_429_is_not_asked_for_again_before_that_is_over() -> None:
    async def deeds() -> None:
        passage, asked = Passage(), list[float]()

        while len(asked) < 3:
            if passage.wants_proof():
                asked.append(now())
                passage.not_proven(Unproven(why="429", after=timedelta(seconds=300)))
            await asyncio.sleep(0.5)

        assert asked == [0, 300, 600]

    play(deeds)


def test_doubts_in_a_row_rest_longer_although_the_proof_succeeds() -> None:
    rests = [rest_after(doubts) for doubts in range(1, 12)]

    assert rests[:4] == [timedelta(minutes=minutes) for minutes in (0, 1, 2, 4)]
    assert rests[-1] == REST_MAX

    async def deeds() -> None:
        passage = an_open_passage()
        passage.doubt("silence")
        passage.proven(now())
        passage.doubt("silence")

        assert not passage.wants_proof()
        await asyncio.sleep(60)
        assert passage.wants_proof()
        passage.proven(now())
        passage.sent()
        passage.doubt("silence")
        await asyncio.sleep(1)
        assert passage.wants_proof(), "a success in between forgives"

    play(deeds)


def test_a_slow_send_holds_the_others_up_only_until_a_proof_speaks_for_the_token() -> None:
    async def deeds() -> None:
        passage = an_open_passage()
        await enter(passage)
        waiting = begin(enter(passage))
        await asyncio.sleep(SLOW - 0.1)
        assert not passage.wants_proof()
        await asyncio.sleep(0.1)

        assert passage.wants_proof()
        assert not waiting.done()
        passage.proven(now())
        await asyncio.sleep(0)
        assert waiting.done()

    play(deeds)


def test_a_proof_asked_before_a_send_was_slow_says_nothing_of_it() -> None:
    async def deeds() -> None:
        passage = an_open_passage()
        asked_at = now()
        await enter(passage)
        waiting = begin(enter(passage))
        await asyncio.sleep(SLOW)

        passage.proven(asked_at)

        await asyncio.sleep(0)
        assert not waiting.done()
        passage.doubt("silence")
        assert await asyncio.gather(waiting, return_exceptions=True)

    play(deeds)


def test_few_slow_sends_are_passed_by_not_one_after_another_for_ever() -> None:
    async def deeds() -> None:
        passage, entered = an_open_passage(), 0

        async def come() -> None:
            nonlocal entered
            if await passage.enter(one) is not None:
                entered += 1

        tasks = [begin(come()) for _ in range(10)]
        for _ in range(100):
            await asyncio.sleep(SLOW)
            if passage.wants_proof():
                passage.proven(now())
        assert entered == 1 + EXCUSED_MAX
        passage.doubt("silence")
        await asyncio.gather(*tasks)

    play(deeds)


def test_who_gives_up_waiting_takes_no_turn_with_him() -> None:
    async def deeds() -> None:
        passage = an_open_passage()
        first = await enter(passage)
        given_up = begin(enter(passage))
        patient = begin(enter(passage))
        await asyncio.sleep(0)

        passage.leave(first)  # the turn is his …
        given_up.cancel()  # … in the very moment he goes
        await asyncio.wait([given_up])

        assert isinstance(await patient, Ticket)

    play(deeds)
