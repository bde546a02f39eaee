"""Runs errands: a few at once, each bounded in time; those cut off by a stop begin anew."""

import asyncio
import json
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol

import structlog

from bot.commands.answers import CannotAnswer
from bot.commands.border import told
from bot.commands.judging import OfFeed
from bot.commands.refusal import Refusal
from feeds.errors import BeritaError, StoreError

if TYPE_CHECKING:
    from bot.commands.cards.scene import Scene
    from feeds.ports import Clock
    from feeds.store import Store

NOTE: Final = "errands"
AT_ONCE_MAX: Final = 4  # of one person
MINUTE: Final = timedelta(minutes=1)
A_MINUTE_MAX: Final = 12  # begun by one person
LASTS_MAX: Final = timedelta(minutes=30)
KEPT_MAX: Final = 100  # remembered over a restart
OF_FEEDS: Final = frozenset({"sample"})  # about a feed; the others are about a message of his own

log = structlog.get_logger()

Errand = tuple[int, str, int]  # whose, of which kind, about what


class May(Protocol):
    """Judges whether somebody may do a deed (`rights.may`)."""

    async def __call__(self, scene: "Scene", deed: str, subject: OfFeed | None, /) -> bool:
        """Judge it."""
        ...


class Work(Protocol):
    """Does one errand, from its beginning or from where it was cut off."""

    async def __call__(self, scene: "Scene", on: int, /) -> None:
        """Do it; raises BeritaError, which the person is told."""
        ...


class Errands:
    """Long work, noted in the store until it is done."""

    def __init__(self, works: Mapping[str, Work], *, store: "Store", clock: "Clock") -> None:
        self._works = works
        self._store = store
        self._clock = clock
        self._tasks: asyncio.TaskGroup | None = None
        self._begun: dict[int, deque[datetime]] = {}
        self._under_way: Counter[int] = Counter()
        self._going: set[Errand] = set()
        self._noting = asyncio.Lock()
        self._idle = asyncio.Event()
        self._idle.set()

    @asynccontextmanager
    async def beside(self) -> AsyncIterator[None]:
        """Let errands run beside the block; its end cuts off those under way."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            try:
                yield
            finally:
                self._tasks = None

    def check_room(self, person: int) -> None:
        """Raise Refusal where a person asks for too much: each errand asks others' servers."""
        now, begun = self._clock.now(), self._begun.setdefault(person, deque())
        while begun and now - begun[0] >= MINUTE:
            begun.popleft()
        if len(begun) >= A_MINUTE_MAX or self._under_way[person] >= AT_ONCE_MAX:
            raise Refusal("errand.too_many")

    def is_under_way(self, person: int, kind: str, on: int) -> bool:
        """Tell whether this very errand is being done: a second tap need not begin it again."""
        return (person, kind, on) in self._going

    def is_any_under_way(self, kind: str) -> bool:
        """Tell whether anybody's errand of a kind is being done."""
        return any(kind == going for _, going, _ in self._going)

    async def start(self, scene: "Scene", kind: str, on: int) -> None:
        """Begin an errand, or do it at once if nothing runs beside us; raises Refusal as above.

        One that is under way already is left to go on.
        """
        if self.is_under_way(scene.person, kind, on):
            return
        self.check_room(scene.person)
        self._begun[scene.person].append(self._clock.now())
        await self._note((scene.person, kind, on), begun=True)
        await self._go(scene, kind, on)

    async def take_up_again(self, scene_of: Callable[[int], Awaitable["Scene"]], may: May) -> None:
        """Begin anew what a stop has cut off, for those who may still ask for it."""
        for person, kind, on in await self._noted():
            scene = await scene_of(person)
            subject = OfFeed(feed=on) if kind in OF_FEEDS else None
            if kind in self._works and await may(scene, f"errand.{kind}", subject):
                await self._go(scene, kind, on)
            else:
                await self._note((person, kind, on), begun=False)

    async def idle(self) -> None:
        """Wait until no errand is under way."""
        await self._idle.wait()

    async def _go(self, scene: "Scene", kind: str, on: int) -> None:
        self._under_way[scene.person] += 1
        self._going.add((scene.person, kind, on))
        self._idle.clear()
        doing = self._do(scene, kind, on)
        if self._tasks is None:
            await doing
        else:
            self._tasks.create_task(doing, name=f"errand {kind}")

    async def _do(self, scene: "Scene", kind: str, on: int) -> None:
        try:
            await self._guarded(scene, kind, on)
            await self._note((scene.person, kind, on), begun=False)
        except (CannotAnswer, StoreError) as error:
            log.warning("an errand was not told of", errand=kind, why=type(error).__name__)
        finally:
            self._under_way[scene.person] -= 1
            self._going.discard((scene.person, kind, on))
            if not self._under_way.total():
                self._idle.set()

    async def _guarded(self, scene: "Scene", kind: str, on: int) -> None:
        """Do it; what it raises ends here, save being cancelled, after which it begins anew."""
        try:
            async with asyncio.timeout(LASTS_MAX.total_seconds()):
                await self._works[kind](scene, on)
        except BeritaError as error:
            await scene.say(told(error, scene.words))
        except CannotAnswer:
            raise
        except Exception:
            # The border of an errand: whatever it met, others go on and the person hears of it.
            log.exception("an errand failed", errand=kind)
            with suppress(CannotAnswer):
                await scene.say(scene.words.say("failed"))

    async def _note(self, errand: Errand, *, begun: bool) -> None:
        async with self._noting:
            noted = [each for each in await self._noted() if each != errand]
            if begun:
                noted.append(errand)
            await self._store.set_note(NOTE, json.dumps(noted[-KEPT_MAX:]))

    async def _noted(self) -> list[Errand]:
        found = json.loads(await self._store.note(NOTE) or "[]")
        return [(person, kind, on) for person, kind, on in found]
