"""Why a story was published or not: found by its link, its id or its post, told by its way."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from feeds.catalog.delivery_ids import is_webhook_id, number_in
from feeds.catalog.desk import Desk
from feeds.catalog.probe import checked_url, look_at
from feeds.errors import BeritaError
from feeds.model import FeedState, Key
from feeds.novelty import keys_of, keys_of_address
from feeds.store import FeedRow, Traced

SHOWN_MAX: Final = 8  # deliveries of one story
LOOKED_AT_MAX: Final = 2  # feeds of the same site that are looked at now
ADDRESS_MAX: Final = 2_048  # characters
_STORY_ID: Final = re.compile(r"sty_[0-9A-Za-z]{22}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A feed of the same site, and whether its document holds the address right now."""

    feed: FeedRow
    holds: bool | None  # None: it was not looked at, or gave no answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """What is known of what somebody asked about; the less of it, the more the rest may tell."""

    deliveries: tuple[int, ...] = ()  # the newest first
    is_story: bool = False  # known, whether it was to go anywhere or not
    before: tuple[tuple[str, datetime], ...] = ()  # feeds that had it from their first poll on
    site: str = ""  # the host of an address that nothing is known of
    neighbours: tuple[Neighbour, ...] = ()


class WhyDeeds(Desk):
    """Deeds that only look."""

    __slots__ = ()

    async def why(self, asked: str) -> Why:
        """Look for a story by its link or its id, or for a delivery by its number or webhook-id.

        Of a link that is not known the feeds of its site are looked at. Raises BadRequest.
        """
        asked = asked.strip()[:ADDRESS_MAX]
        if (number := number_in(asked)) is not None:
            found = await self.store.delivery_story(number)
            return Why(deliveries=(number,) if found is not None else ())
        if is_webhook_id(asked):
            known_as = await self.store.delivery_of_webhook_id(asked)
            return Why(deliveries=(known_as,) if known_as is not None else ())
        if _STORY_ID.fullmatch(asked):
            return _told(await self.store.trace_story(asked))
        url = checked_url(asked)
        known = _told(await self.store.trace(keys_of_address(url)))
        return known if known.is_story or known.before else await self._unknown(url)

    async def why_linked(self, links: Sequence[str]) -> Why:
        """Look for the one story that a post links to; no feed is looked at.

        Empty where none of the links is a story's, or they are those of several: a roll-up's.
        """
        found = list[Why]()
        for link in links:
            try:
                url = checked_url(link.strip()[:ADDRESS_MAX])
            except BeritaError:
                continue
            known = _told(await self.store.trace(keys_of_address(url)))
            if known.deliveries and known not in found:
                found.append(known)
        return found[0] if len(found) == 1 else Why()

    async def why_post(self, kind: str, place: str, message_id: str) -> Why:
        """Look for the delivery that became this message of a chat."""
        found = await self.store.delivery_of_message(kind, place, message_id)
        return Why(deliveries=() if found is None else (found,))

    async def _unknown(self, url: str) -> Why:
        site = _site(url)
        rows = [row for row in await self.store.list_feeds() if _site(row.url) == site]
        wanted = frozenset(keys_of_address(url))
        looked = [
            Neighbour(feed=row, holds=await self._holds(row, wanted))
            for row in rows[:LOOKED_AT_MAX]
        ]
        rest = [Neighbour(feed=row, holds=None) for row in rows[LOOKED_AT_MAX:SHOWN_MAX]]
        return Why(site=site, neighbours=(*looked, *rest))

    async def _holds(self, row: FeedRow, wanted: frozenset[Key]) -> bool | None:
        if row.state is not FeedState.ACTIVE:
            return None
        outside = self.reach()
        try:
            document = await look_at(
                row.url,
                web=outside.web,
                parser=outside.parser,
                limits=outside.limits,
                now=self.clock.now(),
                origin=row.feed.origin,
            )
        except BeritaError:
            return None
        return any(wanted.intersection(entry.all()) for entry in keys_of(document))


def _told(traced: Traced) -> Why:
    return Why(
        deliveries=traced.deliveries[:SHOWN_MAX],
        is_story=bool(traced.stories),
        before=traced.before,
    )


def _site(url: str) -> str:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")
