"""`make torture KILLS=200`: the real process killed so often, at every crash point and size.

Ends with 1 if a promise was broken. Some scenarios are played at a time, each in a house of its
own; `make torture ARGS="--only 'first byte'"` plays those of one point alone.
"""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from tests.e2e.house import House
from tests.torture.ordeal import Ordeal, Played
from tests.torture.scenario import Scenario, plan
from tests.torture.table import cells, show

LINES_SHOWN = 20
WORKERS = 3  # much of a scenario is waiting: for answers, for looks after doubts


class FellError(Exception):
    """A scenario could not be played to its end."""


def main() -> int:
    asked = _asked()
    scenarios = [each for each in plan(asked.kills) if asked.only in ("", each.name)]
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="berita-torture-") as folder:
        played, falls = _play_all(scenarios, Path(folder), workers=asked.workers)
    played.sort(key=lambda each: scenarios.index(each.scenario))
    show(played, _title(played, time.monotonic() - began))
    broken = [f"{each.scenario.name}: {why}" for each in played for why in each.verdict.complaints]
    _tell(*falls, *broken)
    return 1 if falls or broken else 0


def _play_all(
    scenarios: Sequence[Scenario], folder: Path, *, workers: int
) -> tuple[list[Played], list[str]]:
    """Play the longest first, and tell of each as it ends; an interrupt ends all houses at once."""
    longest_first = sorted(scenarios, key=lambda each: -each.size.in_flight)
    played, falls = [], []
    with ThreadPoolExecutor(workers) as pool, ExitStack() as houses:
        play = partial(_play, folder, houses)
        plays = [pool.submit(play, *each) for each in enumerate(longest_first)]
        try:
            for ended in as_completed(plays):
                try:
                    played.append(ended.result())
                    _tell("  ".join(cells(played[-1])))
                except FellError as fall:
                    falls.append(str(fall))
                    _tell(str(fall))
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return played, falls


def _play(folder: Path, houses: ExitStack, number: int, scenario: Scenario) -> Played:
    place = folder / str(number)
    place.mkdir()
    with ExitStack() as stack:
        houses.callback(stack.close)
        house = House(place, stack)
        try:
            return Ordeal(house, scenario).play()
        except Exception as error:
            lines = house.berita[-1].err[-LINES_SHOWN:] if house.berita else []
            what = f"{scenario.name}, {scenario.size.in_flight} in flight"
            raise FellError(f"{what}: {error!r}\n{''.join(lines)}") from error


def _title(played: Sequence[Played], seconds: float) -> str:
    kills = sum(len(each.scenario.points) for each in played)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_minutes = (children.ru_utime + children.ru_stime) / 60
    spent = f"{seconds / 60:.1f} minutes, {cpu_minutes:.1f} of CPU"
    return f"{kills} kills in {spent}; repeats are of webhooks, doubles and doubts of chats"


def _tell(*lines: str) -> None:
    sys.stderr.writelines(f"{line}\n" for line in lines)
    sys.stderr.flush()


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, prog="make torture KILLS=… ARGS=…")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--workers", type=int, default=WORKERS)
    parser.add_argument("--only", default="", metavar="POINT")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
