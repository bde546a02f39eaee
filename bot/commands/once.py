"""Every update is acted on once, even if Telegram delivers it again, after a restart included.

The offset of the last batch is confirmed by the next poll alone (research/telegram §1.8), so that a
stop may bring it again. What was taken up is kept in the store; while the store cannot be reached,
in memory.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog
from aiogram import BaseMiddleware
from aiogram.types import TelegramObject, Update

from feeds.errors import StoreUnavailable
from feeds.ports import Clock
from feeds.store import Store

UPDATES_MAX: Final = 1_000  # ten of the largest batches there are

log = structlog.get_logger()

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class OncePerUpdate(BaseMiddleware):
    """Lets an update pass the first time it is seen."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._seen: OrderedDict[int, None] = OrderedDict()

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Pass it on, or do nothing; one that fails counts as seen."""
        assert isinstance(event, Update), "registered for updates alone"
        if not await self._take_up(event.update_id):
            return None
        return await handler(event, data)

    async def _take_up(self, update: int) -> bool:
        if update in self._seen:
            return False
        self._seen[update] = None
        while len(self._seen) > UPDATES_MAX:
            self._seen.popitem(last=False)
        try:
            return await self._store.take_up(update, now=self._clock.now())
        except StoreUnavailable as error:
            log.warning("an update is known in memory alone", why=str(error))
            return True
