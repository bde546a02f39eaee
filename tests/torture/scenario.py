"""What is played: how many places are in flight, where the process dies, and how often."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.torture.wounds import ANY_MOMENT, POINTS

SEED = 19530727


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """The places that each story goes to, all at the same time: so many are in flight."""

    webhooks: int
    chats: int
    webhook_seconds: float  # how long a webhook takes to answer what it has taken
    chat_seconds: float  # the same of a chat; few posts are under way at once, all for one token
    gap_seconds: float  # between two stories: what the chats' pace needs, and some air

    @property
    def in_flight(self) -> int:
        return self.webhooks + self.chats


ONE_WEBHOOK = Size(webhooks=1, chats=0, webhook_seconds=0.2, chat_seconds=0.0, gap_seconds=0.5)
ONE_CHAT = Size(webhooks=0, chats=1, webhook_seconds=0.0, chat_seconds=0.3, gap_seconds=2.0)
TEN = Size(webhooks=5, chats=5, webhook_seconds=0.5, chat_seconds=0.3, gap_seconds=4.0)
HUNDRED = Size(webhooks=50, chats=50, webhook_seconds=2.0, chat_seconds=0.15, gap_seconds=5.0)
ONES = (ONE_WEBHOOK, ONE_CHAT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One row of the table; each of its lives ends at the next of `points`."""

    name: str
    size: Size
    points: Sequence[str]
    seed: int = SEED


def plan(kills: int) -> list[Scenario]:
    """Spread the kills over every point with 1, 10 and 100 in flight; for 1 the kinds alternate.

    Fewer kills than cells go to as different cells as chance has it.
    """
    points = (*POINTS, ANY_MOMENT)
    cells = [(point, size) for point in points for size in (ONES, (TEN,), (HUNDRED,))]
    share, rest = divmod(kills, len(cells))
    order = random.Random(SEED).sample(range(len(cells)), len(cells))
    times = {cell: share + (place < rest) for place, cell in enumerate(order)}
    return [
        Scenario(name=point, size=size, points=(point,) * count, seed=SEED + 10 * cell + kind)
        for cell, (point, sizes) in enumerate(cells)
        for kind, (size, count) in enumerate(_parted(sizes, times[cell], cell))
        if count
    ]


def _parted(sizes: Sequence[Size], times: int, turn: int) -> Iterator[tuple[Size, int]]:
    """Part the kills of one cell; what does not part evenly goes to another kind each time."""
    share, rest = divmod(times, len(sizes))
    for place, size in enumerate(sizes):
        yield size, share + ((place + turn) % len(sizes) < rest)
