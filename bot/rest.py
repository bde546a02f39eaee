"""PURE: how long to send nothing after doubts in a row, so that an hour of them makes but a few."""

from datetime import timedelta

REST_FIRST = timedelta(minutes=1)  # after a second doubt in a row: 1, 2, 4 … 30 min
REST_MAX = timedelta(minutes=30)
_DOUBLINGS_MAX = 16


def rest_after(doubts_in_a_row: int) -> timedelta:
    """Tell how long to rest, though other calls may be answered meanwhile: sends are not."""
    if doubts_in_a_row < 2:  # noqa: PLR2004  # one may happen to anybody
        return timedelta(0)
    return min(REST_FIRST * float(2 ** min(doubts_in_a_row - 2, _DOUBLINGS_MAX)), REST_MAX)
