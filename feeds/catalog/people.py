"""What makes somebody an owner: a one-time code, shown where only the operator can see it."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from feeds.catalog.desk import Desk
from feeds.errors import Conflict
from feeds.model import Destination
from feeds.model.people import Role, Ticket, TicketKind

CLAIM_LASTS = timedelta(minutes=15)
INVITE_LASTS = timedelta(hours=24)
CODE_BYTES = 16
CODE_CHARACTERS_MAX = 64  # of a `start` link (Telegram, "Deep linking")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A code that makes its first bearer the owner, or an admin of a channel."""

    code: str  # as it stands behind ?start=
    expires_at: datetime


class PeopleDeeds(Desk):
    """Deeds on people."""

    __slots__ = ()

    async def make_claim(self, dice: random.Random) -> Claim:
        """Make a new code; an older one is worth nothing from now on. Raises Conflict."""
        owners = await self.store.people_of(Role.OWNER)
        if owners:
            named = ", ".join(f"{owner.name or 'somebody'} ({owner.id})" for owner in owners)
            raise Conflict(
                f"The bot has an owner already: {named}.", "error.owner.known", names=named
            )
        code, now = f"claim-{dice.randbytes(CODE_BYTES).hex()}", self.clock.now()
        ticket = Ticket(
            kind=TicketKind.CLAIM,
            destination=None,
            made_by=None,
            made_at=now,
            expires_at=now + CLAIM_LASTS,
        )
        await self.store.add_ticket(digest_of(code), ticket)
        return Claim(code=code, expires_at=ticket.expires_at)

    async def make_invite(self, destination: int, dice: random.Random) -> Claim:
        """Make a code that lets its first bearer look after a destination; raises UnknownName."""
        place = await self.destination(str(destination))
        code, now = f"invite-{dice.randbytes(CODE_BYTES).hex()}", self.clock.now()
        ticket = Ticket(
            kind=TicketKind.INVITE,
            destination=place.id,
            made_by=self.by,
            made_at=now,
            expires_at=now + INVITE_LASTS,
        )
        noting = self.noting("person.invite", destination=place.id)
        await noting.add_ticket(digest_of(code), ticket)
        return Claim(code=code, expires_at=ticket.expires_at)

    async def invited_to(self, code: str) -> Destination | None:
        """Tell which destination a code invites to; None: it is no invitation that is good."""
        if not 0 < len(code) <= CODE_CHARACTERS_MAX:
            return None
        found = await self.store.invited_to(digest_of(code), now=self.clock.now())
        return None if found is None else await self.store.destination_by(found)

    async def bring(self, destination: int, name: str) -> None:
        """Let who acts here look after a destination that he brought."""
        assert self.by is not None, "the command line looks after everything"
        now = self.clock.now()
        await self.store.meet(self.by, name, now=now)
        noting = self.noting("person.join", destination=destination)
        await noting.look_after(self.by, destination, by=self.by, now=now)

    async def dismiss(self, person: int, destination: int) -> None:
        """Let somebody look after a destination no more."""
        noting = self.noting("person.dismiss", destination=destination, after={"person": person})
        await noting.dismiss(person, destination)

    async def choose_language(self, language: str | None) -> None:
        """Let who acts here be spoken to in a language; None: in that of his Telegram.

        His own affair: the log of changes does not tell of it.
        """
        assert self.by is not None, "the command line speaks English"
        await self.store.speak(self.by, language, now=self.clock.now())

    async def use_code(
        self, code: str, person: int, name: str, *, claimable: bool
    ) -> Ticket | None:
        """Use a code that somebody sent; None: it is worth nothing (any more)."""
        if not 0 < len(code) <= CODE_CHARACTERS_MAX:
            return None
        now = self.clock.now()
        used = await self.store.use_ticket(digest_of(code), person, now=now, claimable=claimable)
        if used is not None:
            await self.store.meet(person, name, now=now)
        return used


def digest_of(code: str) -> bytes:
    """Digest a code: the store keeps no code that could be used."""
    return blake2b(code.encode("utf-8", "surrogatepass"), digest_size=32).digest()
