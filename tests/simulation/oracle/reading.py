"""What was seen of a day, ordered for those who judge it."""

from collections import defaultdict
from functools import cached_property

from tests.simulation.books import Delivery
from tests.simulation.plan import ChatPlan
from tests.simulation.seen import Seen
from tests.world.clock import EPOCH
from tests.world.fates import Fate
from tests.world.telegram_ledger import Call

# What the sender of a post cannot tell from one that arrived.
DOUBTFUL = frozenset(
    {
        *(Fate.SILENCE_BEFORE, Fate.SILENCE_AFTER, Fate.RESET_BEFORE, Fate.RESET_AFTER),
        *(Fate.PAGE_BEFORE, Fate.PAGE_AFTER, Fate.ERROR_BEFORE, Fate.ERROR_AFTER),
        *(Fate.CUT, Fate.LATE),
    }
)


class Reading:
    """An index of the day."""

    def __init__(self, seen: Seen) -> None:
        self.seen = seen
        self.plan = seen.plan
        self.diary = seen.diary
        self.ledger = seen.outside.telegram.ledger
        self.deliveries = seen.books.deliveries

    @cached_property
    def decided(self) -> frozenset[int]:
        """The deliveries an admin had a hand in."""
        return frozenset(decision.delivery for decision in self.diary.decisions)

    @cached_property
    def by_place(self) -> dict[str, list[Delivery]]:
        """The deliveries of each destination, in the order of its lane."""
        found: dict[str, list[Delivery]] = defaultdict(list)
        for delivery in sorted(self.deliveries, key=lambda each: each.seq):
            found[delivery.place].append(delivery)
        return found

    @cached_property
    def place_of_chat(self) -> dict[int, ChatPlan]:
        """Which destination a chat is, those included that groups became."""
        chats = self.seen.outside.telegram.backend.chats
        found = {}
        for chat in self.plan.chats:
            found[chat.id] = chat
            if (moved_to := chats.find(chat.id).moved_to) is not None:
                found[moved_to] = chat
        return found

    @cached_property
    def sendings(self) -> dict[tuple[str, str], list[Call]]:
        """The posts that were asked for, by destination and headline."""
        found: dict[tuple[str, str], list[Call]] = defaultdict(list)
        for call in self.ledger.calls:
            if call.method == "sendMessage" and call.chat in self.place_of_chat:
                found[self.place_of_chat[call.chat].name, call.headline].append(call)
        return found

    def effects(self, delivery: Delivery) -> list[Call]:
        """List the posts that a delivery came to."""
        calls = self.sendings.get((delivery.place, delivery.title), [])
        done = [call for call in calls if call.effect_at is not None]
        return sorted(done, key=lambda call: call.effect_at or 0.0)

    def moments(self, milliseconds: int) -> list[float]:
        """Tell when, in the loop's time, Berita's clock told an instant; it may have done twice."""
        told = milliseconds / 1000 - EPOCH.timestamp()
        eras = [(0.0, 0.0)]
        for at, span in self.diary.jumps:
            eras.append((at, eras[-1][1] + span.total_seconds()))
        ends = [begins for begins, _ in eras[1:]] + [float("inf")]
        return [
            told - shift
            for (begins, shift), until in zip(eras, ends, strict=True)
            if begins - 1 <= told - shift <= until + 1
        ]

    def died_between(self, begins: float, ends: float) -> bool:
        """Tell whether the process ended, in whatever way, between two instants."""
        return any(begins <= at <= ends for at in (*self.diary.starts, *self.diary.deaths))

    def could_not_write(self, begins: float, ends: float) -> bool:
        """Tell whether the process ended, or the disk balked, between two instants."""
        balked = (*self.diary.refusals, *self.diary.stalls)
        refused = any(begins - 0.1 <= at <= ends for at in balked)
        return refused or self.died_between(begins, ends)

    def told(self, delivery: Delivery) -> str:
        """Name a delivery for people."""
        outcomes = [f"{each.outcome}/{each.status}" for each in delivery.attempts]
        return (
            f"{delivery.place} #{delivery.id} seq {delivery.seq} “{delivery.title}”"
            f" {delivery.state} ({delivery.reason}) after {outcomes}"
        )
