"""Meters: CPU of a process and its helpers, stalls of the event loop, memory of a whole tree."""

import asyncio
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import psutil

TICK_SECONDS = 0.005
MEGABYTE = 1_000_000


@dataclass(slots=True, kw_only=True)
class Spent:
    """What a stretch of work took: CPU of this process, of its child, and time on the clock."""

    own: float = 0.0
    child: float = 0.0
    wall: float = 0.0
    stall: float = 0.0  # the longest the loop stood still

    @property
    def cpu(self) -> float:
        return self.own + self.child

    def told(self) -> dict[str, Any]:
        return asdict(self)


@contextmanager
def spending(child: int | None = None) -> Iterator[Spent]:
    """Measure a stretch of work of this process, and of a child that lives throughout."""
    spent, stalls = Spent(), Stalls()
    own, helper, began_at = _own_cpu(), cpu_of(child), time.perf_counter()
    stalls.start()
    try:
        yield spent
    finally:
        stalls.stop()
        spent.wall = time.perf_counter() - began_at
        spent.own, spent.child = _own_cpu() - own, cpu_of(child) - helper
        spent.stall = stalls.worst_seconds


class Stalls:
    """Ticks in the running loop, and remembers by how much the latest tick came too late."""

    def __init__(self) -> None:
        self.worst_seconds = 0.0
        self._handle: asyncio.TimerHandle | None = None

    def start(self) -> None:
        loop = asyncio.get_running_loop()
        due_at = loop.time() + TICK_SECONDS

        def tick() -> None:
            self.worst_seconds = max(self.worst_seconds, loop.time() - due_at)
            self.start()

        self._handle = loop.call_at(due_at, tick)

    def stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()


def _own_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def cpu_of(pid: int | None) -> float:
    """Tell the CPU seconds of one process so far."""
    if pid is None:
        return 0.0
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def tree_cpu(pid: int) -> float:
    """Tell the CPU seconds of a process and its living children so far."""
    return sum(cpu_of(each.pid) for each in _tree(pid))


def tree_memory(pid: int) -> tuple[float, float]:
    """Tell RSS and PSS of a process and its children, in MB of a million bytes."""
    infos = [each.memory_full_info() for each in _tree(pid)]
    return sum(i.rss for i in infos) / MEGABYTE, sum(i.pss for i in infos) / MEGABYTE


def _tree(pid: int) -> list[psutil.Process]:
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]
