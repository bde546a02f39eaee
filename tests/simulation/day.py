"""One seeded day: stories appear, the outside misbehaves, Berita dies and is started again.

`live(seed, disk)` plays it and gives what was seen; the same seed gives the same trace.
"""

import asyncio
import gc
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from config import Settings, load
from tests.simulation.books import read_books
from tests.simulation.building import open_outside
from tests.simulation.machine import Machine
from tests.simulation.people import People
from tests.simulation.plan import HOUR, Plan, configuration, draw
from tests.simulation.publishers import Publisher
from tests.simulation.seen import Seen
from tests.simulation.weather import Weather
from tests.world.clock import SimClock
from tests.world.disk import Disk
from tests.world.mortal import WorldLoop

DEATHS_MAX = 8  # by temptation; each start costs as much as fifty deliveries
LIVES = 5  # of a day, about, were nobody killed
DRAIN_MAX = 120 * HOUR  # longer than the whole retry schedule
DRAINS_MAX = 60  # runs of it
DRAIN_STRETCH = 10.0
QUIET_SECONDS = 300.0  # with nothing due for so long, the rest of the night is skipped
STRUCK, STROKE = 0.5, 0.03  # how many days end with a death, and how soon it comes
BASELINE_ITEMS = 10
STORIES_MAX = 45  # of one feed: fewer than a document shows
BURST = 28  # more than goes out at once
RESTS = (0.1, 1.0, 5.0, 30.0)  # seconds between an end and the next start

_DUE = """
    SELECT max(d.due_at, coalesce(p.not_before, 0), coalesce(p.lease_until, 0))
    FROM deliveries d JOIN destinations p ON p.id = d.destination
    WHERE d.state IN ('waiting', 'sending') AND p.state = 'open'
    UNION ALL SELECT look_at FROM deliveries WHERE state = 'in_doubt' AND look_at IS NOT NULL
"""


def live(seed: int, disk: Disk) -> Seen:
    """Play a day on a disk that is wiped first."""
    disk.wipe()
    plan = draw(seed)
    file = disk.path.with_name("berita.toml")
    file.write_text(configuration(plan, disk.path))
    settings = load(file, {}, disk.path.parent)
    with _few_collections(), asyncio.Runner(loop_factory=WorldLoop) as runner:
        return runner.run(Day(plan, settings, disk).play())


@contextmanager
def _few_collections() -> Iterator[None]:
    """Collect garbage after a day, not a thousand times in it: that took a third of its time."""
    if not gc.get_freeze_count():
        gc.collect()
        gc.freeze()  # what was imported stays
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.collect()


class Day:
    """A day as it is lived."""

    def __init__(self, plan: Plan, settings: Settings, disk: Disk) -> None:
        self._plan = plan
        self._disk = disk
        self._dice = random.Random(plan.seed)
        self._clock = clock = SimClock()
        self._outside = outside = open_outside(plan, clock, self._roll())
        self._machine = Machine(
            settings=settings,
            disk=disk,
            outside=outside,
            clock=clock,
            dice=self._roll(),
            stretch=plan.stretch,
        )
        self._diary = diary = self._machine.diary
        self._weather = Weather(
            plan=plan, outside=outside, machine=self._machine, dice=self._roll()
        )
        self._people = People(
            plan=plan, outside=outside, disk=disk, clock=clock, diary=diary, dice=self._roll()
        )

    async def play(self) -> Seen:
        """Live it from the first poll to the last delivery."""
        await self._begin()
        ends = _time() + self._plan.seconds
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._weather.blow(ends))
            tasks.create_task(self._people.live(ends))
            for feed in self._plan.feeds:
                publisher = self._outside.publishers[feed.name]
                tasks.create_task(self._write(publisher, feed.stories, ends))
            tasks.create_task(self._live_and_die(ends))
        self._weather.heal()
        self._diary.healed_at = _time()
        if self._dice.random() < STRUCK:
            await self._strike()
        await self._drain()
        await self._outside.settle()
        self._diary.ended_at = _time()
        return Seen(
            plan=self._plan,
            outside=self._outside,
            diary=self._diary,
            books=read_books(self._disk),
        )

    async def _begin(self) -> None:
        """Give every feed a past, and let Berita look at it once."""
        for publisher in self._outside.publishers.values():
            for _ in range(BASELINE_ITEMS):
                publisher.publish(0)
            titles = [item.title for item in publisher.items]
            self._diary.baseline[publisher.name] = titles
            self._diary.published[publisher.name] = []
        await self._machine.run(_time() + 60)

    async def _write(self, publisher: Publisher, stories: int, ends: float) -> None:
        dice = self._roll()
        written = self._diary.published[publisher.name]
        while len(written) < STORIES_MAX:
            await asyncio.sleep(dice.expovariate(stories / self._plan.seconds))
            if _time() >= ends:
                return
            chance = dice.random()
            count = 1 if chance < 0.9 else dice.randrange(2, 8) if chance < 0.98 else BURST
            for _ in range(min(count, STORIES_MAX - len(written))):
                written.append(publisher.publish(_time()).title)

    async def _live_and_die(self, ends: float) -> None:
        """Run; be stopped, or killed wherever it hurts; be started again."""
        while (now := _time()) < ends:
            survives = len(self._diary.deaths) >= DEATHS_MAX
            self._machine.deadly = 0.0 if survives else self._plan.deadly
            lifetime = self._dice.expovariate(LIVES / self._plan.seconds)
            kindly = self._dice.random() < 0.3
            await self._machine.run(min(now + lifetime, ends), kindly=kindly)
            rest = self._dice.choice((*RESTS, self._plan.seconds / 20))
            await asyncio.sleep(min(rest, max(ends - _time(), 0)))

    async def _strike(self) -> None:
        """Die in fair weather, in the midst of something: what is in doubt then can be proven."""
        for publisher in self._outside.publishers.values():
            item = publisher.publish(_time())
            self._diary.published[publisher.name].append(item.title)
        self._machine.deadly, self._machine.stretch = STROKE, DRAIN_STRETCH
        await self._people.open_again()
        await self._machine.run(_time() + 60 + 2 * max(f.every_seconds for f in self._plan.feeds))

    async def _drain(self) -> None:
        """Let the healed world run until nothing waits, asleep while nothing is due."""
        self._machine.deadly, self._machine.stretch = 0.0, DRAIN_STRETCH
        until = _time() + DRAIN_MAX
        await self._people.open_again()
        for _ in range(DRAINS_MAX):
            await self._machine.run(until, done=self._is_quiet)
            await self._people.open_again()
            next_at = self._next_due_at()
            if next_at is None or _time() > until:
                return
            await asyncio.sleep(max(next_at - _time() - 1, 0))

    def _is_quiet(self) -> bool:
        next_at = self._next_due_at()
        return next_at is None or next_at > _time() + QUIET_SECONDS

    def _next_due_at(self) -> float | None:
        """Tell when something falls due: a delivery, a look, a first poll since the world is well.

        In the loop's time; None: all is done.
        """
        zero = (self._clock.now() - timedelta(seconds=_time())).timestamp()
        dues = [at for (at,) in self._disk.look(_DUE)]
        publishers = self._outside.publishers.values()
        stale = {p.name for p in publishers if p.read_at < self._diary.healed_at}
        polls = self._disk.look("SELECT name, next_poll_at FROM feeds WHERE state = 'active'")
        dues += [at for name, at in polls if name in stale]
        return min((at / 1000 - zero for at in dues), default=None)

    def _roll(self) -> random.Random:
        return random.Random(self._dice.random())


def _time() -> float:
    return asyncio.get_running_loop().time()
