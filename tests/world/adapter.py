"""An adapter that answers by script, and a store that refuses on request while lanes are served."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bot.adapter import Outcome, Scope, Sent
from bot.pace import Limit
from feeds.errors import StoreError
from feeds.model import Destination, Headers, Parcel
from feeds.ports import ResolvedAddress
from feeds.store import Store


class ScriptedAdapter:
    """Answers `Sent` after `latency`, unless `script` holds an outcome (or a deed) for the next."""

    kind = "webhook"
    timeout = timedelta(seconds=15)

    def __init__(
        self, *, repeatable: bool = True, limit: Limit = (), latency: float = 0.01
    ) -> None:
        self.repeatable = repeatable
        self.limit = limit
        self.latency = latency
        self.script: list[Outcome | Callable[[], Outcome]] = []
        self.sent: dict[int, list[int]] = defaultdict(list)  # destination → deliveries, in order
        self.began: list[tuple[float, int]] = []

    def read(self, typed: str) -> str:
        return typed

    def headers_in(self, typed: str) -> Headers:
        return ()

    async def resolve(self, typed: str) -> ResolvedAddress:
        return ResolvedAddress(address=typed)

    def describe(self, destination: Destination) -> str:
        return destination.name

    def scopes(self, destination: Destination) -> tuple[Scope, ...]:
        return (Scope(name=f"webhook:{destination.id}", limit=self.limit),)

    def render(self, destination: Destination, parcel: Parcel) -> bytes:
        return f"{parcel.delivery.webhook_id}".encode()

    async def send(self, destination: Destination, parcel: Parcel, body: bytes) -> Outcome:
        self.began.append((asyncio.get_running_loop().time(), destination.id))
        await asyncio.sleep(self.latency)
        outcome = self.script.pop(0) if self.script else Sent(message_id=str(parcel.delivery.id))
        if callable(outcome):
            outcome = outcome()
        if isinstance(outcome, Sent):
            self.sent[destination.id].append(parcel.delivery.id)
        return outcome


class MoodyStore:
    """A real store whose methods named in `fail` raise, until they are taken out again.

    `slow["write_sends"] = 5.0` makes its next answer come seconds late; the work is done by then.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.fail: dict[str, StoreError] = {}
        self.slow: dict[str, float] = {}

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)

        async def asked(*args: Any, **named: Any) -> Any:
            if name in self.fail:
                raise self.fail[name]
            done = await method(*args, **named)
            await asyncio.sleep(self.slow.pop(name, 0))
            return done

        return asked
