"""PURE: which message ids a post in doubt could have, and when not seeing it tells of absence.

Message ids of a channel or supergroup grow by one. So the post, if it arrived, is above the newest
post known to be older; it need not be below one that left after it, for what was cut off may take
effect late. Looking goes up from there, past what is known to be others', to the end: so many ids
in a row without a message, above the newest known, that not even a deleted album is as long.

Absence is evidence, no proof. It is told by the end alone, with every id below it seen. It cannot
exclude that more messages in a row than GAP_MAX were deleted just before the post, that somebody
edited the post, or that it takes effect later still: therefore later looks go on.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice

from feeds.model import REACH_MAX, Doubt

PROBED_MAX = 15  # ids of one look: each takes 1.1 s of the probe chat's pace
GAP_MAX = 11  # ids in a row without a message: an album has ten
GLANCE_GAP_MAX = 1  # of a look in passing: most posts have the very first id that they could have
UNSURE_GAP_MAX = 3  # of a look that cannot tell of absence any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The ids that a post could have, in the order to look at them."""

    ids: tuple[int, ...]
    newest: int | None  # message known in the chat: the end is above it; None: no end can be told

    def is_beyond(self, number: int) -> bool:
        """Tell whether no message is known to be as new as this one."""
        return self.newest is not None and number > self.newest

    def said(self, last: int | None) -> str:
        """Tell people which ids were looked at."""
        if last is None:
            return "no message looked at"
        seen = self.ids[: self.ids.index(last) + 1]
        low, high = min(seen), max(seen)
        span = f"message {low}" if low == high else f"messages {low} to {high}"
        return f"{span} looked at: not there"


def reach_of(doubt: Doubt) -> Reach | None:
    """Say which message ids the post could have; None: nothing is known to begin from."""
    before, after = _number(doubt.last_before), _number(doubt.first_after)
    if before is not None:
        known = [before, *_numbers(doubt.taken), *([] if after is None else [after])]
        above = _free(range(before + 1, before + REACH_MAX + 1), known)
        return Reach(ids=tuple(islice(above, PROBED_MAX)), newest=max(known))
    if after is None:
        return None
    known = [after, *_numbers(doubt.taken)]
    below = tuple(islice(_free(range(after - 1, 0, -1), known), PROBED_MAX // 2))
    above = _free(range(after + 1, after + REACH_MAX + 1), known)
    return Reach(ids=(*below, *islice(above, PROBED_MAX - len(below))), newest=None)


def _free(numbers: range, known: Collection[int]) -> Iterator[int]:
    taken = frozenset(known)
    return (number for number in numbers if number not in taken)


def _numbers(texts: Collection[str]) -> Iterator[int]:
    return (number for text in texts if (number := _number(text)) is not None)


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() else None
