"""The real `berita run`, mortal: it kills itself at a crash point, and its clock may jump.

    python -m tests.torture.mortal --point "first byte" --nth 7 -- run --config house.toml
    python -m tests.torture.mortal --jump 3600 -- run --config house.toml

SIGUSR1 puts its clock forward by `--jump` seconds, SIGUSR2 back by as much.
"""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from bot.app import open_world, run
from bot.clock import WallClock
from config import load
from feeds.ports import live_on
from tests.torture.wounds import POINTS, Wound


class JumpingClock:
    """The machine's clock, put forward or back by signals."""

    def __init__(self, jump: timedelta) -> None:
        self._wall = WallClock()
        self._ahead = timedelta(0)
        signal.signal(signal.SIGUSR1, lambda *_: self._put(jump))
        signal.signal(signal.SIGUSR2, lambda *_: self._put(-jump))

    def now(self) -> datetime:
        return self._wall.now() + self._ahead

    def _put(self, span: timedelta) -> None:
        self._ahead += span


def deadly(wound: Wound) -> Callable[[str], None]:
    """Make the crash points of one life: at the wound's the process is killed, like by `kill -9`.

    Who lingers lives on for so many seconds: long enough for a byte to have left for certain.
    """
    left = wound.nth

    def reached(point: str) -> None:
        nonlocal left
        left -= point == wound.point
        if left == 0 and point == wound.point:
            if wound.linger_seconds:
                asyncio.get_running_loop().call_later(wound.linger_seconds, _die)
            else:
                _die()

    return reached


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--point", choices=POINTS)
    parser.add_argument("--nth", type=int, default=1)
    parser.add_argument("--linger", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--jump", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("deed", choices=["run"])
    parser.add_argument("--config", type=Path, required=True)
    return parser.parse_args([each for each in sys.argv[1:] if each != "--"])


def main() -> None:
    asked = _asked()
    wound = Wound(point=asked.point, nth=asked.nth, linger_seconds=asked.linger)
    world = partial(
        open_world,
        clock=JumpingClock(timedelta(seconds=asked.jump)),
        reached=deadly(wound) if asked.point else live_on,
    )
    settings = load(asked.config, {}, Path.cwd())
    sys.exit(asyncio.run(run(settings, once=False, open_world=world)))


if __name__ == "__main__":
    main()
