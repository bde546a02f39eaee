"""The secrets that sign for destinations: a new one, and for a while the one before beside it."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from feeds.errors import Conflict
from feeds.model import Destination
from feeds.store import destinations

SECRETS_OVERLAP = timedelta(hours=24)  # how long a replaced secret goes on signing


def rotate(
    connection: sa.Connection,
    destination: int,
    secret: str,
    *,
    expected: Destination | None = None,
    now: datetime,
) -> Destination:
    """Sign with another secret from now on, and for a while with the one before, too.

    Raises Conflict if the one before is not that of `expected`: to replace it twice would end at
    once what its receiver still goes by.
    """
    present = destinations.by_id(connection, destination)
    if expected is not None and present.secret != expected.secret:
        raise Conflict(
            "Somebody made a new secret just now, and it holds: look at that one first.",
            "error.secret.changed",
        )
    destinations.update(connection, destination, **rotated(present.secret, secret, now=now))
    return destinations.by_id(connection, destination)


def rotated(old: str | None, new: str, *, now: datetime) -> dict[str, Any]:
    """Give the columns of a secret that takes the place of `old`.

    Whoever replaces it twice ends what signed first at once: one old secret is kept.
    """
    if old is None or old == new:
        return {"secret": new}
    return {"secret": new, "old_secret": old, "old_secret_until": now + SECRETS_OVERLAP}
