"""The Store's half for people: roles, one-time codes, conversations, the log of changes."""

from collections.abc import Collection, Mapping
from copy import copy
from datetime import datetime
from typing import Self

from feeds.model.people import Change, LoggedChange, Person, Role, Taken, Talk, Ticket
from feeds.store import changes, people, talks
from feeds.store.runner import Runner


class PeopleMethods:
    """Who may command and what they did; each method is one transaction."""

    _runner: Runner

    def noting(self, change: Change, *, now: datetime) -> Self:
        """Give a store whose writes note this change in the same transaction; for one deed."""
        return self._with(changes.NotingRunner(self._runner, change, now=now))

    def undoing(self, change: int, by: Change, *, now: datetime) -> Self:
        """Give a store whose write undoes a change and notes `by`; raises Conflict if it was."""
        return self._with(changes.NotingRunner(self._runner, by, now=now, undoes=change))

    def _with(self, runner: Runner) -> Self:
        other = copy(self)
        other._runner = runner  # noqa: SLF001  # a copy of this very class
        return other

    # ── people ───────────────────────────────────────────────────────────────────────────────────

    async def meet(self, person: int, name: str, *, now: datetime) -> Person:
        """Remember somebody's present name, and tell what is known of him."""
        return await self._runner.write(lambda c: people.meet(c, person, name, now=now))

    async def person(self, person: int) -> Person | None:
        """Find somebody."""
        return await self._runner.read(lambda c: people.by_id(c, person))

    async def people_of(self, role: Role) -> list[Person]:
        """List the people of a role."""
        return await self._runner.read(lambda c: people.of_role(c, role))

    async def speak(self, person: int, language: str | None, *, now: datetime) -> None:
        """Remember which language somebody chose; None: what his Telegram says."""
        await self._runner.write(lambda c: people.speak(c, person, language, now=now))

    async def dismiss(self, person: int, destination: int | None = None) -> None:
        """Let somebody look after a channel no more, or command nothing at all."""
        await self._runner.write(lambda c: people.dismiss(c, person, destination))

    async def looked_after(self, person: int) -> frozenset[int]:
        """Tell which live destinations somebody looks after."""
        return await self._runner.read(lambda c: people.looked_after(c, person))

    async def all_stewards(self) -> dict[int, frozenset[int]]:
        """Tell who looks after any live destinations, and after which."""
        return await self._runner.read(people.all_stewards)

    async def chats_looked_after(self, person: int, kind: str) -> list[tuple[int, int]]:
        """Tell which live destinations of a kind somebody looks after, each with its chat."""
        return await self._runner.read(lambda c: people.chats_looked_after(c, person, kind))

    async def look_after(
        self, person: int, destination: int, *, by: int | None, now: datetime
    ) -> None:
        """Let somebody look after a channel."""
        await self._runner.write(
            lambda c: people.look_after(c, person, destination, by=by, now=now)
        )

    async def invited_to(self, digest: bytes, *, now: datetime) -> int | None:
        """Tell which live destination a code invites to; None: none, or it is void."""
        return await self._runner.write(lambda c: people.invited_to(c, digest, now=now))

    async def stewards_of(self, destination: int) -> list[Person]:
        """List who looks after a channel."""
        return await self._runner.read(lambda c: people.stewards_of(c, destination))

    async def add_ticket(self, digest: bytes, ticket: Ticket) -> None:
        """Keep a new one-time code by its digest."""
        await self._runner.write(lambda c: people.add_ticket(c, digest, ticket))

    async def use_ticket(
        self, digest: bytes, person: int, *, now: datetime, claimable: bool
    ) -> Ticket | None:
        """Use a one-time code, once; None: it is worth nothing (any more)."""
        return await self._runner.write(
            lambda c: people.use_ticket(c, digest, person, now=now, claimable=claimable)
        )

    # ── conversations ────────────────────────────────────────────────────────────────────────────

    async def keep_talk(
        self, person: int, kind: str, data: Mapping[str, object], *, now: datetime
    ) -> None:
        """Keep where a conversation stands."""
        await self._runner.write(lambda c: talks.keep(c, person, kind, data, now=now))

    async def talk(self, person: int, *, now: datetime) -> Talk | None:
        """Tell where a conversation stands."""
        return await self._runner.read(lambda c: talks.read(c, person, now=now))

    async def end_talk(self, person: int) -> None:
        """End a conversation."""
        await self._runner.write(lambda c: talks.end(c, person))

    async def take_up(self, update: int, *, person: int | None = None, now: datetime) -> Taken:
        """Take an update up, once; `person`: who waits for an answer."""
        return await self._runner.write(lambda c: talks.take_up(c, update, person=person, now=now))

    async def finish(self, update: int) -> None:
        """Note that an update is done."""
        await self._runner.write(lambda c: talks.finish(c, update))

    async def cut_off(self) -> dict[int, int]:
        """Tell which updates were taken up and are not done, each with who waits for an answer."""
        return await self._runner.read(talks.cut_off)

    # ── the log ──────────────────────────────────────────────────────────────────────────────────

    async def list_changes(
        self,
        *,
        about: Mapping[str, int] | None = None,
        limit: int = 20,
        before: int | None = None,
        among: Collection[int] | None = None,
    ) -> list[LoggedChange]:
        """List the newest changes, of one feed, destination or route if asked.

        `before`: those older than this change; `among`: those of these destinations.
        """
        return await self._runner.read(
            lambda c: changes.listed_changes(
                c, about=about or {}, limit=limit, before=before, among=among
            )
        )

    async def change(self, change: int) -> LoggedChange | None:
        """Find a change by its number."""
        return await self._runner.read(lambda c: changes.change_by(c, change))

    async def mark_undone(self, change: int, *, now: datetime) -> bool:
        """Mark a change as undone; False: it was before."""
        return await self._runner.write(lambda c: changes.undo(c, change, now=now))
