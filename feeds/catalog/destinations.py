"""What admins may do to destinations: addresses are resolved once, secrets are made here."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from feeds.catalog.changes import DestinationChanges
from feeds.catalog.desk import DECLARED, Desk, ours_to_change
from feeds.catalog.differences import differences, place_differences
from feeds.catalog.names import checked, name_for, near_to
from feeds.errors import BadRequest, Conflict
from feeds.headers import checked_headers
from feeds.model import (
    WEBHOOK,
    Admin,
    Delivery,
    Destination,
    DestinationOptions,
    DestinationState,
    Origin,
)
from feeds.store import Store
from feeds.store.rows import DestinationRow
from feeds.webhook_secrets import checked_secret

WEBHOOKS_OWN = ("headers", "events", "format", "max_per_second")  # options that no other kind obeys


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedDestination:
    """A destination now stored; `secret_made` says that its secret is news to its owner."""

    destination: Destination
    secret_made: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedDestination:
    """A destination as it was, and how many deliveries waited for it or were held."""

    destination: Destination
    dropped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TestQueued:
    """A test message now waiting; `blocked` says why it cannot go out yet."""

    destination: Destination
    delivery: Delivery
    blocked: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RotatedSecret:
    """A new secret; the one before signs beside it until `old_until`, if there was one."""

    secret: str = field(repr=False)
    old_until: datetime | None


def fitting(kind: str, options: DestinationOptions) -> DestinationOptions:
    """Give the options back if they are for this kind of place; raises BadRequest."""
    usual = DestinationOptions()
    for name in WEBHOOKS_OWN if kind != WEBHOOK else ():
        if getattr(options, name) != getattr(usual, name):
            said = name.replace("_", " ").capitalize()
            raise BadRequest(
                f"{said} is for webhooks alone: leave it out here.",
                "error.destination.webhooks_alone",
                option=name,
            )
    return options


class DestinationDeeds(Desk):
    """Deeds on destinations."""

    __slots__ = ()

    async def add_destination(
        self,
        kind: str,
        address: str,
        *,
        name: str | None = None,
        secret: str | None = None,
        options: DestinationOptions | None = None,
    ) -> AddedDestination:
        """Resolve the address, asking where needed, and add it; raises AddressError, Conflict.

        Where the kind is signed for, a secret left out is made.
        """
        self.check_kind(kind)
        made = self.reach().new_secret(kind)
        if secret is not None and made is None:
            raise BadRequest(
                f"Nothing is signed for a {kind}: leave the secret out.",
                "error.secret.unsigned",
                kind=kind,
            )
        if secret is not None:
            checked_secret(secret)
        options = self.options_for(kind, address, options or DestinationOptions())
        name = checked(name) if name is not None else None
        self.reserved.refuse_destination(name)
        resolved = await self.reach().addresses.resolve(kind, address)
        self.reserved.refuse_place(kind, resolved.address, self.reach().addresses)
        destination = await self.noting("destination.add").add_destination(
            name or await self._name_of_place(kind, resolved.title, address),
            kind,
            resolved.address,
            title=resolved.title,
            secret=secret or made,
            options=options,
            origin=Origin.ADMIN,
            resolved=True,
            now=self.clock.now(),
        )
        return AddedDestination(
            destination=destination, secret_made=not secret and made is not None
        )

    async def set_destination(self, name: str, changes: DestinationChanges) -> Destination:
        """Change a destination; its address is its identity: for another, add another."""
        if changes == DestinationChanges():
            raise BadRequest(
                "Nothing to change: name what is to be another one.", "error.nothing_to_change"
            )
        return await self.change_destination(await self.destination(name), changes)

    async def change_destination(
        self, seen: Destination, changes: DestinationChanges
    ) -> Destination:
        """Change one that was just seen so; raises Conflict if it is set otherwise by now."""
        ours_to_change(seen, seen.name)
        new: dict[str, Any] = {}
        if changes.rename is not None and checked(changes.rename) != seen.name:
            self.reserved.refuse_destination(changes.rename)
            new["name"] = changes.rename
        options = fitting(seen.kind, changes.options(seen.options))
        if options != seen.options:
            new["options"] = options
        if not new:
            return seen
        before, after = place_differences(seen, new.get("name", seen.name), options)
        noting = self.noting("destination.set", destination=seen.id, before=before, after=after)
        return await noting.set_destination(seen.id, expected=seen, **new)

    async def destination_row(self, name: str) -> DestinationRow:
        """Find a destination as lists show it."""
        destination = await self.destination(name)
        rows = await self.store.list_destinations()
        return next(row for row in rows if row.id == destination.id)

    async def pause_destination(self, name: str) -> Destination:
        """Serve it no more until it is resumed; what comes for it waits."""
        destination = await self.destination(name)
        noting = self._moving_place("pause", destination, DestinationState.PAUSED)
        return await noting.pause_destination(destination.id, now=self.clock.now())

    async def resume_destination(self, name: str, *, by: Admin | None = None) -> Destination:
        """Serve it again, whether an admin had paused it or it had been parked."""
        destination = await self.destination(name)
        noting = self._moving_place("resume", destination, DestinationState.OPEN)
        return await noting.resume_destination(destination.id, now=self.clock.now(), by=by)

    async def remove_destination(self, name: str) -> RemovedDestination:
        """Stop it and close its routes; what waits for it is dropped, its history stays."""
        destination = await self.destination(name)
        ours_to_change(destination, destination.name)
        noting = self.noting("destination.remove", destination=destination.id)
        removed = await noting.remove_destination(destination.id, now=self.clock.now())
        return RemovedDestination(destination=destination, dropped=removed.dropped)

    async def test_destination(self, name: str) -> TestQueued:
        """Put a test message into its lane; the running bot sends it."""
        destination = await self.destination(name)
        noting = self.noting("destination.test", destination=destination.id)
        delivery = await noting.add_test_delivery(destination.id, now=self.clock.now())
        blocked = None
        if destination.state is not DestinationState.OPEN:
            why = f" ({destination.state_reason})" if destination.state_reason else ""
            blocked = f"{destination.name} is {destination.state}{why}"
        return TestQueued(destination=destination, delivery=delivery, blocked=blocked)

    async def secret_of(self, name: str) -> str:
        """Give the secret that signs for a webhook; raises Conflict where there is none."""
        destination = await self.destination(name)
        if destination.secret is None:
            raise _no_secret(destination)
        return destination.secret

    async def rotate_secret(self, name: str, *, declared: Collection[str] = ()) -> RotatedSecret:
        """Sign with a new secret, and for 24 h with the old one, too.

        `declared` names the destinations whose secret the file gives: it is changed there.
        """
        return await self.change_secret(await self.destination(name), declared=declared)

    async def change_secret(
        self, seen: Destination, *, declared: Collection[str] = ()
    ) -> RotatedSecret:
        """Do so where the secret is as it was just seen; raises Conflict if it is another by now.

        Of two who do it at once the second would end at once what the receiver still goes by.
        """
        secret = self.reach().new_secret(seen.kind)
        if secret is None:
            raise _no_secret(seen)
        if seen.origin is Origin.FILE and seen.name in declared:
            raise Conflict(
                f"The secret of “{seen.name}” {DECLARED}", "error.secret.declared", name=seen.name
            )
        now = self.clock.now()
        noting = self.noting("destination.secret", destination=seen.id)
        rotated = await noting.set_secret(seen.id, secret, expected=seen, now=now)
        return RotatedSecret(secret=secret, old_until=rotated.old_secret_until)

    def check_kind(self, kind: str) -> None:
        """Hold a kind among those there are; raises BadRequest."""
        kinds = self.reach().addresses.kinds()
        if kind not in kinds:
            near = near_to(kind, kinds)
            hint = f"; did you mean {near[0]}?" if near else f": it is one of {', '.join(kinds)}."
            raise BadRequest(
                f"There is no kind of destination “{kind}”{hint}",
                "error.destination.kind",
                kind=kind,
                known=", ".join(kinds),
            )

    def options_for(
        self, kind: str, address: str, options: DestinationOptions
    ) -> DestinationOptions:
        """Join to a new destination's options what its address stands for; raises BadRequest."""
        said = self.reach().addresses.headers_in(kind, address)
        joined = checked_headers((*options.headers, *said))
        return fitting(kind, replace(options, headers=joined))

    def _moving_place(self, deed: str, place: Destination, state: DestinationState) -> Store:
        before, after = differences({"state": str(place.state)}, {"state": str(state)})
        return self.noting(f"destination.{deed}", destination=place.id, before=before, after=after)

    async def _name_of_place(self, kind: str, title: str, address: str) -> str:
        taken = {row.name for row in await self.store.list_destinations()}
        taken |= self.reserved.destinations.keys()
        said = title or (address if address.startswith("@") else "")
        return name_for(title=said, url=address, fallback=kind, taken=taken)


def _no_secret(destination: Destination) -> Conflict:
    return Conflict(
        f"“{destination.name}” has no secret: only webhooks are signed.",
        "error.secret.none",
        name=destination.name,
    )
