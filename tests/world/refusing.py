"""A store of which some methods cannot be had now, as with a full disk."""

from typing import Any

from feeds.errors import StoreUnavailable
from feeds.store import Store


class RefusingStore:
    """A real Store, save for the methods named in `refused`: they raise StoreUnavailable."""

    def __init__(self, store: Store, *refused: str) -> None:
        self._store = store
        self.refused = set(refused)

    def __getattr__(self, name: str) -> Any:
        return self._refuse if name in self.refused else getattr(self._store, name)

    def noting(self, *change: Any, **at: Any) -> "RefusingStore":
        """Refuse the same where a change is noted with the deed."""
        return RefusingStore(self._store.noting(*change, **at), *self.refused)

    async def _refuse(self, *_: object, **__: object) -> None:
        raise StoreUnavailable("the disk is full")
