"""Where a life ends: the crash points, and the dice that choose among them."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from tests.e2e.processes import PYTHON

POINTS = (
    "lanes claimed",
    "before the intent",
    "intent committed",
    "first byte",
    "answer heard",
    "before the outcome",
    "outcome committed",
)
MORTAL = (PYTHON, "-m", "tests.torture.mortal")
ANY_MOMENT = "any moment"  # no crash point: `kill -9` from outside
BATCHED = ("lanes claimed", "before the outcome")  # reached once for many deliveries
LINGER_SECONDS = (0.0, 0.002, 0.01, 0.05)  # past a "first byte", which is told of before it leaves


@dataclass(frozen=True, slots=True, kw_only=True)
class Wound:
    """The process dies when it reaches `point` for the `nth` time, or so many seconds later."""

    point: str
    nth: int = 1
    linger_seconds: float = 0.0

    @property
    def program(self) -> Sequence[str]:
        """How to call the mortal that dies so; without a point the harness itself kills."""
        assert self.point in POINTS, "any other moment is the harness's"
        dies = (f"--point={self.point}", f"--nth={self.nth}", f"--linger={self.linger_seconds}")
        return (*MORTAL, *dies, "--")


def wound_at(point: str, *, in_flight: int, dice: random.Random) -> Wound:
    """Choose when to die at a point that one story reaches `in_flight` times, or in batches.

    By two stories: with the second one some places are asked while others have yet to answer.
    """
    most = 2 * (min(in_flight, 3) if point in BATCHED else in_flight)
    lingers = point == "first byte"
    return Wound(
        point=point,
        nth=dice.randint(1, most),
        linger_seconds=dice.choice(LINGER_SECONDS) if lingers else 0.0,
    )
