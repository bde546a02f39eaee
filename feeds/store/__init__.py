"""The store: the only room with SQL, for SQLite and PostgreSQL with one set of statements.

How it is made: an operation is one plain function on a Connection, grouped by topic (`claims`,
`polls`, `keys`, `lanes`, `sends`, `expiry`, `decisions`, `feeds`, `destinations`, `routes`,
`declared`, `merging`, `dropping`, `backlogs`, `roll_ups`, `bursts`, `health`, `queries`,
`standing`, `tracing`, `troubles`, `pruning`); a Runner runs it in one transaction; `Store` is the
thin face of it all. May be imported from outside: what is named here, nothing else.
"""

from feeds.store.card_rows import DeliveryPage
from feeds.store.decisions import NO_DESTINATION
from feeds.store.feeds import FeedChanges
from feeds.store.notices import outage_key
from feeds.store.opening import open_store, run_lock
from feeds.store.options import as_destination_options, as_route_options, options_text
from feeds.store.rows import (
    Decided,
    DeclareReport,
    DeliveryRow,
    DeliveryStory,
    DestinationRow,
    Expired,
    FeedRow,
    Names,
    RecordedPoll,
    RouteRow,
    Status,
)
from feeds.store.store import Store
from feeds.store.tracing import Traced
from feeds.store.troubles import IllPost, IllThing, Troubles

__all__ = [
    "NO_DESTINATION",
    "Decided",
    "DeclareReport",
    "DeliveryPage",
    "DeliveryRow",
    "DeliveryStory",
    "DestinationRow",
    "Expired",
    "FeedChanges",
    "FeedRow",
    "IllPost",
    "IllThing",
    "Names",
    "RecordedPoll",
    "RouteRow",
    "Status",
    "Store",
    "Traced",
    "Troubles",
    "as_destination_options",
    "as_route_options",
    "open_store",
    "options_text",
    "outage_key",
    "run_lock",
]
