"""What admins may do to feeds, destinations, routes and deliveries; bot and command line call this.

May live here: one module of deeds a topic, and what they share. May be imported: `feeds.store`,
`feeds.fetch`, the ports. A deed takes what an admin says, checks it, writes in one transaction and
answers with a value to show; what cannot be done raises an error of `feeds.errors`.
"""

from feeds.catalog.bundle import Bundle, BundledFeed
from feeds.catalog.changes import DestinationChanges
from feeds.catalog.deliveries import DeliveryDeeds, Wanted
from feeds.catalog.desk import Desk, Outside
from feeds.catalog.destinations import AddedDestination, RotatedSecret, TestQueued
from feeds.catalog.discovering import DiscoveryDeeds, SeenFeed, SeenPage
from feeds.catalog.exporting import ExportDeeds, kind_of_file, read_file
from feeds.catalog.feeds import AddedFeed, may_have_missed
from feeds.catalog.importing import ImportDeeds, Imported
from feeds.catalog.log import LogDeeds, is_undoable
from feeds.catalog.people import Claim, PeopleDeeds
from feeds.catalog.reserved import Reserved
from feeds.catalog.route_changes import RouteChanges
from feeds.catalog.trying import Tried, TriedStory
from feeds.catalog.why import Neighbour, Why, WhyDeeds

__all__ = [
    "AddedDestination",
    "AddedFeed",
    "Bundle",
    "BundledFeed",
    "Catalog",
    "Claim",
    "Desk",
    "DestinationChanges",
    "Imported",
    "Neighbour",
    "Outside",
    "Reserved",
    "RotatedSecret",
    "RouteChanges",
    "SeenFeed",
    "SeenPage",
    "TestQueued",
    "Tried",
    "TriedStory",
    "Wanted",
    "Why",
    "is_undoable",
    "kind_of_file",
    "may_have_missed",
    "read_file",
]


class Catalog(
    ImportDeeds,
    DiscoveryDeeds,
    ExportDeeds,
    DeliveryDeeds,
    PeopleDeeds,
    LogDeeds,
    WhyDeeds,
):
    """Every deed on one desk."""

    __slots__ = ()
