"""Group commit: many callers, few transactions; whoever comes first commits for all who wait."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(slots=True, eq=False)
class _Ticket(Generic[Item, Result]):
    """One caller's item: its outcome, and the call that wakes it to hear that or to lead."""

    item: Item
    woken: asyncio.Future[None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    result: Result | None = None
    error: BaseException | None = None
    settled: bool = False

    def settle(self, *, result: Result | None = None, error: BaseException | None = None) -> None:
        self.result, self.error, self.settled = result, error, True
        self.wake()

    def wake(self) -> None:
        if not self.woken.done():
            self.woken.set_result(None)


class GroupCommit(Generic[Item, Result]):
    """Gathers the items put while a commit runs and commits them together, at most `most` at once.

    `commit` takes the items in the order they were put and answers one result for each, in order.
    What it raises reaches every caller of that batch and no other. `gather` is how long the first
    of a batch waits for company. A cancelled caller whose item still waits takes it back; one whose
    item is being committed hears the outcome first and is cancelled then, so that nothing
    half-known is left behind. A commit is never cut off.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]],
        *,
        most: int,
        gather: timedelta = timedelta(0),
    ) -> None:
        assert most >= 1, "a commit takes at least one item"
        self._commit = commit
        self._most = most
        self._gather_seconds = gather.total_seconds()
        self._queue: deque[_Ticket[Item, Result]] = deque()
        self._led = False

    async def put(self, item: Item) -> Result:
        """Commit the item, with others or alone, and give its result; raises what `commit` did."""
        ticket: _Ticket[Item, Result] = _Ticket(item)
        self._queue.append(ticket)
        if self._led:
            await self._follow(ticket)
        if not ticket.settled:
            self._led = True
            await self._gather(ticket)
            await self._lead()
        if ticket.error is not None:
            raise ticket.error
        return ticket.result  # type: ignore[return-value]  # settled without an error: it is there

    async def _follow(self, ticket: _Ticket[Item, Result]) -> None:
        """Wait until the item is settled, or until this caller is the one to lead."""
        try:
            await asyncio.shield(ticket.woken)
        except asyncio.CancelledError:
            if ticket in self._queue:
                self._queue.remove(ticket)
                if ticket.woken.done():  # chosen to lead in the very moment of its cancellation
                    self._pass_on()
            else:
                await _hear(ticket.woken)
            raise

    async def _gather(self, ticket: _Ticket[Item, Result]) -> None:
        """Give others a moment to come along; what a commit costs is then shared by more."""
        if not self._gather_seconds or len(self._queue) >= self._most:
            return
        try:
            await asyncio.sleep(self._gather_seconds)
        except asyncio.CancelledError:
            self._queue.remove(ticket)
            self._pass_on()
            raise

    async def _lead(self) -> None:
        """Commit the batch at the head of the queue, then let the next in line lead."""
        batch = [self._queue.popleft() for _ in range(min(self._most, len(self._queue)))]
        run = asyncio.ensure_future(  # noqa: TID251  # not detached: it is heard to its end below
            self._settle(batch)
        )
        try:
            await asyncio.shield(run)
        except asyncio.CancelledError:
            await _hear(run)
            raise
        finally:
            self._pass_on()

    async def _settle(self, batch: Sequence[_Ticket[Item, Result]]) -> None:
        try:
            results = await self._commit([ticket.item for ticket in batch])
            assert len(results) == len(batch), "a commit answers for each of its items"
        except BaseException as error:  # noqa: BLE001  # it is raised again, in each caller's place
            for ticket in batch:
                ticket.settle(error=error)
        else:
            for ticket, result in zip(batch, results, strict=True):
                ticket.settle(result=result)

    def _pass_on(self) -> None:
        self._led = bool(self._queue)
        if self._queue:
            self._queue[0].wake()


async def _hear(outcome: "asyncio.Future[None]") -> None:
    """Wait for the outcome however often the caller is cancelled meanwhile."""
    while not outcome.done():
        try:
            await asyncio.shield(outcome)
        except asyncio.CancelledError:
            continue
