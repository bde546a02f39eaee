"""PURE: is it our own network? When most hosts are silent at once, no feed is to blame for it."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

HOSTS_MIN = 5  # distinct hosts; fewer prove nothing
SILENT_SHARE = 0.6  # of the hosts asked; more is an outage


class HostTally:
    """Which hosts were asked in one stretch of polling, and which of them answered anything."""

    def __init__(self, under_way: Iterable[str] = ()) -> None:
        self._asked = set(under_way)
        self._answered: set[str] = set()
        self._failed: Counter[str] = Counter()

    def asked(self, host: str) -> None:
        """Note that a request to the host begins."""
        self._asked.add(host)

    def answered(self, host: str) -> None:
        """Note an answer of any kind, an error page too: the way there works."""
        self._answered.add(host)

    def failed(self, host: str) -> None:
        """Note that no connection came about, or no answer."""
        self._failed[host] += 1

    @property
    def silent(self) -> int:
        """Count the hosts that failed and never answered."""
        return len(self._failed.keys() - self._answered)

    @property
    def hosts(self) -> int:
        """Count the hosts asked, those still awaited too."""
        return len(self._asked)

    def is_outage(self) -> bool:
        """Tell whether too many hosts are silent for it to be their fault."""
        return self.hosts >= HOSTS_MIN and self.silent > self.hosts * SILENT_SHARE


class Network:
    """What polling knows of the way out, from round to round, and whom an outage excused.

    Rounds are short, so an outage also shows as a run: so many hosts silent one after another, and
    none that answered in between. A feed excused once is not excused again if any host answered
    since: then the way out worked, and it is the feed. So an outage of ours is excused for as long
    as it lasts, a dead host once.
    """

    def __init__(self) -> None:
        self._answered_at: datetime | None = None
        self._silent_run: set[str] = set()
        self._excused: dict[int, datetime] = {}
        self._told = False

    def tell_once(self) -> bool:
        """Tell whether this outage is yet to be told of; an answer from anywhere ends it."""
        fresh, self._told = not self._told, True
        return fresh

    def answered(self, feed: int, at: datetime) -> None:
        """Note that the feed's host answered."""
        self._answered_at = at
        self._told = False
        self._silent_run.clear()
        self._excused.pop(feed, None)

    def failed(self, host: str) -> None:
        """Note that the host could not be reached."""
        self._silent_run.add(host)

    def is_silent(self) -> bool:
        """Tell whether enough hosts in a row were silent for it to be no accident."""
        return len(self._silent_run) >= HOSTS_MIN

    def excuse(self, feed: int, at: datetime) -> bool:
        """Excuse the feed's failure in an outage, or tell that it is its own."""
        before = self._excused.get(feed)
        if before is not None and self._answered_at is not None and self._answered_at > before:
            return False
        self._excused[feed] = at
        return True
