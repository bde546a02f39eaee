"""A post in doubt, what is known of the places where it could be, and what was found there."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from feeds.model.outbox import Parcel
from feeds.model.states import Finding
from feeds.model.stories import Destination

HOLD_MAX = timedelta(seconds=60)  # a doubt holds its lane up no longer, looked into or not
REACH_MAX = 200  # message ids away from a known post that a look may come to


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One look after a post in doubt, and what it came to."""

    way: str  # "linked group", "probe", …
    finding: Finding
    at: datetime
    message_id: str | None = None  # where it was found
    detail: str = ""  # one line for people: where it was looked for
    cut: bool = False  # broken off, for want of time or of room in the probe chat; not stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A post that was seen from outside while a delivery of its place was not settled."""

    message_id: str
    mark: bytes  # the adapter's digest of what it says


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A delivery in doubt that is still looked into, with all that looking needs."""

    parcel: Parcel
    destination: Destination
    attempt: int = 1  # the number of the try that is in doubt
    since: datetime  # when it came into doubt
    look_until: datetime | None  # it holds its lane up until then; not after `since`: decided
    last_before: str | None = None  # message id of the newest post known to be older
    first_after: str | None = None  # … and of the oldest known to be younger
    taken: frozenset[str] = (
        frozenset()
    )  # ids in its chat of known posts, its own of before it was resent too
    contested: bool = False  # the same may stand there for another topic, under an unknown id
    sightings: tuple[Sighting, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is to become of a doubt after a look: found, sent again, or looked into later."""

    delivery: int
    attempt: int | None = None  # the try that was in doubt; None: whichever it is
    evidence: tuple[Evidence, ...] = ()
    found: str | None = None  # the message id it is known by now
    resend_at: datetime | None = None  # it waits again, due then
    reason: str | None = None  # None: as it was
    look_at: datetime | None = None  # still in doubt: the next look; None: none is planned
    look_until: datetime | None = None  # until when it holds its lane up
    tell: bool = False  # an admin must decide, and hears of it
