"""What was counted one after another does not leave together when a slow disk lets it all go."""

import asyncio
from datetime import timedelta

import async_solipsism
import pytest

from bot.adapter import RetryLater, Scope, Sent
from bot.pace import telegram_chat_limit, telegram_posts_limit
from bot.pacer import Pacer, loop_seconds
from bot.passage import Passage
from bot.turn import PACE_FULL, Halt, Turns
from feeds.group_commit import GroupCommit
from tests.simulation.stage import most_in
from tests.world.clock import SimClock

LANES = 60
SECONDS = 30.0
BOT = Scope(name="telegram:bot:1", limit=telegram_posts_limit(25))


class Street:
    """Lanes with much to send through one token, over a disk that takes `commit` seconds."""

    def __init__(self, commit: float) -> None:
        self.left: list[float] = []
        self.withdrawn: list[RetryLater] = []
        self.passage = Passage()
        self._clock = SimClock()
        self._pacer = Pacer(self._clock, steady=loop_seconds)
        self._commit = commit
        self._disk = asyncio.Lock()
        self._ledger = GroupCommit(self._write, most=200, gather=timedelta(milliseconds=2))

    async def run(self) -> None:
        end = loop_seconds() + SECONDS
        self.passage.proven(loop_seconds())
        async with asyncio.TaskGroup() as tasks:
            for number in range(LANES):
                tasks.create_task(self._lane(number, end))
            tasks.create_task(self._prove(end))

    async def _lane(self, number: int, end: float) -> None:
        chat = Scope(name=f"telegram:chat:{number}", limit=telegram_chat_limit(18))
        turns = Turns(
            pacer=self._pacer,
            scopes=(BOT, chat),
            passage=self.passage,
            lanes=lambda: LANES,
            clock=self._clock,
            stopping=lambda: False,
        )
        while loop_seconds() < end:
            turn = await turns.take()
            if isinstance(turn, Halt):
                await asyncio.sleep(1)
                continue
            await self._ledger.put("intent")
            if (withdrawn := await turns.leave(turn)) is None:
                self.left.append(loop_seconds())
                await asyncio.sleep(0.1)
                turns.heed(Sent(message_id="1"), None)
            else:
                self.withdrawn.append(withdrawn)
            turns.end(turn)
            await self._ledger.put("outcome")

    async def _write(self, items: list[str]) -> list[bool]:
        async with self._disk:
            await asyncio.sleep(self._commit)
        return [True] * len(items)

    async def _prove(self, end: float) -> None:
        while loop_seconds() < end:
            if self.passage.wants_proof():
                self.passage.proven(loop_seconds())
            await asyncio.sleep(1)


@pytest.mark.parametrize(("commit", "at_least"), [(0.02, 500), (0.3, 250), (2.0, 150)])
def test_no_second_sees_more_leave_than_the_bot_may_send_however_slow_the_disk(
    commit: float, at_least: int
) -> None:
    with asyncio.Runner(loop_factory=async_solipsism.EventLoop) as runner:

        async def whole() -> Street:
            street = Street(commit)
            await street.run()
            return street

        street = runner.run(whole())

    assert most_in(1.0, street.left) <= 25
    assert most_in(0.1, street.left) <= 5
    assert len(street.left) >= at_least
    assert {each.reason for each in street.withdrawn} <= {PACE_FULL}
    assert not any(each.counts for each in street.withdrawn)
