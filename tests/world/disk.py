"""A database file that is used day after day, and the store as one simulated process meets it."""

import asyncio
import random
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from feeds.errors import StoreUnavailable
from feeds.store import Store
from feeds.store.sqlite import SqliteRunner
from tests.world.mortal import Life

Result = TypeVar("Result")


@dataclass(slots=True)
class DiskFaults:
    """How the disk behaves; all zero while the world is well."""

    full: bool = False  # takes no write
    hiccup: float = 0.0  # how likely a write is refused
    stall: float = 0.0  # how likely a call takes long …
    stall_seconds: float = 0.0  # … and how long, at most
    refused_at: list[float] = field(default_factory=list)  # when writes were
    stalled_at: list[float] = field(default_factory=list)  # when calls began to take long


class Disk:
    """One SQLite file, wiped between days: opening, migrating and compiling cost once.

    Processes die in virtual time, not this one, so that nothing need reach the platters.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "berita.db"
        self._runner = SqliteRunner(self.path, inline=True)
        self._empty = sqlite3.connect(":memory:")

    async def open(self) -> None:
        """Make the file."""
        await self._runner.open(create=True, migrate=True)
        driver = self._runner._writes.driver
        driver.execute("PRAGMA synchronous = OFF")
        driver.backup(self._empty)

    def wipe(self) -> None:
        """Begin anew with an empty store."""
        self._empty.backup(self._runner._writes.driver)

    def store(self, dice: random.Random) -> Store:
        """Give the store to somebody who is no simulated process: it works at once."""
        return Store(self._runner, dice)

    def store_of(
        self, life: Life, faults: DiskFaults, *, dice: random.Random, chance: random.Random
    ) -> Store:
        """Give the store as a process finds it that was just started."""
        return Store(_MoodyRunner(self._runner, life, faults, chance), dice)

    def look(self, sql: str, *values: object) -> list[Any]:
        """Read what is written, behind everybody's back."""
        return self._runner._reads.driver.execute(sql, values).fetchall()

    async def close(self) -> None:
        """Close the file."""
        self._empty.close()
        await self._runner.close()


@dataclass(slots=True)
class _MoodyRunner:
    """A Runner whose every call is awaited as if a thread did it, and which refuses the dead."""

    inner: SqliteRunner
    life: Life
    faults: DiskFaults
    chance: random.Random

    async def write(self, operation: Callable[[sa.Connection], Result]) -> Result:
        return await self._do(lambda: self.inner.write(operation), writes=True)

    async def read(self, operation: Callable[[sa.Connection], Result]) -> Result:
        return await self._do(lambda: self.inner.read(operation))

    async def checkpoint(self) -> None:
        await self._do(self.inner.checkpoint, writes=True)

    async def backup(self, target: Path) -> None:
        await self._do(lambda: self.inner.backup(target))

    def hurry(self) -> None:
        self.life.step()

    async def close(self) -> None:
        """Leave the file open: the next process has it."""

    async def _do(self, deed: Callable[[], Any], *, writes: bool = False) -> Any:
        await self._wait()
        if writes:
            self.life.act()
            self._refuse()
        else:
            self.life.step()
        answer = await deed()
        self.life.step()
        await asyncio.sleep(0)
        return answer

    async def _wait(self) -> None:
        seconds = 0.0
        if self.faults.stall and self.chance.random() < self.faults.stall:
            seconds = self.chance.uniform(0, self.faults.stall_seconds)
            self.faults.stalled_at.append(asyncio.get_running_loop().time())
        await asyncio.sleep(seconds)

    def _refuse(self) -> None:
        hiccup = self.faults.hiccup and self.chance.random() < self.faults.hiccup
        if hiccup or self.faults.full:
            self.faults.refused_at.append(asyncio.get_running_loop().time())
            raise StoreUnavailable("The disk is full: free some space; nothing was half-written.")
