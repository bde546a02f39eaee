"""PURE: how long polling rests while the store takes nothing."""

from datetime import datetime, timedelta

PAUSE_FIRST = timedelta(seconds=1)
PAUSE_MAX = timedelta(seconds=60)


class Pause:
    """Growing waits (1, 2, 4 … 60 s) from the first refusal to the first record that is kept."""

    def __init__(self) -> None:
        self.reason: str | None = None  # None: polling goes on
        self._wait = timedelta(0)
        self._until: datetime | None = None

    @property
    def probing(self) -> bool:
        """Nothing was kept since the refusal: try with one feed before all are asked again."""
        return self.reason is not None

    def left(self, now: datetime) -> timedelta:
        """Tell how much longer to rest; nothing when polling may go on or be tried."""
        return max(self._until - now, timedelta(0)) if self._until else timedelta(0)

    def begin(self, reason: str, now: datetime) -> None:
        """Rest, each time twice as long; several refusals of one moment are one."""
        self.reason = reason
        if self._until is None or self._until <= now:
            self._wait = min(max(self._wait * 2, PAUSE_FIRST), PAUSE_MAX)
            self._until = now + self._wait

    def end(self) -> None:
        """Go on: something was kept."""
        self.reason, self._wait, self._until = None, timedelta(0), None
