"""The machine Berita runs on: starts the process, ends it kindly or not, and starts it again."""

import asyncio
import io
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.app.application import App
from bot.world import World
from config import Settings
from feeds.errors import BeritaError
from feeds.parse import InlineParser
from tests.simulation.outside import SimOutside
from tests.simulation.seen import Diary
from tests.world.clock import SimClock, SimRings
from tests.world.disk import Disk, DiskFaults
from tests.world.mortal import Life
from tests.world.telegram_session import SimSession

LOOK_SECONDS = 20.0  # between looks whether all is done
NO_TIME = 0.001  # less is no time at all


@dataclass(slots=True, kw_only=True)
class Machine:
    """One machine with one disk; at most one process at a time."""

    settings: Settings
    disk: Disk
    outside: SimOutside
    clock: SimClock
    dice: random.Random
    diary: Diary = field(default_factory=Diary)
    faults: DiskFaults = field(default_factory=DiskFaults)
    stretch: float = 1.0  # bells ring so much more rarely than they should
    deadly: float = 0.0  # how likely each deed is among the last

    def __post_init__(self) -> None:
        """Let the diary know of every write that the disk refuses, or takes long over."""
        self.faults.refused_at = self.diary.refusals
        self.faults.stalled_at = self.diary.stalls

    async def run(
        self, ends: float, *, kindly: bool = True, done: Callable[[], bool] | None = None
    ) -> None:
        """Run one process until then, or until all is done; end it kindly, or not."""
        life = self._begin()

        async def end() -> None:
            # What to wait for is in the store and in the outside: there is no event of it.
            while (left := ends - _time()) > NO_TIME and not (done and done()):  # noqa: ASYNC110
                await asyncio.sleep(min(left, LOOK_SECONDS) if done else left)
            if not kindly:
                life.die()

        async with asyncio.TaskGroup() as tasks:
            ending = tasks.create_task(end())
            await self._live(life, ending)
            ending.cancel()

    @asynccontextmanager
    async def running(self, *, kindly: bool = True) -> AsyncIterator[Life]:
        """Run a process as long as the block lasts."""
        life, over = self._begin(), asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            ending = tasks.create_task(over.wait())
            living = tasks.create_task(self._live(life, ending))
            try:
                yield life
            finally:
                if not kindly:
                    life.die()
                over.set()
                await living

    def suspend(self, seconds: float) -> None:
        """Halt the machine: time passes, and nobody does anything."""
        loop: Any = asyncio.get_running_loop()
        loop._selector.clock.advance(seconds)

    def _begin(self) -> Life:
        self.diary.starts.append(_time())
        life = Life()
        life.tempted_by(self._roll(), self.deadly)
        return life

    async def _live(self, life: Life, ending: "asyncio.Task[Any]") -> None:
        try:
            if not await life.live(lambda: self._process(life, ending)):
                self.diary.deaths.append(_time())
        except BeritaError:
            await asyncio.sleep(1)  # it told why and ended; it will be started again
        except Exception as error:  # noqa: BLE001  # whatever it is, the oracle must hear of it
            self.diary.crashes.append(f"{type(error).__name__}: {error}")

    async def _process(self, life: Life, ending: "asyncio.Task[Any]") -> None:
        """Do what `berita run` does."""
        store = self.disk.store_of(life, self.faults, dice=self._roll(), chance=self._roll())
        app = App.build(settings=self.settings, world=self._world(life), store=store)
        await app.prepare()
        ending.add_done_callback(lambda _: app.stop())
        await app.run()
        await app.close()

    def _world(self, life: Life) -> World:
        rings = SimRings(self.stretch)
        life.at_death.append(rings.stop)
        return World(
            clock=self.clock,
            dice=self._roll(),
            web=self.outside,
            parser=InlineParser(),
            terminal=io.StringIO(),
            telegram_session=lambda api_base, gate: SimSession(
                self.outside.telegram, api_base=api_base, gate=gate
            ),
            rings=lambda: rings,
            reached=lambda _point: life.act(),
        )

    def _roll(self) -> random.Random:
        return random.Random(self.dice.random())


def _time() -> float:
    return asyncio.get_running_loop().time()
