"""Who owns the bot: those the configuration names, else whoever claimed it first."""

from collections.abc import Collection, Iterator

from feeds.model.people import Role
from feeds.store import Store


class Owners(Collection[int]):
    """Telegram user ids; looked up in memory, since every update asks."""

    def __init__(self, configured: Collection[int] = ()) -> None:
        self._configured = tuple(dict.fromkeys(configured))
        self._claimed: tuple[int, ...] = ()

    async def load(self, store: Store) -> None:
        """Read who has claimed the bot; where the configuration names owners, a claim is void."""
        if not self._configured:
            self._claimed = tuple(person.id for person in await store.people_of(Role.OWNER))

    @property
    def claimable(self) -> bool:
        """Tell whether nobody owns the bot yet."""
        return not self._configured and not self._claimed

    @property
    def first(self) -> int | None:
        """The owner whom questions of the bot's own go to."""
        return next(iter(self), None)

    def __contains__(self, person: object) -> bool:
        return person in self._configured or person in self._claimed

    def __iter__(self) -> Iterator[int]:
        return iter(self._configured or self._claimed)

    def __len__(self) -> int:
        return len(self._configured or self._claimed)
