"""Names asked for on behalf of the guarded pools: one bad answer refuses the whole name."""

import socket

from aiohttp.abc import AbstractResolver, ResolveResult

from feeds.guard import Guard
from feeds.web.errors import RefusedAddress

NAMES_MAX = 10_000  # remembered; far more than the pools keep addresses of


class GuardedNames(AbstractResolver):
    """Judges every address a name has, and remembers which names are public for sure.

    All of its addresses are judged, not only the one that would be dialled first: a name with an
    inner address beside a public one is a trap, and which of them answers is up to its owner.
    """

    def __init__(self, guard: Guard, resolver: AbstractResolver) -> None:
        self._guard = guard
        self._resolver = resolver
        self._public: dict[str, bool] = {}  # by name in lower case; once private is private

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Ask for the name's addresses; raises RefusedAddress if any may not be dialled."""
        answers = await self._resolver.resolve(host, port, family)
        addresses = [answer["host"] for answer in answers]
        self._remember(host.lower(), public=not any(map(self._guard.is_private, addresses)))
        for address in addresses:
            reason = self._guard.refuses(address)
            if reason is not None:
                raise RefusedAddress(address, reason)
        return answers

    async def close(self) -> None:
        await self._resolver.close()

    def is_public(self, host: str) -> bool:
        """Tell whether all that this host, in lower case, is known to have led to is public."""
        return self._public.get(host) or not self._guard.is_private(host)

    def _remember(self, host: str, *, public: bool) -> None:
        self._public[host] = self._public.pop(host, True) and public
        if len(self._public) > NAMES_MAX:
            del self._public[next(iter(self._public))]
