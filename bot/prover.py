"""The prover beat: asks the harmless question that opens a passage, and tells of long outages."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from bot.passage import Passage, Unproven
from feeds.model import Incident, NoticeKind
from feeds.ports import Clock
from feeds.store import Store, outage_key

OUTAGE_AFTER = timedelta(minutes=2)  # shut for so long, admins hear of it

log = structlog.get_logger()


class Prover:
    """Proves one passage; `ask` tells why the service does not answer, or None: it does."""

    def __init__(
        self,
        passage: Passage,
        ask: Callable[[], Awaitable[Unproven | None]],
        *,
        name: str,  # of the service: "telegram"
        store: Store,
        clock: Clock,
    ) -> None:
        self._passage = passage
        self._ask = ask
        self._name = name
        self._store = store
        self._clock = clock
        self._told: str | None = None  # the trouble that the log knows of
        self._is_outage: bool | None = None  # None: an earlier run may have left one open

    async def round(self) -> None:
        """Ask if a proof is wanted; raises StoreError from the notices alone."""
        if self._passage.wants_proof():
            await self._prove()
        await self._keep_notice()

    async def _prove(self) -> None:
        asked_at = asyncio.get_running_loop().time()
        found = await self._ask()
        if found is None:
            self._passage.proven(asked_at)
            if self._told is not None:
                log.info("service answers again", service=self._name)
                self._told = None
            return
        self._passage.not_proven(found)
        if self._told != found.why:
            log.warning("service does not answer", service=self._name, why=found.why)
            self._told = found.why

    async def _keep_notice(self) -> None:
        """Begin the incident of a long outage once, and end it when the way is open again."""
        shut = not self._passage.is_open and self._passage.shut_for >= OUTAGE_AFTER
        if shut and self._is_outage is not True:
            await self._store.begin_incident(self._incident(), now=self._clock.now())
            self._is_outage = True
        elif self._passage.is_open and self._is_outage is not False:
            await self._store.end_incidents((outage_key(self._name),), now=self._clock.now())
            self._is_outage = False

    def _incident(self) -> Incident:
        return Incident(
            key=outage_key(self._name),
            kind=NoticeKind.OUTAGE,
            details={"service": self._name, "reason": self._passage.shut_why or ""},
        )
