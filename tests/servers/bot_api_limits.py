"""Telegram's limits as they are known from outside: broken ones are noted, or enforced with 429.

Per bot 30 in a second; per chat one a second, three at once; 20 in a minute where many read
(groups and channels, negative ids). Sends and edits count alike.
"""

import math
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.servers.bot_api_faults import too_many

BOT_PER_SECOND = 30
CHAT_BURST = 3
CHAT_PER_MINUTE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A call that came too early."""

    at: float
    chat: int
    limit: str  # "bot", "chat burst" or "chat minute"
    wait: float  # seconds by which it was too early


class Limits:
    """Counts what is applied; with `enforce` what comes too early is refused and not counted."""

    def __init__(self, now: Callable[[], float], *, enforce: bool = False) -> None:
        self._now = now
        self.enforce = enforce
        self.violations: list[Violation] = []
        self._bot: deque[float] = deque(maxlen=BOT_PER_SECOND)
        self._chats: dict[int, deque[float]] = defaultdict(lambda: deque(maxlen=CHAT_PER_MINUTE))
        self._buckets: dict[int, tuple[float, float]] = {}  # chat → sends left, as of when

    def count(self, chat: int) -> None:
        """Count a send or an edit; raises the 429 where limits are enforced."""
        now = self._now()
        waits = dict(self._waits(chat, now))
        self.violations += [
            Violation(at=now, chat=chat, limit=limit, wait=wait)
            for limit, wait in waits.items()
            if wait > 0
        ]
        if self.enforce and max(waits.values()) > 0:
            raise too_many(math.ceil(max(waits.values())))
        self._bot.append(now)
        self._chats[chat].append(now)
        self._buckets[chat] = (max(self._left(chat, now) - 1, 0.0), now)

    def listed(self) -> list[dict[str, Any]]:
        return [
            {"at": v.at, "chat": v.chat, "limit": v.limit, "wait": v.wait} for v in self.violations
        ]

    def clear(self) -> None:
        self.violations.clear()
        self._bot.clear()
        self._chats.clear()
        self._buckets.clear()

    def _waits(self, chat: int, now: float) -> list[tuple[str, float]]:
        waits = [("bot", _window(self._bot, 1, now)), ("chat burst", 1 - self._left(chat, now))]
        if chat < 0:
            waits.append(("chat minute", _window(self._chats[chat], 60, now)))
        return waits

    def _left(self, chat: int, now: float) -> float:
        left, at = self._buckets.get(chat, (float(CHAT_BURST), now))
        return min(left + now - at, CHAT_BURST)


def _window(recent: deque[float], seconds: float, now: float) -> float:
    full = len(recent) == recent.maxlen
    return recent[0] + seconds - now if full else 0.0
