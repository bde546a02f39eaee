"""Every update is acted on once, even if Telegram delivers it again, after a restart included.

The offset of the last batch is confirmed by the next poll alone (research/telegram §1.8), so that a
stop may bring it again; and what was confirmed may have been cut off by it. What was taken up and
what was done is kept in the store; while the store cannot be reached, in memory.
"""

from collections import OrderedDict
from typing import Final

import structlog

from feeds.errors import StoreUnavailable
from feeds.model.people import Taken
from feeds.ports import Clock
from feeds.store import Store

UPDATES_MAX: Final = 1_000  # ten of the largest batches there are

log = structlog.get_logger()


class OncePerUpdate:
    """Knows which updates were taken up, and which of them are done."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._seen: OrderedDict[int, None] = OrderedDict()

    async def take_up(self, update: int, person: int | None) -> Taken:
        """Take an update up; `person`: who waits for an answer to it, if anybody does."""
        if update in self._seen:
            return Taken.BEFORE
        self._seen[update] = None
        while len(self._seen) > UPDATES_MAX:
            self._seen.popitem(last=False)
        try:
            return await self._store.take_up(update, person=person, now=self._clock.now())
        except StoreUnavailable as error:
            log.warning("an update is known in memory alone", why=str(error))
            return Taken.NOW

    async def done(self, update: int) -> None:
        """Note that nothing more is to be done about it; one that failed counts as done."""
        try:
            await self._store.finish(update)
        except StoreUnavailable as error:
            log.warning("an update may count as cut off", why=str(error))
