"""A feed's newest stories as they would be published; stores nothing, serves chat and terminal.

The way is the real one: fetch, parse, novelty with an empty memory, as at a feed's first poll.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.adapter import Adapter
from feeds.catalog import Outside
from feeds.catalog.probe import checked_url, look_at, stories_in
from feeds.errors import BadRequest
from feeds.model import (
    Delivery,
    Destination,
    DestinationOptions,
    Feed,
    Origin,
    Parcel,
    RouteOptions,
    Source,
    Story,
)
from feeds.ports import Clock

LAST_MAX = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a feed would give: parcels to hand to an adapter's `render`, oldest first."""

    title: str
    entries: int  # in the whole document
    parcels: tuple[Parcel, ...]


async def preview(
    url: str,
    *,
    last: int,
    outside: Outside,
    now: datetime,
    options: RouteOptions | None = None,
    origin: Origin = Origin.ADMIN,
) -> Preview:
    """Look at a URL and make its newest `last` stories; raises BadRequest, FeedRefused.

    `origin` FILE is for a feed that the configuration file declares, file: URLs among them.
    """
    if not 1 <= last <= LAST_MAX:
        raise BadRequest(
            f"A preview shows between 1 and {LAST_MAX} stories.", "error.preview", most=LAST_MAX
        )
    if origin is not Origin.FILE:
        url = checked_url(url)
    document = await look_at(
        url,
        web=outside.web,
        parser=outside.parser,
        limits=outside.limits,
        now=now,
        origin=origin,
    )
    feed = Feed(
        id=0,
        name=url,
        url=url,
        title=document.title,
        link=document.link,
        next_poll_at=now,
        created_at=now,
    )
    return Preview(
        title=document.title,
        entries=len(document.entries),
        parcels=tuple(
            parcel_of(story, feed, now=now, options=options or RouteOptions())
            for story in stories_in(document, feed, last=last, now=now)
        ),
    )


def stage(*, kind: str, now: datetime, language: str | None = None) -> Destination:
    """Make a destination to render for, that is nowhere."""
    return Destination(
        id=0,
        name="preview",
        kind=kind,
        address="",
        options=DestinationOptions(language=language),
        created_at=now,
    )


def rendered(
    adapter: Adapter,
    clock: Clock,
    story: Story,
    feed: Feed,
    *,
    options: RouteOptions,
    language: str | None,
) -> bytes:
    """Render a story that is at hand, for a place that is nowhere."""
    now = clock.now()
    here = stage(kind=adapter.kind, now=now, language=language)
    return adapter.render(here, parcel_of(story, feed, now=now, options=options))


def parcel_of(story: Story, feed: Feed, *, now: datetime, options: RouteOptions) -> Parcel:
    """Make a story's parcel, for a look alone."""
    delivery = Delivery(
        id=0,
        webhook_id="",
        destination=0,
        story=story.id,
        seq=story.id,
        due_at=now,
        created_at=now,
    )
    source = Source(id=feed.id, name=feed.name, title=feed.title, url=feed.url, link=feed.link)
    return Parcel(delivery=delivery, story=story, source=source, options=options)
