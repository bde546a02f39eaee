"""What is to become of a destination's surplus after a pause or an outage, as people write it."""

import re
from dataclasses import dataclass
from enum import StrEnum

NEWEST_MAX = 1_000

_NEWEST = re.compile(r"newest:([0-9]{1,4})")


class BacklogPolicy(StrEnum):
    """What goes out of what waited."""

    ALL = "all"
    NEWEST = "newest"  # so many; the older rest is dropped
    ROLL_UP = "roll_up"  # one message that names them all


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """A policy, with its number where it has one: `all`, `newest:20`, `roll_up`."""

    policy: BacklogPolicy
    newest: int | None = None  # 1 to NEWEST_MAX

    def __post_init__(self) -> None:
        counted = self.newest is not None and 1 <= self.newest <= NEWEST_MAX
        assert counted if self.policy is BacklogPolicy.NEWEST else self.newest is None, self

    def __str__(self) -> str:
        return self.policy.value if self.newest is None else f"{self.policy}:{self.newest}"

    @classmethod
    def read(cls, text: str) -> "Backlog":
        """Read what `str` gives; raises ValueError, whose text says what to write."""
        if text in (BacklogPolicy.ALL, BacklogPolicy.ROLL_UP):
            return cls(policy=BacklogPolicy(text))
        found = _NEWEST.fullmatch(text)
        if found is None or not 1 <= int(found[1]) <= NEWEST_MAX:
            raise ValueError(f"is none: write all, newest:N (1 to {NEWEST_MAX:,}) or roll_up")
        return cls(policy=BacklogPolicy.NEWEST, newest=int(found[1]))
