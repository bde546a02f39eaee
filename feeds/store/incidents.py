"""The Store's half for what waits for a person: doubts, bursts held back, notices to admins."""

import random
from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from feeds.model import (
    Admin,
    Destination,
    Doubt,
    Ending,
    Incident,
    Notice,
    NoticeKind,
    Sighting,
    Telling,
    Verdict,
)
from feeds.store import bursts, destinations, doubts, holds, notices, places, sightings
from feeds.store import tellings as told_people
from feeds.store.bursts import BurstDeed
from feeds.store.rows import Burst, BurstDecided
from feeds.store.runner import Runner


class IncidentMethods:
    """What is in doubt or held, and what admins hear of it; each method is one transaction."""

    _runner: Runner
    _dice: random.Random

    # ── doubts ───────────────────────────────────────────────────────────────────────────────────

    async def doubts_due(
        self, *, now: datetime, limit: int, away: Collection[str] = ()
    ) -> list[Doubt]:
        """Read doubts that are to be looked into now, those that wait longest first.

        `away` are kinds of which nothing can be asked at the moment; they are left out.
        """
        return await self._runner.read(lambda c: doubts.due(c, now=now, limit=limit, away=away))

    async def hold_doubts(self, away: Collection[str], *, now: datetime) -> None:
        """Let doubts of kinds that are away, not looked into yet, hold their lanes for 120 s."""
        await self._runner.write(lambda c: doubts.hold(c, away, now=now))

    async def conclude_doubts(self, verdicts: Sequence[Verdict], *, now: datetime) -> int:
        """Write what looks came to; tells how many doubts are settled or go out again."""
        return await self._runner.write(
            lambda c: doubts.conclude(c, verdicts, now=now, dice=self._dice)
        )

    async def sight(
        self,
        kind: str,
        place: str,
        sighting: Sighting,
        *,
        mark_body: Callable[[bytes], bytes | None],
        now: datetime,
    ) -> bool:
        """Keep a post that was seen where a delivery is not settled; tells whether it was kept.

        `place` is the chat's canonical address without a topic. Its doubts whose frozen body has
        the same mark by `mark_body` are looked into anew.
        """
        return await self._runner.write(
            lambda c: sightings.sight(c, kind, place, sighting, mark_body=mark_body, now=now)
        )

    # ── places ───────────────────────────────────────────────────────────────────────────────────

    async def shut_out(
        self, kind: str, place: str, *, reason: str, now: datetime
    ) -> list[Destination]:
        """Park the open destinations of a chat that shut us out; gives them, topics included."""
        return await self._runner.write(
            lambda c: places.shut_out(c, kind, place, reason=reason, now=now, dice=self._dice)
        )

    async def let_in(self, kind: str, place: str, *, now: datetime) -> list[Destination]:
        """Open the parked destinations of a chat that let us in again; gives them."""
        return await self._runner.write(
            lambda c: places.let_in(c, kind, place, now=now, dice=self._dice)
        )

    async def any_destination(self, destination: int) -> Destination:
        """Read a destination by its id, removed or not; raises UnknownName."""
        return await self._runner.read(lambda c: destinations.by_id(c, destination))

    # ── bursts ───────────────────────────────────────────────────────────────────────────────────

    async def bursts(self) -> tuple[Burst, ...]:
        """List what guards hold until an admin decides, at most 500 bursts, the first one first."""
        return await self._runner.read(holds.listing)

    async def decide_burst(
        self, delivery: int, *, deed: BurstDeed, now: datetime, by: Admin | None = None
    ) -> BurstDecided:
        """Decide on all that is held with this delivery, for the same place and reason."""
        return await self._runner.write(
            lambda c: bursts.decide(c, delivery, deed=deed, dice=self._dice, now=now, by=by)
        )

    # ── notices ──────────────────────────────────────────────────────────────────────────────────

    async def begin_incident(self, incident: Incident, *, now: datetime) -> None:
        """Begin an incident; one whose key is open already goes on as it is."""
        await self._runner.write(lambda c: notices.begin(c, (incident,), now=now, dice=self._dice))

    async def end_incidents(
        self, keys: Collection[str], *, now: datetime, ending: Ending | None = None
    ) -> None:
        """End the incidents of these keys, those that are open."""
        await self._runner.write(lambda c: notices.end(c, keys, now=now, ending=ending))

    async def open_notices(self, kind: NoticeKind) -> list[Notice]:
        """List the incidents of a kind that are not over."""
        return await self._runner.read(lambda c: notices.still_open(c, kind))

    async def notices_to_tell(
        self,
        persons: Collection[int],
        *,
        now: datetime,
        limit: int,
        among: Collection[int] | None = None,
    ) -> list[Telling]:
        """List what these persons are still to be told, at most `limit` each.

        `among`: of these destinations alone.
        """
        return await self._runner.read(
            lambda c: told_people.to_tell(c, persons, now=now, limit=limit, among=among)
        )

    async def begin_tellings(self, tellings: Sequence[Telling], *, now: datetime) -> None:
        """Note that these are about to be told; committed before the message leaves."""
        await self._runner.write(lambda c: told_people.begin_telling(c, tellings, now=now))

    async def note_told(
        self, told: Sequence[Telling], *, message_id: str | None, now: datetime
    ) -> None:
        """Note that these were told, all by one message."""
        await self._runner.write(
            lambda c: told_people.note_told(c, told, message_id=message_id, now=now)
        )

    async def told_where(self, notice: int) -> list[tuple[int, str]]:
        """List the messages (person, message id) that told the begin of a notice."""
        return await self._runner.read(lambda c: told_people.told_where(c, notice))

    async def told_by(self, person: int, message_id: str) -> list[Notice]:
        """List the notices that a message told someone the begin of, the oldest first."""
        return await self._runner.read(lambda c: told_people.told_by(c, person, message_id))
