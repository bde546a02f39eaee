"""Turns: each person's wishes are done in their order, and nobody waits for another's."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

PEOPLE_MAX: Final = 16  # served at once; others wait for one of them
WAITING_MAX: Final = 200  # wishes of all people; then nothing more is heard

Deed = Callable[[], Awaitable[None]]


class Turns:
    """One line of wishes for each person, gone as soon as it is worked off."""

    def __init__(self) -> None:
        self._tasks: asyncio.TaskGroup | None = None
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._lines: dict[int, deque[tuple[int, Deed]]] = {}
        self._over: dict[int, asyncio.Event] = {}  # by wish
        self._served = asyncio.Semaphore(PEOPLE_MAX)
        self._room = asyncio.Semaphore(WAITING_MAX)

    @asynccontextmanager
    async def beside(self) -> AsyncIterator[None]:
        """Let people be served beside the block; its end by a fault or a stop cuts them off."""
        self._begin_anew()
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            try:
                yield
            finally:
                self._tasks = None

    async def take(self, person: int, wish: int, deed: Deed) -> None:
        """Do what somebody wishes after his earlier wishes, or at once if nothing runs beside us.

        `wish` is its number; `deed` raises nothing. Returns as soon as it has a place in a line.
        """
        if self._tasks is None:
            await deed()
            return
        await self._room.acquire()
        self._over[wish] = asyncio.Event()
        if person in self._lines:
            self._lines[person].append((wish, deed))
            return
        self._lines[person] = deque([(wish, deed)])
        self._tasks.create_task(self._serve(person), name=f"person {person}")

    async def over(self, wish: int) -> None:
        """Wait until a wish is done, if it has a place in a line."""
        if wish in self._over:
            await self._over[wish].wait()

    async def _serve(self, person: int) -> None:
        line = self._lines[person]
        await self._served.acquire()
        while line:
            wish, deed = line.popleft()
            await deed()
            self._room.release()
            self._over.pop(wish).set()
        del self._lines[person]
        self._served.release()
