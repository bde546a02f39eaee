"""Every update is acted on once, even if Telegram delivers it again.

The numbers are kept in memory: after a restart the last batch may come again (research/telegram
§1.8), and a command repeated then finds its work done. A store for them comes with its own issue.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiogram import BaseMiddleware
from aiogram.types import TelegramObject, Update

UPDATES_MAX: Final = 1_000  # ten of the largest batches there are

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class OncePerUpdate(BaseMiddleware):
    """Lets an update pass the first time it is seen."""

    def __init__(self) -> None:
        self._seen: OrderedDict[int, None] = OrderedDict()

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Pass it on, or do nothing; one that fails counts as seen."""
        assert isinstance(event, Update), "registered for updates alone"
        if event.update_id in self._seen:
            return None
        self._seen[event.update_id] = None
        while len(self._seen) > UPDATES_MAX:
            self._seen.popitem(last=False)
        return await handler(event, data)
