"""Play seeds by the thousand: `python -m tests.simulation --seeds 5000`, or one: `--seed 4711`.

Exit code 1 if a promise broke; each seed that broke one is told with the command that repeats it.
"""

import argparse
import asyncio
import logging
import os
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import structlog

from tests.simulation.day import live
from tests.simulation.oracle import broken
from tests.simulation.seen import Seen
from tests.world.disk import Disk

PROCESSES = 2
CHUNK = 10  # seeds handed to a process at once
SHOWN_MAX = 5  # broken promises shown of one seed
TOLD_EVERY = 10  # days
DAY_SECONDS = 90.0  # of CPU: ten times a usual day; one that takes more is taken to be endless
AGAIN_SECONDS = 10.0  # of CPU, for what ends an endless day


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """How one seed went."""

    seed: int
    broken: list[str]
    deliveries: int
    deaths: int


class EndlessDay(BaseException):  # no error: nothing within a day may catch it
    """A day that goes on for ever within one instant, or from one to the next."""


def main() -> int:
    """Read the command line and play."""
    asked = _arguments()
    _quiet(loud=asked.log)
    if asked.seed is not None:
        return _play_one(asked.seed, trace=asked.trace)
    seeds = [*asked.also, *range(asked.first, asked.first + asked.seeds)]
    return _play_many(seeds, processes=asked.processes, until_broken=asked.until_broken)


def play(seeds: Iterable[int]) -> list[Played]:
    """Play seeds one after another on one disk."""
    with a_disk() as disk:
        return [_lived(seed, disk) for seed in seeds]


@contextmanager
def a_disk() -> Iterator[Disk]:
    """Open a disk in memory where there is one, for as long as it is needed."""
    memory = Path("/dev/shm")  # noqa: S108  # a folder of our own is made in it
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        disk = Disk(Path(folder))
        asyncio.run(disk.open())
        try:
            yield disk
        finally:
            asyncio.run(disk.close())


def _play_one(seed: int, *, trace: bool) -> int:
    with a_disk() as disk:
        seen = live(seed, disk)
    found = broken(seen)
    if trace:
        _say(*seen.trace())
    _say(f"seed {seed}: {seen.plan}", *(found or ["no promise broken"]))
    return 1 if found else 0


def _play_many(seeds: Sequence[int], *, processes: int, until_broken: bool) -> int:
    began, deliveries, deaths, failures = time.monotonic(), 0, 0, 0
    for done, each in enumerate(_played(seeds, processes), start=1):
        deliveries += each.deliveries
        deaths += each.deaths
        if each.broken:
            failures += 1
            _tell(each)
        if done % TOLD_EVERY == 0 or done == len(seeds):
            rate = done / (time.monotonic() - began)
            told = f"{done} of {len(seeds)} days, {rate:.2f} a second: {deliveries} deliveries"
            sys.stderr.write(f"{told}, {deaths} deaths, {failures} days broken\n")
        if failures and until_broken:
            break
    return 1 if failures else 0


def _played(seeds: Sequence[int], processes: int) -> Iterator[Played]:
    """Play all, in this process or in several; in order."""
    if processes <= 1:
        with a_disk() as disk:
            for seed in seeds:
                yield _lived(seed, disk)
        return
    chunks = [seeds[n : n + CHUNK] for n in range(0, len(seeds), CHUNK)]
    pool = ProcessPoolExecutor(processes, initializer=partial(_quiet, loud=False))
    try:
        for played in pool.map(play, chunks):
            yield from played
    finally:
        pool.shutdown(cancel_futures=True)


def _tell(played: Played) -> None:
    _say(
        f"seed {played.seed} broke a promise; again: make simulate SEED={played.seed}",
        *(f"    {what}" for what in played.broken[:SHOWN_MAX]),
    )


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def _lived(seed: int, disk: Disk) -> Played:
    """Play a seed; one whose day does not end has broken a promise, too."""
    signal.signal(signal.SIGVTALRM, _despair)
    signal.setitimer(signal.ITIMER_VIRTUAL, DAY_SECONDS, AGAIN_SECONDS)
    try:
        return _judged(live(seed, disk))
    except EndlessDay:
        return Played(seed=seed, broken=["never_ends: the day goes on"], deliveries=0, deaths=0)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _despair(_number: int, _frame: object) -> None:
    raise EndlessDay


def _judged(seen: Seen) -> Played:
    return Played(
        seed=seen.seed,
        broken=broken(seen),
        deliveries=len(seen.books.deliveries),
        deaths=len(seen.diary.deaths),
    )


def _quiet(*, loud: bool) -> None:
    level = logging.DEBUG if loud else logging.CRITICAL
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(level))
    warnings.simplefilter("error")


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=100, help="how many")
    parser.add_argument("--first", type=int, default=1, help="the first of them")
    parser.add_argument("--also", type=_numbers, default=[], help="before them, these: 4,27,73")
    parser.add_argument("--seed", type=int, help="this one alone")
    parser.add_argument("--trace", action="store_true", help="with --seed: tell all that was seen")
    parser.add_argument("--log", action="store_true", help="with --seed: what Berita logs")
    parser.add_argument("--processes", type=int, default=min(PROCESSES, os.cpu_count() or 1))
    parser.add_argument("--until-broken", action="store_true", help="stop after the first")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
