"""Whatever is done in whatever order: one state each, explained; members as their roll-up; no loss.

Deeds of admins, of senders that live and die, and of time, in sequences that hypothesis chooses.
"""

import asyncio
import shutil
import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.errors import Conflict
from feeds.model import (
    Backlog,
    DeliveryState,
    Destination,
    DestinationOptions,
    Lane,
    LaneRelease,
    NoticeKind,
    Parcel,
    Verdict,
)
from feeds.store import Store
from feeds.store.bursts import BurstDeed
from feeds.store.decisions import Deed
from tests.builders import NOON
from tests.store.situations import (
    MINUTE,
    SECOND,
    a_place,
    a_poll,
    a_source,
    an_intent,
    an_outcome,
    claim,
    news,
    query,
)
from tests.world.store import fresh_store

WAITING, HELD, SENDING = DeliveryState.WAITING, DeliveryState.HELD, DeliveryState.SENDING
SENT, IN_DOUBT = DeliveryState.SENT, DeliveryState.IN_DOUBT
FAILED, DROPPED = DeliveryState.FAILED, DeliveryState.DROPPED
EXPLAINED = {HELD, IN_DOUBT, FAILED, DROPPED}
POLICIES = (None, "all", "newest:3", "roll_up", "roll_up")
SPANS = (MINUTE, 5 * MINUTE, 11 * MINUTE, 70 * MINUTE)
DECISIONS: tuple[Deed, ...] = ("retry", "confirm", "drop")
WORDS: tuple[BurstDeed, ...] = ("publish", "skip", "roll_up", "roll_up")
MERGED = "-2"  # where the first place may turn out to be: the second one
OUTCOMES: tuple[tuple[DeliveryState, dict[str, object]], ...] = (
    *((SENT, {}), (WAITING, {}), (SENT, {}), (FAILED, {}), (SENT, {}), (IN_DOUBT, {})),
    *((SENT, {}), (WAITING, {"plain": True}), (SENT, {}), (WAITING, {})),
    (WAITING, {"address": MERGED}),
)


