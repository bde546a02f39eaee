"""What the configuration file declares: nothing else may take it, or the next run is refused."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from feeds.errors import AddressError, Conflict
from feeds.ports import Addresses

Place = tuple[str, str]  # kind, address


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserved:
    """The names of the file, each with its URL, or its kind and its address as the file has it."""

    feeds: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    destinations: Mapping[str, Place] = field(default_factory=lambda: MappingProxyType({}))

    def feed_at(self, url: str) -> str | None:
        """Tell which declared feed has this URL."""
        return next((name for name, its in self.feeds.items() if its == url), None)

    def place_at(self, kind: str, address: str, addresses: Addresses) -> str | None:
        """Tell which declared destination has this canonical address, however it is written."""
        return next((name for name, its in self._read(addresses) if its == (kind, address)), None)

    def refuse_feed(self, *, name: str | None, url: str | None) -> None:
        """Raise Conflict for a name or a URL that is declared."""
        if name in self.feeds:
            raise _taken(f"“{name}”", "feed")
        if url is not None and (declared := self.feed_at(url)):
            raise _declared("feed", declared)

    def refuse_destination(self, name: str | None) -> None:
        """Raise Conflict for a name that is declared."""
        if name in self.destinations:
            raise _taken(f"“{name}”", "destination")

    def refuse_place(self, kind: str, address: str, addresses: Addresses) -> None:
        """Raise Conflict for a canonical address that is declared."""
        if declared := self.place_at(kind, address, addresses):
            raise _declared("place", declared)

    def _read(self, addresses: Addresses) -> Iterator[tuple[str, Place]]:
        for name, (kind, typed) in self.destinations.items():
            with suppress(AddressError):  # `check` and `run` tell of it
                yield name, (kind, addresses.read(kind, typed))


NOTHING: Final = Reserved()


def _taken(name: str, what: str) -> Conflict:
    return Conflict(f"{name} is what berita.toml calls a {what}: give another name.")


def _declared(what: str, name: str) -> Conflict:
    return Conflict(
        f"berita.toml declares that {what} already, as “{name}”: `berita run` takes it up, if none"
        " has yet."
    )
