"""What is known of a day when it is over: by the outside, by Berita's books, by the diary."""

from dataclasses import dataclass, field
from datetime import timedelta

from tests.simulation.books import Books
from tests.simulation.outside import SimOutside
from tests.simulation.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A time of bad weather."""

    what: str  # "telegram silence", "disk full", "clock" …
    begins: float
    ends: float
    where: str = ""

    def touches(self, begins: float, ends: float) -> bool:
        """Tell whether it and another span have an instant in common."""
        return self.begins <= ends and begins <= self.ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What an admin did with a delivery, by hand or by a press."""

    at: float
    delivery: int
    deed: str


@dataclass(slots=True, kw_only=True)
class Diary:
    """What happened besides."""

    spells: list[Spell] = field(default_factory=list)
    jumps: list[tuple[float, timedelta]] = field(default_factory=list)
    deaths: list[float] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)  # the process ended by an error of ours
    decisions: list[Decision] = field(default_factory=list)
    said: list[tuple[float, str]] = field(default_factory=list)  # to the bot, by its owner
    refusals: list[float] = field(default_factory=list)  # writes that the disk did not take …
    stalls: list[float] = field(default_factory=list)  # … or took its time over
    published: dict[str, list[str]] = field(default_factory=dict)  # feed → titles, after baseline
    baseline: dict[str, list[str]] = field(default_factory=dict)  # feed → titles before it
    healed_at: float = 0.0
    ended_at: float = 0.0

    def in_era(self, begins: float, ends: float) -> bool:
        """Tell whether no clock was set between two instants."""
        return not any(begins <= at <= ends for at, _ in self.jumps)


@dataclass(slots=True, kw_only=True)
class Seen:
    """All of it."""

    plan: Plan
    outside: SimOutside
    diary: Diary
    books: Books

    @property
    def seed(self) -> int:
        return self.plan.seed

    def trace(self) -> list[str]:
        """Tell all that anybody outside noticed, and what became of each delivery."""
        told = [
            (call.at, f"{call.method} {call.chat} {call.headline} {call.fate} {call.message_id}")
            for call in self.outside.telegram.ledger.calls
        ]
        for endpoint in self.outside.endpoints.values():
            told += [
                (r.at, f"{endpoint.name} {r.webhook_id} {r.seq} {r.fate} {r.status}")
                for r in endpoint.requests
            ]
        for publisher in self.outside.publishers.values():
            told += [(at, f"poll {publisher.name}") for at in publisher.polls]
        told += [(at, "death") for at in self.diary.deaths]
        told += [(d.at, f"{d.deed} {d.delivery}") for d in self.diary.decisions]
        ends = [
            f"{d.place} {d.seq} {d.title}: {d.state} {d.message_id} {len(d.attempts)} {d.reason}"
            for d in self.books.deliveries
        ]
        return [f"{at:.6f} {what}" for at, what in sorted(told)] + ends