class House:
    """Two feeds and two places, and all that can happen to what is between them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = NOON
        self.numbers = 0
        self.rows = 0
        self.told: Counter[tuple[int, int]] = Counter()  # (place, story), each time it was read
        self.hand: list[Lane] = []  # lanes claimed and not given back

    async def build(self) -> None:
        self.feeds = [await a_source(self.store, name) for name in ("one", "two")]
        self.places = [
            await a_place(self.store, name, "telegram", address=address)
            for name, address in (("old", "-1"), ("new", MERGED))
        ]
        for feed, place in ((0, 0), (1, 0), (1, 1)):
            await self._route(feed, place)

    async def _route(self, feed: int, place: int) -> None:
        await self.store.add_route(self.feeds[feed].id, self.places[place].id, now=self.now)

    # ── deeds ────────────────────────────────────────────────────────────────────────────────────

    async def time_passes(self, n: int) -> None:
        self.now += SPANS[n % len(SPANS)]

    async def stories_come(self, n: int) -> None:
        hold = f"burst: {n} new at once" if n % 4 == 3 else None
        count = 1 + n % 8
        first, self.numbers = self.numbers, self.numbers + count
        found = (news(number, hold=hold) for number in range(first, first + count))
        await self.store.record_polls([a_poll(self.feeds[n % 2], *found)], now=self.now)

    async def a_test(self, n: int) -> None:
        if place := await self._live(n):
            await self.store.add_test_delivery(place.id, now=self.now)

    async def lanes_are_claimed(self, n: int) -> None:
        self.hand += await claim(self.store, now=self.now, heads=2 + n % 3)

    async def lanes_are_given_back(self, _n: int) -> None:
        given = [LaneRelease(destination=x.destination.id, epoch=x.epoch) for x in self.hand]
        await self.store.release_lanes(given, now=self.now)
        self.hand = []

    async def something_is_sent(self, n: int) -> None:
        """One parcel of a lane in hand, which may have changed since it was claimed."""
        if not self.hand:
            return
        lane = self.hand[n % len(self.hand)]
        parcel = lane.parcels[n % len(lane.parcels)]
        begun = await self.store.begin_sends([an_intent(lane, parcel)], now=self.now)
        if begun and n % 9 != 8:  # else the sender dies
            await self._settle(lane, parcel, n)

    async def lanes_are_served(self, n: int) -> None:
        """Claim what is due, send a few of each, give the lanes back."""
        await self.lanes_are_claimed(1)
        for each in range(1 + n % 3):
            await self.something_is_sent(n + each)
        await self.lanes_are_given_back(0)

    async def _settle(self, lane: Lane, parcel: Parcel, n: int) -> None:
        state, changes = OUTCOMES[n % len(OUTCOMES)]
        outcome = an_outcome(
            lane, state, parcel, due_at=self.now, message_id=str(n) if state is SENT else None
        )
        outcome = type(outcome)(**{f: getattr(outcome, f) for f in outcome.__slots__} | changes)
        settled = await self.store.settle([outcome], now=self.now)
        if settled and state is SENT:
            stories = parcel.members or ((parcel.story,) if parcel.story else ())
            self.told.update((lane.destination.id, story.id) for story in stories)
            await self._all_of_it_was_told(parcel)

    async def _all_of_it_was_told(self, parcel: Parcel) -> None:
        found = await self.store.delivery_story(parcel.delivery.id)
        assert found is not None
        assert found.members_total == parcel.members_total >= len(parcel.members)
        assert {row.title for row in found.members} == {each.title for each in parcel.members}

    async def senders_die(self, n: int) -> None:
        kinds = ("telegram",) if n % 2 else ()
        await self.store.expire_leases(now=self.now, repeatable_kinds=kinds, everything=True)
        self.hand = []

    async def doubts_are_looked_into(self, n: int) -> None:
        verdicts = [
            Verdict(delivery=doubt.parcel.delivery.id, found="7")
            if n % 3 == 0
            else Verdict(delivery=doubt.parcel.delivery.id, resend_at=self.now)
            for doubt in await self.store.doubts_due(now=self.now, limit=10)
        ]
        await self.store.conclude_doubts(verdicts, now=self.now)

    async def a_place_is_closed(self, n: int) -> None:
        if place := await self._live(n):
            if n % 3:
                await self.store.pause_destination(place.id, now=self.now)
            else:
                await self.store.park_destination(place.id, reason="kicked", now=self.now)

    async def a_place_is_opened(self, n: int) -> None:
        if place := await self._live(n):
            await self.store.resume_destination(place.id, now=self.now)

    async def options_change(self, n: int) -> None:
        if place := await self._live(n):
            policy = POLICIES[n % len(POLICIES)]
            options = DestinationOptions(
                backlog=Backlog.read(policy) if policy else None,
                max_age=60 * MINUTE if n % 4 == 0 else None,
            )
            await self.store.set_destination(place.id, options=options)

    async def somebody_decides(self, n: int) -> None:
        ids = sorted(row.id for row in await self.store.list_deliveries(limit=1_000))
        if ids:
            deed = DECISIONS[n % len(DECISIONS)]
            await self.store.decide([ids[n % len(ids)]], deed=deed, now=self.now)

    async def a_burst_is_decided(self, n: int) -> None:
        bursts = await self.store.bursts()
        if bursts:
            burst, deed = bursts[n % len(bursts)], WORDS[n % len(WORDS)]
            await self.store.decide_burst(burst.id, deed=deed, now=self.now)

    async def all_failures_are_retried(self, _n: int) -> None:
        await self.store.retry_since(NOON, now=self.now)

    async def a_route_closes(self, n: int) -> None:
        ways = await self.store.list_routes()
        if ways:
            await self.store.remove_route(ways[n % len(ways)].route.id, now=self.now)

    async def a_route_opens(self, n: int) -> None:
        place = await self._live(n)
        if place:
            with suppress(Conflict):
                await self.store.add_route(self.feeds[n % 2].id, place.id, now=self.now)

    async def upkeep(self, _n: int) -> None:
        await self.store.drop_stale(now=self.now)

    async def _live(self, n: int) -> Destination | None:
        rows = await self.store.list_destinations()
        return rows[n % len(rows)].destination if rows else None

    # ── laws ─────────────────────────────────────────────────────────────────────────────────────

    async def hold_the_laws(self) -> None:
        rows = {row.id: row for row in await self.store.list_deliveries(limit=10_000)}
        assert len(rows) >= self.rows, "a delivery is gone"
        self.rows = len(rows)
        assert all(row.reason for row in rows.values() if row.state in EXPLAINED)
        assert max(self.told.values(), default=1) == 1, "a story was told twice"
        into = dict(await query(self.store, 'SELECT member, "into" FROM roll_ups'))
        for member, whole in into.items():
            inside, outside = rows[member], rows[whole]
            if outside.state in (WAITING, SENDING):
                said = (HELD, f"rolled up in delivery {whole}", None)
            else:
                said = (outside.state, outside.reason, outside.message_id)
            assert (inside.state, inside.reason, inside.message_id) == said
            assert inside.destination == outside.destination or inside.state in (SENT, DROPPED)
        wholes = {row.id for row in rows.values() if row.occasion.startswith("roll_up:")}
        assert wholes.isdisjoint(into), "a roll-up is in no other"
        empty = wholes - set(into.values())
        assert all(rows[whole].state in (DROPPED, SENT, IN_DOUBT, FAILED) for whole in empty)
        await self._incidents_are_those_of_what_is_held(rows, into)

    async def _incidents_are_those_of_what_is_held(self, rows: dict, into: dict) -> None:  # type: ignore[type-arg]  # ids
        held = {
            row.destination for row in rows.values() if row.state is HELD and row.id not in into
        }
        names = {row.id: row.name for row in await self.store.list_destinations()}
        told = {
            names[notice.incident.destination or 0]
            for notice in await self.store.open_notices(NoticeKind.HELD)
        }
        assert told == held == {burst.destination for burst in await self.store.bursts()}

    async def come_to_an_end(self) -> None:
        """Everything is opened, decided and sent: nothing waits for ever."""
        await self.senders_die(0)
        for place in await self.store.list_destinations():
            await self.store.set_destination(place.id, options=DestinationOptions())
            await self.store.resume_destination(place.id, now=self.now)
        while bursts := await self.store.bursts():
            await self.store.decide_burst(bursts[0].id, deed="publish", now=self.now)
        doubts = [row.id for row in await self.store.list_deliveries(state=IN_DOUBT, limit=1_000)]
        await self.store.decide(doubts, deed="confirm", now=self.now)
        for _ in range(1_000):
            self.now += SECOND
            if not (lanes := await claim(self.store, now=self.now)):
                break
            for lane in lanes:
                intent = an_intent(lane)
                assert await self.store.begin_sends([intent], now=self.now)
                await self._settle(lane, lane.parcels[0], 0)
            self.hand = lanes
            await self.lanes_are_given_back(0)
            await self.hold_the_laws()
        ended = {row.state for row in await self.store.list_deliveries(limit=10_000)}
        assert ended <= {SENT, DROPPED, FAILED}


DEEDS = (
    *(House.time_passes, House.stories_come, House.a_test, House.lanes_are_claimed),
    *(House.lanes_are_given_back, House.something_is_sent, House.senders_die),
    *(House.doubts_are_looked_into, House.a_place_is_closed, House.a_place_is_opened),
    *(House.options_change, House.somebody_decides, House.a_burst_is_decided),
    *(House.all_failures_are_retried, House.a_route_closes, House.a_route_opens, House.upkeep),
)
OFTEN = (
    *(House.time_passes, House.stories_come, House.lanes_are_served, House.lanes_are_served),
    *(House.something_is_sent, House.a_route_opens, House.a_place_is_opened),
)
CHOICES = (*DEEDS, *OFTEN, *OFTEN)


async def live(folder: Path, days: list[tuple[int, int]]) -> None:
    store = await fresh_store(folder, inline=True)
    try:
        house = House(store)
        await house.build()
        for which, n in days:
            await CHOICES[which](house, n)
            await house.hold_the_laws()
        await house.come_to_an_end()
    finally:
        await store.close()


STEPS = st.tuples(st.integers(0, len(CHOICES) - 1), st.integers(0, 65))


@settings(deadline=None, max_examples=24)
@given(days=st.lists(STEPS, min_size=10, max_size=60))
def test_whatever_is_done_every_delivery_comes_to_one_explained_end(
    climbed: Path, days: list[tuple[int, int]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(climbed, folder)

        asyncio.run(live(Path(folder), days))
