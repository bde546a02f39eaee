"""The machine's own clock, in a room of its own: who only needs the time loads nothing else."""

from datetime import UTC, datetime


class WallClock:
    """Tells the present instant."""

    def now(self) -> datetime:
        """Tell the present instant, aware, UTC."""
        return datetime.now(UTC)  # noqa: TID251  # the one place where time is asked
