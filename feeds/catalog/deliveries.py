"""What admins may do to deliveries: look, ask why, and decide what only a person can."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from feeds.catalog.delivery_ids import is_webhook_id, message_id_in, no_id, number_in
from feeds.catalog.desk import Desk
from feeds.errors import BadRequest, UnknownName
from feeds.model import Admin, DeliveryState
from feeds.store import DeliveryPage, Troubles
from feeds.store.rows import Burst, BurstDecided, Decided, DeliveryRow, DeliveryStory

LIST_MAX = 10_000
PAGE: Final = 8  # deliveries
PAGES_MAX: Final = 50  # further back than that nobody turns: a story is found by its link

Deed = Literal["retry", "confirm", "drop", "resend", "delete"]
CONFIRMED: Final = "it is there: an admin says so"
DROPPED: Final = "dropped by an admin"
BurstDeed = Literal["publish", "skip", "roll_up"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which deliveries to list; None: of every."""

    state: DeliveryState | None = None
    feed: str | None = None
    destination: str | None = None
    since: datetime | None = None  # created then or later
    limit: int = 50


class DeliveryDeeds(Desk):
    """Deeds on deliveries."""

    __slots__ = ()

    async def list_deliveries(self, wanted: Wanted) -> Sequence[DeliveryRow]:
        """List the newest that match, newest first; raises UnknownName, BadRequest."""
        if not 1 <= wanted.limit <= LIST_MAX:
            raise BadRequest(
                f"The limit lies between 1 and {LIST_MAX:,}.", "error.limit", most=LIST_MAX
            )
        feed = await self.feed(wanted.feed) if wanted.feed else None
        place = await self.destination(wanted.destination) if wanted.destination else None
        return await self.store.list_deliveries(
            state=wanted.state,
            feed=feed.id if feed else None,
            destination=place.id if place else None,
            since=wanted.since,
            limit=wanted.limit,
        )

    async def delivery_id(self, typed: str) -> int:
        """Tell which delivery is meant by a number or a webhook-id; a number need not be one's.

        Raises BadRequest for what is neither, UnknownName for a webhook-id that nothing has.
        """
        typed = typed.strip()
        if (number := number_in(typed)) is not None:
            return number
        if not is_webhook_id(typed):
            raise no_id(typed)
        found = await self.store.delivery_of_webhook_id(typed)
        if found is None:
            raise UnknownName(f"There is no delivery {typed}.", "error.gone")
        return found

    async def delivery_ids(self, typed: Sequence[str]) -> list[int]:
        """Tell which deliveries are meant; raises as `delivery_id` does."""
        return [await self.delivery_id(each) for each in typed]

    async def delivery_story(self, delivery: int) -> DeliveryStory:
        """Tell all that is known of one delivery; raises UnknownName."""
        found = await self.store.delivery_story(delivery, now=self.clock.now())
        if found is None:
            raise UnknownName(f"There is no delivery {delivery}.", "error.gone")
        return found

    async def retry_deliveries(self, ids: Sequence[int], *, by: Admin | None = None) -> Decided:
        """Send again what failed, is in doubt, held or dropped: it waits now, due at once."""
        return await self._decide(ids, "retry", by=by)

    async def retry_since(self, since: datetime, *, to: str | None = None) -> int:
        """Send again all that failed since then, `to` one destination if named; tells how many.

        Raises UnknownName.
        """
        place = await self.destination(to) if to is not None else None
        on = place.id if place is not None else None
        noting = self.noting("delivery.retry", destination=on)
        return await noting.retry_since(since, destination=on, now=self.clock.now())

    async def count_failed(self, destination: int, spans: Sequence[timedelta]) -> tuple[int, ...]:
        """Count what failed there within each of these spans until now."""
        now = self.clock.now()
        return await self.store.count_failed(destination, [now - span for span in spans])

    async def page_of_deliveries(
        self,
        *,
        states: Collection[DeliveryState] = (),
        among: Collection[int] | None = None,
        page: int = 0,
    ) -> DeliveryPage:
        """Read one page (the first is 0) of deliveries, the newest first; none past PAGES_MAX."""
        at = min(max(page, 0), PAGES_MAX - 1)
        return await self.store.delivery_page(
            states=states, among=among, offset=at * PAGE, limit=PAGE
        )

    async def troubles(self, *, among: Collection[int] | None = None) -> Troubles:
        """Read what waits for somebody's attention; `among`: of these destinations alone."""
        return await self.store.troubles(among=among)

    async def retry_failed(self, destination: int) -> int:
        """Send again all that this destination was given up; tells how many."""
        noting = self.noting("delivery.retry", destination=destination)
        return await noting.retry_failed(destination, now=self.clock.now())

    async def confirm_delivery(
        self, delivery: int, *, message_id: str | None = None, by: Admin | None = None
    ) -> Decided:
        """Settle a doubt: it did arrive, under this message id if that is known.

        Raises BadRequest for a message id that no such destination gives.
        """
        if message_id is not None:
            found = await self.store.delivery_story(delivery)
            if found is not None:
                message_id = message_id_in(message_id, found.destination.kind)
        return await self._decide(
            [delivery], "confirm", message_id=message_id, reason=CONFIRMED, by=by
        )

    async def drop_deliveries(self, ids: Sequence[int], *, by: Admin | None = None) -> Decided:
        """Never send these."""
        return await self._decide(ids, "drop", reason=DROPPED, by=by)

    async def resend_delivery(self, delivery: int, *, by: Admin | None = None) -> Decided:
        """Send once more what was sent: readers see it twice, a webhook the same id again."""
        return await self._decide([delivery], "resend", by=by)

    async def note_deleted(self, delivery: int, *, by: Admin | None = None) -> Decided:
        """Keep that a post was taken away from where it stood."""
        return await self._decide([delivery], "delete", by=by)

    async def bursts(self) -> Sequence[Burst]:
        """List what guards against floods hold until somebody decides, the first burst first."""
        return await self.store.bursts()

    async def decide_burst(
        self, delivery: int, deed: BurstDeed, *, by: Admin | None = None
    ) -> BurstDecided:
        """Decide on all that is held with this delivery: publish, skip or roll it up."""
        noting = self.noting(f"burst.{deed}")
        return await noting.decide_burst(delivery, deed=deed, now=self.clock.now(), by=by)

    async def _decide(
        self,
        ids: Sequence[int],
        deed: Deed,
        *,
        message_id: str | None = None,
        reason: str | None = None,
        by: Admin | None = None,
    ) -> Decided:
        if not ids:
            raise BadRequest(
                f"Which deliveries? Give their ids to {deed}.", "error.which_deliveries"
            )
        now = self.clock.now()
        return await self.noting(f"delivery.{deed}").decide(
            tuple(dict.fromkeys(ids)),
            deed=deed,
            now=now,
            message_id=message_id,
            reason=reason,
            by=by,
        )
