"""A process that can die at any await, as by `kill -9`: nothing of it runs any further.

Everything that a `Life` starts is a Mortal coroutine, whoever starts it: the loop's task factory
wraps it. Each resumption is a step; at the step it is to die at, the life ends between two awaits.
A killed process runs no `finally`; ours are run for tidiness, but the store and the outside refuse
the dead (`Life.step`), so that nothing of it is seen by anybody.
"""

import asyncio
import math
import random
from collections.abc import Callable, Coroutine, Generator
from contextlib import suppress
from contextvars import Context, ContextVar, copy_context
from typing import Any

import async_solipsism

LAST_STEPS_MAX = 25
TICK_SECONDS = 1e-6  # of the loop's clock
BURIAL_MAX = 200  # awaits that a coroutine's last words may contain
_LIFE: ContextVar["Life | None"] = ContextVar("life", default=None)


class DeathError(BaseException):
    """The process is no more."""


class Life:
    """One process from its start to its end."""

    def __init__(self) -> None:
        self.dead = False
        self.steps = 0
        self.dies_in: int | None = None  # steps
        self._temptation: tuple[random.Random, float] | None = None
        self.at_death: list[Callable[[], None]] = []
        self._bodies: dict[Mortal, None] = {}
        self._died: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def live(self, work: Callable[[], Coroutine[Any, Any, None]]) -> bool:
        """Run until the work is done; tells whether it was, or death came first."""
        context = copy_context()
        context.run(_LIFE.set, self)
        task = asyncio.get_running_loop().create_task(work(), context=context)
        await asyncio.wait({task, self._died}, return_when=asyncio.FIRST_COMPLETED)
        if not self.dead:
            self._died.cancel()
            await task  # raises what it raised
            return True
        await asyncio.wait({task})
        return False

    def step(self) -> None:
        """Take one step towards death; raises DeathError in whoever is dead."""
        if self.dead:
            raise DeathError
        self.steps += 1
        if self.dies_in is not None:
            self.dies_in -= 1
            if self.dies_in <= 0:
                self.die()
                raise DeathError

    def tempted_by(self, dice: random.Random, chance: float) -> None:
        """Let each thing done be, with this chance, among the last: a few awaits later all ends."""
        self._temptation = (dice, chance) if chance else None

    def act(self) -> None:
        """Do something that others can see; raises DeathError in whoever is dead."""
        if self._temptation is not None and self.dies_in is None:
            dice, chance = self._temptation
            if dice.random() < chance:
                self.dies_in = dice.randrange(1, LAST_STEPS_MAX)
        self.step()

    def die(self) -> None:
        """End now; what is suspended is buried, who is running finds out at the next step."""
        if self.dead:
            return
        self.dead = True
        copy_context().run(self._bury)
        self._died.set_result(None)

    def _bury(self) -> None:
        _LIFE.set(self)  # whoever kills it: its last words are those of the dead
        for deed in self.at_death:
            deed()
        for body in list(self._bodies):
            body.bury()
        self._bodies.clear()

    def bear(self, coroutine: Coroutine[Any, Any, Any]) -> "Mortal":
        """Let a coroutine be a part of this life."""
        body = Mortal(self, coroutine)
        self._bodies[body] = None
        return body

    def forget(self, body: "Mortal") -> None:
        """Drop what has come to its own end."""
        self._bodies.pop(body, None)


class Mortal(Coroutine[Any, Any, Any]):
    """A coroutine that is resumed only while its life lasts."""

    task: "asyncio.Task[Any] | None" = None

    def __init__(self, life: Life, inner: Coroutine[Any, Any, Any]) -> None:
        self._life = life
        self._inner = inner
        self._running = False

    def send(self, value: Any) -> Any:
        return self._resume(self._inner.send, value)

    def throw(self, *error: Any) -> Any:
        return self._resume(self._inner.throw, *error)

    def close(self) -> None:
        self._inner.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        raise AssertionError("only tasks resume it")

    def bury(self) -> None:
        """Run its last words; none of them is heard."""
        if self.task is not None:
            self.task.cancel()
        if self._running:
            return
        for _ in range(BURIAL_MAX):
            try:
                self._inner.throw(DeathError())
            except BaseException:  # noqa: BLE001  # whatever it ends with, it ends
                return
        with suppress(BaseException):
            self._inner.close()

    def _resume(self, resume: Callable[..., Any], *said: Any) -> Any:
        if self._life.dead:
            self._inner.close()  # it was begun by somebody's last words, if it is not buried yet
            raise asyncio.CancelledError
        try:
            self._life.step()
            self._running = True
            return resume(*said)
        except BaseException:
            self._life.forget(self)
            if self._life.dead:  # nobody is left to hear what it ended with
                raise asyncio.CancelledError from None
            raise
        finally:
            self._running = False


def act() -> None:
    """Do something that others can see, if this is part of a life: see Life.act."""
    if (life := _LIFE.get()) is not None:
        life.act()


def immortal() -> Context:
    """Give a context for what lives outside: a server goes on when its client dies."""
    context = copy_context()
    context.run(_LIFE.set, None)
    return context


class WorldLoop(async_solipsism.EventLoop):
    """A loop of virtual time in which lives can be lived."""

    def __init__(self) -> None:
        super().__init__()
        self.set_task_factory(_start)

    def call_at(self, when: float, *args: Any, **named: Any) -> asyncio.TimerHandle:
        """Never wait for less than the clock can tell, which would be for ever."""
        ticks = math.ceil(when / TICK_SECONDS - 0.01)
        return super().call_at(ticks * TICK_SECONDS, *args, **named)


def _start(
    loop: asyncio.AbstractEventLoop,
    coroutine: Coroutine[Any, Any, Any],
    context: Context | None = None,
) -> "asyncio.Task[Any]":
    life = context.get(_LIFE) if context is not None else _LIFE.get()
    if life is None:
        return asyncio.Task(coroutine, loop=loop, context=context)
    body = life.bear(coroutine)
    body.task = task = asyncio.Task(body, loop=loop, context=context)
    if life.dead:
        task.cancel()
    return task
