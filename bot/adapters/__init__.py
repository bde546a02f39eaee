"""The table of adapters, one file or package for each kind of destination.

May live here: what is known of one kind, all of it in its own place. May be imported: the layers
below; adapters do not know each other. A kind is loaded when it is asked for, so that an outside
library of one kind costs nobody else.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from bot.adapter import Adapter
from feeds.errors import AddressError
from feeds.guard import Guard
from feeds.model import WEBHOOK, Headers
from feeds.ports import ResolvedAddress

KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "telegram": "bot.adapters.telegram:TelegramAdapter",
        "webhook": "bot.adapters.webhook:WebhookAdapter",
        "discord": "bot.adapters.webhook.discord:DiscordAdapter",
        "slack": "bot.adapters.webhook.slack:SlackAdapter",
        "mattermost": "bot.adapters.webhook.mattermost:MattermostAdapter",
        "console": "bot.adapters.console:ConsoleAdapter",
    }
)
KEYED: Final = frozenset({"discord", "slack", "mattermost"})


def shown(kind: str, address: str) -> str:
    """Write an address for people: of one that is a key, no more than whose it is."""
    if not is_key(kind, address):
        return address
    parts = urlsplit(address)
    path = f"{parts.path}?" if kind == WEBHOOK else "/"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{path}…"


def is_key(kind: str, address: str) -> bool:
    """Tell that who knows an address may post there: a chat's hook, a webhook's with a query."""
    if kind == WEBHOOK:
        return "?" in address or "@" in urlsplit(address).netloc
    return kind in KEYED


def refuse_private(address: str, guard: Guard) -> None:
    """Hold a URL of a literal address against the guard, asking nobody; raises AddressError."""
    if "://" in address and (why := guard.refuses_literal(address)) is not None:
        raise AddressError(why, "error.web.refused_address")


def load(kind: str) -> type[Adapter]:
    """Import the class of a kind that is in KINDS."""
    module, _, name = KINDS[kind].partition(":")
    adapter: type[Adapter] = getattr(import_module(module), name)
    return adapter


class AddressBook:
    """Reads and resolves addresses of every kind there is; fulfils `feeds.ports.Addresses`.

    With a guard, which is for the operator alone, a URL of a literal address that it refuses is
    told at once; admins are not to learn which networks are open.
    """

    def __init__(self, adapters: Mapping[str, Adapter], guard: Guard | None = None) -> None:
        self._adapters = adapters
        self._guard = guard

    def kinds(self) -> tuple[str, ...]:
        return tuple(self._adapters)

    def read(self, kind: str, typed: str) -> str:
        return self._of(kind).read(typed)

    def headers_in(self, kind: str, typed: str) -> Headers:
        return self._of(kind).headers_in(typed)

    async def resolve(self, kind: str, typed: str) -> ResolvedAddress:
        resolved = await self._of(kind).resolve(typed)
        if self._guard is not None:
            refuse_private(resolved.address, self._guard)
        return resolved

    def _of(self, kind: str) -> Adapter:
        adapter = self._adapters.get(kind)
        if adapter is None:
            near = get_close_matches(kind, self._adapters, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            known = ", ".join(self._adapters)
            raise AddressError(
                f"There is no kind of destination “{kind}”{hint} Known: {known}.",
                "error.destination.kind",
                kind=kind,
                known=known,
            )
        return adapter
