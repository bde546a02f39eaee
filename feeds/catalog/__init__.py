"""What admins may do to feeds, destinations, routes and deliveries; bot and command line call this.

May live here: one module of deeds a topic, and what they share. May be imported: `feeds.store`,
`feeds.fetch`, the ports. A deed takes what an admin says, checks it, writes in one transaction and
answers with a value to show; what cannot be done raises an error of `feeds.errors`.
"""

from feeds.catalog.deliveries import DeliveryDeeds, Wanted
from feeds.catalog.desk import Desk, Outside
from feeds.catalog.destinations import (
    AddedDestination,
    DestinationChanges,
    TestQueued,
)
from feeds.catalog.exchange import ExchangeDeeds, Imported, kind_of_file, read_file
from feeds.catalog.feeds import AddedFeed
from feeds.catalog.routes import RouteChanges

__all__ = [
    "AddedDestination",
    "AddedFeed",
    "Catalog",
    "Desk",
    "DestinationChanges",
    "Imported",
    "Outside",
    "RouteChanges",
    "TestQueued",
    "Wanted",
    "kind_of_file",
    "read_file",
]


class Catalog(ExchangeDeeds, DeliveryDeeds):
    """Every deed on one desk."""

    __slots__ = ()
