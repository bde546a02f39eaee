"""A store before whose write somebody else's comes: what was looked at is not so any more."""

from collections.abc import Awaitable, Callable
from typing import Any

from feeds.store import Store


class OvertakenStore:
    """A real Store, save that `other` is done once, between a look and the write `method`."""

    def __init__(self, store: Store, method: str, other: Callable[[], Awaitable[object]]) -> None:
        self._store = store
        self._method = method
        self._other = other
        self._is_over = False

    def __getattr__(self, name: str) -> Any:
        return self._second if name == self._method else getattr(self._store, name)

    def noting(self, *change: Any, **at: Any) -> "OvertakenStore":
        """Be overtaken in the same way where a change is noted with the deed."""
        return self._over(self._store.noting(*change, **at))

    def undoing(self, *change: Any, **at: Any) -> "OvertakenStore":
        """Be overtaken in the same way where the deed takes another one back."""
        return self._over(self._store.undoing(*change, **at))

    def _over(self, store: Store) -> "OvertakenStore":
        return OvertakenStore(store, self._method, self._once)

    async def _once(self) -> None:
        if not self._is_over:
            self._is_over = True
            await self._other()

    async def _second(self, *what: Any, **how: Any) -> Any:
        await self._once()
        return await getattr(self._store, self._method)(*what, **how)
