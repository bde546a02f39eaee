"""`make torture KILLS=200`: the real process killed so often, at every crash point; ends with 1 if
a promise was broken.

Two scenarios are played at a time, each in a house of its own; ARGS="--only 'first byte'" plays
those of one point.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from pathlib import Path

from tests.e2e.house import House
from tests.torture.ordeal import Ordeal, Played
from tests.torture.scenario import Scenario, plan
from tests.torture.table import cells, show

LINES_SHOWN = 20


class FellError(Exception):
    """A scenario could not be played to its end."""


def main() -> int:
    asked = _asked()
    scenarios = [each for each in plan(asked.kills) if asked.only in ("", each.name)]
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="berita-torture-") as folder:
        played, falls = _play_all(scenarios, Path(folder), workers=asked.workers)
    played.sort(key=lambda each: scenarios.index(each.scenario))
    minutes = (time.monotonic() - began) / 60
    kills = sum(len(each.scenario.points) for each in played)
    show(
        played, f"{kills} kills in {minutes:.1f} minutes; repeats are of webhooks, doubles of chats"
    )
    broken = [
        f"{each.scenario.name}: {told}" for each in played for told in each.verdict.complaints
    ]
    _tell(*falls, *broken)
    return 1 if falls or broken else 0


def _play_all(
    scenarios: Sequence[Scenario], folder: Path, *, workers: int
) -> tuple[list[Played], list[str]]:
    """Play the longest first; tells each as it ends."""
    played, falls = [], []
    with ThreadPoolExecutor(workers) as pool:
        longest_first = sorted(scenarios, key=lambda each: -each.size.in_flight)
        plays = [
            pool.submit(_play, scenario, folder / str(number))
            for number, scenario in enumerate(longest_first)
        ]
        for play in as_completed(plays):
            try:
                played.append(play.result())
                _tell("  ".join(cells(played[-1])))
            except FellError as fall:
                falls.append(str(fall))
                _tell(str(fall))
    return played, falls


def _play(scenario: Scenario, folder: Path) -> Played:
    folder.mkdir()
    with ExitStack() as stack:
        house = House(folder, stack)
        try:
            return Ordeal(house, scenario).play()
        except Exception as error:
            lines = house.berita[-1].err[-LINES_SHOWN:] if house.berita else []
            what = f"{scenario.name}, {scenario.size.in_flight} in flight"
            raise FellError(f"{what}: {error!r}\n{''.join(lines)}") from error


def _tell(*lines: str) -> None:
    sys.stderr.writelines(f"{line}\n" for line in lines)
    sys.stderr.flush()


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, prog="make torture KILLS=… ARGS=…")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", default="", metavar="POINT")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
