"""One scenario, played: lives that end at their wounds, stories all along, a healed end, a verdict.

The store is never opened between a death and the next start: Berita itself must recover it.
"""

import random
import signal
import time
from dataclasses import dataclass
from typing import Any

from tests.e2e.house import House
from tests.e2e.processes import Spawned, until
from tests.torture.scenario import Scenario
from tests.torture.stage import Stage, doubts_that_are_missing
from tests.torture.verdict import Verdict, judge
from tests.torture.wounds import ANY_MOMENT, Wound, wound_at

FOR_EVER = 1_000_000_000  # times
UNDER_WAY_SECONDS = 1.0  # a death at any moment comes so long after the first request, at most
EARLY_DEATHS = 0.25  # … or, so many of them, while it is still starting
STARTING_SECONDS = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What a scenario came to."""

    scenario: Scenario
    stories: int
    verdict: Verdict
    seconds: float


class Ordeal:
    """A stage on which one scenario is played."""

    def __init__(self, house: House, scenario: Scenario) -> None:
        size = scenario.size
        self._scenario = scenario
        self._dice = random.Random(scenario.seed)
        self._house = house
        self._stage = Stage(house, webhooks=size.webhooks, chats=size.chats)

    def play(self) -> Played:
        """Live and die as often as the scenario says, then live on until all is settled."""
        began = time.monotonic()
        self._stage.settle_in()
        self._slow_down()
        for point in self._scenario.points:
            if point == ANY_MOMENT:
                self._die_at_any_moment()
            else:
                self._die_at(point)
            self._stage.publish()  # while nobody is there to see it
        running = self._house.start("run")
        self._stage.until_ready(running)
        self._stage.publish()
        self._stage.until_settled()
        self._stage.until_proven()
        verdict = self._judge()
        self._mend()
        assert running.end() == 0
        return Played(
            scenario=self._scenario,
            stories=len(self._stage.stories),
            verdict=verdict,
            seconds=time.monotonic() - began,
        )

    def _judge(self) -> Verdict:
        places = len(self._stage.places)
        return judge(self._stage.read(), self._stage.expected, in_flight_max=places)

    def _mend(self) -> None:
        """Have sent again what is missing in the chats: then every story is there, once."""
        if missing := doubts_that_are_missing(self._stage.read()):
            self._stage.release(missing)
            arrived = sorted((post.place, post.title) for post in self._stage.read().posts)
            wanted = [(str(c), title) for c in self._stage.chats for title in self._stage.stories]
            assert arrived == sorted(wanted), "every story once in every chat"

    # ── lives ────────────────────────────────────────────────────────────────────────────────────

    def _die_at(self, point: str) -> None:
        wound = wound_at(point, in_flight=self._scenario.size.in_flight, dice=self._dice)
        running = self._house.start("run", program=wound.program)
        self._stage.until_ready(running)
        self._publish_until_dead(running, wound)
        code = running.wait()
        assert code == -signal.SIGKILL, f"{wound}, but it ended with {code}: {running.err[-20:]}"

    def _die_at_any_moment(self) -> None:
        running = self._house.start("run")
        if self._dice.random() < EARLY_DEATHS:
            time.sleep(self._dice.uniform(0, STARTING_SECONDS))
        else:
            self._stage.until_ready(running)
            before = self._stage.requests()
            self._stage.publish()
            until(lambda: self._stage.requests() > before, "work under way", look_seconds=0.01)
            time.sleep(self._dice.uniform(0, UNDER_WAY_SECONDS))
        running.destroy()

    def _publish_until_dead(self, running: Spawned, wound: Wound) -> None:
        """Publish, more and more seldom: a lane that never runs dry is never claimed again."""
        rest, next_at = self._scenario.size.gap_seconds, 0.0

        def dead() -> bool:
            nonlocal rest, next_at
            if time.monotonic() >= next_at:
                self._stage.publish()
                next_at, rest = time.monotonic() + rest, 2 * rest
            return not running.running

        until(dead, f"the death of {wound}", look_seconds=0.02)

    # ── the other sides ──────────────────────────────────────────────────────────────────────────

    def _slow_down(self) -> None:
        """Give each place a time of its own to answer, so that they do not march in step."""
        for path in self._stage.paths:
            assert self._stage.receiver, "there are paths"
            usual = self._scenario.size.webhook_seconds
            self._stage.receiver.control("fault", **self._slow(usual), path=path)
        for chat in self._stage.chats:
            assert self._stage.telegram, "there are chats"
            usual = self._scenario.size.chat_seconds
            self._stage.telegram.control("fault", **self._slow(usual), chat=chat, apply=True)

    def _slow(self, usual: float) -> dict[str, Any]:
        return {"how": "slow", "seconds": self._dice.uniform(0.2, 1.8) * usual, "times": FOR_EVER}
