import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from feeds.group_commit import GroupCommit

MOMENT = timedelta(milliseconds=20)


class Ledger:
    """Commits numbers slowly, on request not at all; answers each with its double."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.open = asyncio.Event()
        self.open.set()
        self.refuse: set[int] = set()
        self.kept = asyncio.Event()  # a batch was

    async def commit(self, items: Sequence[int]) -> Sequence[int]:
        await self.open.wait()
        if self.refuse & set(items):
            raise OSError("disk full")
        self.batches.append(list(items))
        self.kept.set()
        return [item * 2 for item in items]


async def settle() -> None:
    """Let every task that can run do so."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_lone_item_is_committed_at_once() -> None:
    ledger = Ledger()

    result = await GroupCommit(ledger.commit, most=10).put(7)

    assert result == 14
    assert ledger.batches == [[7]]


async def test_items_put_during_a_commit_go_together_in_the_next() -> None:
    ledger = Ledger()
    group = GroupCommit(ledger.commit, most=10)
    ledger.open.clear()

    async with asyncio.TaskGroup() as tasks:
        puts = [tasks.create_task(group.put(number)) for number in range(6)]
        await settle()
        ledger.open.set()

    assert ledger.batches == [[0], [1, 2, 3, 4, 5]]
    assert [put.result() for put in puts] == [0, 2, 4, 6, 8, 10]


async def test_no_batch_is_larger_than_allowed() -> None:
    ledger = Ledger()
    group = GroupCommit(ledger.commit, most=2)

    async with asyncio.TaskGroup() as tasks:
        for number in range(6):
            tasks.create_task(group.put(number))

    assert [item for batch in ledger.batches for item in batch] == [0, 1, 2, 3, 4, 5]
    assert max(map(len, ledger.batches)) == 2


async def test_a_refused_batch_fails_for_each_of_its_items_and_no_other() -> None:
    ledger = Ledger()
    group = GroupCommit(ledger.commit, most=2)
    ledger.open.clear()
    ledger.refuse = {2}

    async with asyncio.TaskGroup() as tasks:
        puts = [tasks.create_task(heard(group, number)) for number in range(5)]
        await settle()
        ledger.open.set()

    assert [put.result() for put in puts] == [0, "disk full", "disk full", 6, 8]


async def heard(group: GroupCommit[int, int], number: int) -> int | str:
    try:
        return await group.put(number)
    except OSError as error:
        return str(error)


async def test_the_group_goes_on_after_a_refusal() -> None:
    ledger = Ledger()
    group = GroupCommit(ledger.commit, most=2)
    ledger.refuse = {1}
    with pytest.raises(OSError, match="disk full"):
        await group.put(1)

    assert await group.put(2) == 4


async def test_a_cancelled_leader_ends_its_commit_and_the_next_one_leads() -> None:
    ledger = Ledger()
    group = GroupCommit(ledger.commit, most=10)
    ledger.open.clear()

    async with asyncio.TaskGroup() as tasks:
        leader = tasks.create_task(group.put(1))
        followers = [tasks.create_task(group.put(number)) for number in (2, 3)]
        await settle()
        leader.cancel()
        await settle()
        still_there = not leader.done()
        ledger.open.set()

    assert still_there
    assert leader.cancelled()
    assert ledger.batches == [[1], [2, 3]]
    assert [follower.result() for follower in followers] == [4, 6]


async def test_a_cancelled_follower_takes_its_waiting_item_back() -> None:
    ledger = Ledger()
    group = GroupCommit(ledger.commit, most=10)
    ledger.open.clear()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(group.put(1))
        follower = tasks.create_task(group.put(2))
        tasks.create_task(group.put(3))
        await settle()
        follower.cancel()
        await settle()
        gone_at_once = follower.cancelled()
        ledger.open.set()

    assert gone_at_once
    assert ledger.batches == [[1], [3]]


async def test_a_follower_cancelled_during_its_commit_hears_the_outcome_first() -> None:
    ledger = Ledger()
    group = GroupCommit(ledger.commit, most=10)
    ledger.open.clear()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(group.put(1))
        tasks.create_task(group.put(2))
        follower = tasks.create_task(group.put(3))
        await settle()
        ledger.open.set()
        await ledger.kept.wait()
        ledger.open.clear()
        await settle()
        follower.cancel()
        follower.cancel()
        await settle()
        waited = not follower.done()
        ledger.open.set()

    assert waited
    assert follower.cancelled()
    assert ledger.batches == [[1], [2, 3]]


async def test_leadership_survives_a_heir_cancelled_in_the_moment_it_inherits() -> None:
    ledger = Ledger()
    group = GroupCommit(ledger.commit, most=1)
    ledger.open.clear()

    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(group.put(1))
        heir = tasks.create_task(group.put(2))
        last = tasks.create_task(group.put(3))
        await settle()
        first.add_done_callback(lambda _: heir.cancel())
        ledger.open.set()

    assert heir.cancelled()
    assert last.result() == 6
    assert await group.put(4) == 8


async def test_nothing_is_lost_whoever_is_cancelled_whenever() -> None:
    for step in range(40):
        ledger = Ledger()
        group = GroupCommit(ledger.commit, most=2)
        puts = await cancelled_at(step, group)

        kept = {item for batch in ledger.batches for item in batch}
        for number, put in enumerate(puts):
            assert put.done()
            assert put.cancelled() or number in kept
        assert await group.put(99) == 198


async def cancelled_at(step: int, group: GroupCommit[int, int]) -> list["asyncio.Task[int]"]:
    """Put five items and cancel one of them after `step` turns of the loop."""
    async with asyncio.TaskGroup() as tasks:
        puts = [tasks.create_task(group.put(number)) for number in range(5)]
        for _ in range(step // 5):
            await asyncio.sleep(0)
        puts[step % 5].cancel()
    return puts


async def test_an_answer_too_few_is_a_fault_that_everybody_hears() -> None:
    async def forgetful(_items: Sequence[int]) -> Sequence[int]:
        return []

    with pytest.raises(AssertionError, match="answers for each"):
        await GroupCommit(forgetful, most=10).put(1)


async def test_a_moment_to_gather_lets_items_share_one_commit() -> None:
    ledger = Ledger()
    group = GroupCommit(ledger.commit, most=10, gather=MOMENT)

    async with asyncio.TaskGroup() as tasks:
        puts = [tasks.create_task(group.put(number)) for number in range(4)]

    assert ledger.batches == [[0, 1, 2, 3]]
    assert [put.result() for put in puts] == [0, 2, 4, 6]


async def test_a_full_batch_gathers_no_longer() -> None:
    ledger = Ledger()
    group = GroupCommit(ledger.commit, most=1, gather=timedelta(days=1))

    result = await group.put(7)

    assert result == 14


async def test_who_is_cancelled_while_gathering_takes_the_item_back_and_others_go_on() -> None:
    ledger = Ledger()
    group = GroupCommit(ledger.commit, most=10, gather=MOMENT)

    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(group.put(1))
        second = tasks.create_task(group.put(2))
        await settle()
        first.cancel()

    assert first.cancelled()
    assert second.result() == 4
    assert ledger.batches == [[2]]
