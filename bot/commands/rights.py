"""Who may do what: asked anew at every press and every word typed into a wizard."""

from collections.abc import Sequence

from bot.commands.cards.scene import Scene
from bot.commands.judging import OfFeed, judge, judge_feed
from feeds.store.card_rows import PlaceName
from feeds.store.rows import FeedRow

Subject = int | OfFeed | None  # a destination, a feed, or the bot as a whole


async def may(scene: Scene, deed: str, subject: Subject) -> bool:
    """Judge a deed ("CARD.DEED") that concerns something."""
    if not isinstance(subject, OfFeed):
        return judge(scene.who, deed, subject) is None
    if scene.who.is_owner:
        return True
    places = await scene.catalog.store.places_of_feed(subject.feed)
    return judge_feed(scene.who, deed, places, subject.to) is None


async def owners_alone(_said: object, scene: Scene) -> bool:
    """Let pass what owners say and press (a filter)."""
    return scene.who.is_owner


def realm(scene: Scene) -> frozenset[int] | None:
    """Tell which destinations somebody is shown things of; None: all of them."""
    return None if scene.who.is_owner else scene.who.looks_after


async def places_of(scene: Scene) -> Sequence[PlaceName]:
    """List the destinations that somebody is shown."""
    rows, mine = await scene.catalog.store.place_names(), realm(scene)
    return rows if mine is None else [row for row in rows if row.id in mine]


async def feeds_of(scene: Scene) -> Sequence[FeedRow]:
    """List the feeds that somebody is shown: those that go to a destination of his."""
    rows = await scene.catalog.store.list_feeds()
    if scene.who.is_owner:
        return rows
    names = {row.name for row in await places_of(scene)}
    return [row for row in rows if names.intersection(row.destinations)]
