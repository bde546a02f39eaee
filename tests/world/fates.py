"""What may become of one request, and how likely each is at the moment."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Fate(StrEnum):
    """How one request fares; BEFORE: it took no effect, AFTER: it did."""

    WELL = "well"
    REFUSED = "refused"  # never left
    SILENCE_BEFORE = "silence before"
    SILENCE_AFTER = "silence after"
    RESET_BEFORE = "reset before"
    RESET_AFTER = "reset after"
    PAGE_BEFORE = "page before"  # a proxy's page with 502
    PAGE_AFTER = "page after"
    ERROR_BEFORE = "error before"  # 500 in the server's own form
    ERROR_AFTER = "error after"
    CUT = "cut"  # took effect; half of the answer came
    SLOW = "slow"  # takes effect at once, the answer takes its time
    LATE = "late"  # arrives and takes effect when nobody waits for the answer any more
    FLOOD = "flood"  # 429
    BAD = "bad"  # 400, this message alone
    TOO_LARGE = "too large"  # 413
    NOT_OK = "not ok"  # a refusal under the status 200
    CONFLICT = "conflict"  # 409
    FORBIDDEN = "forbidden"  # 401: the token; of an endpoint: the key
    GONE = "gone"  # 410; of a chat: not found
    ELSEWHERE = "elsewhere"  # 302
    GARBAGE = "garbage"  # something else answers


@dataclass(slots=True)
class Odds:
    """The chances of misfortune: usual ones, and those of an outage while there is one."""

    usual: Mapping[Fate, float] = field(default_factory=dict)
    outage: Mapping[Fate, float] | None = None

    def roll(self, dice: random.Random) -> Fate:
        """Draw the fate of one request."""
        left = dice.random()
        for fate, chance in (self.usual if self.outage is None else self.outage).items():
            left -= chance
            if left < 0:
                return fate
        return Fate.WELL

    def heal(self) -> None:
        """Let nothing go wrong any more."""
        self.usual, self.outage = {}, None


PAGES = {Fate.PAGE_BEFORE: 0.5, Fate.PAGE_AFTER: 0.5}
SILENCE = {Fate.SILENCE_BEFORE: 0.5, Fate.SILENCE_AFTER: 0.5}
REFUSALS = {Fate.REFUSED: 1.0}
