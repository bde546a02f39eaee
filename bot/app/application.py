"""The App: its beats, how they start together and how they stop within seconds."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

import structlog

from bot.adapter import Adapter
from bot.adapters.webhook.schemas import schemas
from bot.app.build import build_adapters, build_poll, build_publish, outside_of
from bot.app.declare import declare, declared_by, resolve
from bot.beat import Beat
from bot.doubts import DoubtBeat
from bot.health import Health, judge_health
from bot.http import HttpServer
from bot.pacer import Pacer, loop_seconds
from bot.passage import Passage
from bot.prover import Prover
from bot.scheduler import Rings
from bot.world import World
from config import Settings
from feeds.errors import StoreUnavailable
from feeds.model import DeliveryState, InDoubtPolicy
from feeds.store import Store
from feeds.upkeep import UpkeepBeat

if TYPE_CHECKING:
    from bot.app.telegram import RunningBot
    from bot.commands import Listener

TICK = timedelta(seconds=1)  # how often polling and publishing look for what is due
UPKEEP_EVERY = timedelta(seconds=15)
RESOLVE_EVERY = timedelta(seconds=60)
NOTICES_EVERY = timedelta(seconds=5)  # how often incidents are looked for that owners must hear of
POLL_DEADLINE = timedelta(minutes=10)  # one round of polling
UPKEEP_DEADLINE = timedelta(minutes=5)
DOUBTS_EVERY = timedelta(seconds=5)
PROOF_DEADLINE = timedelta(minutes=1)
NOTICES_DEADLINE = timedelta(minutes=10)  # each message has a bound of its own
STOP_GRACE = timedelta(seconds=2)  # for what is in flight when asked to stop

log = structlog.get_logger()


class App:
    """Everything of one `berita run`, wired and not yet moving."""

    failure: str | None = None  # why it gave up

    def __init__(
        self,
        *,
        settings: Settings,
        world: World,
        store: Store,
        pacer: Pacer,
        running_bot: "RunningBot | None",
    ) -> None:
        self.settings = settings
        self.world = world
        self.store = store
        self.pacer = pacer
        self._bot = running_bot
        self.owners = running_bot.owners if running_bot else None
        self.adapters = build_adapters(settings, world, running_bot.sender if running_bot else None)
        self.started_at = world.clock.now()
        clock = world.clock
        self.poll = build_poll(settings, world, store)
        self.passages = {"telegram": running_bot.passage} if running_bot else {}
        for passage in self.passages.values():
            passage.tell_when_open(self.open_way)
        self.publish = build_publish(
            settings, world, store, pacer, adapters=self._able(), passages=self.passages
        )
        self.doubts = DoubtBeat(
            store=store,
            clock=clock,
            seekers={"telegram": running_bot.seekers} if running_bot else {},
            passages=self.passages,
            policy=InDoubtPolicy(settings.telegram.in_doubt),
            settled=self._ring_publish,
        )
        self.provers = tuple(self._provers(running_bot))
        self.upkeep = UpkeepBeat(
            store=store,
            clock=clock,
            repeatable_kinds=[a.kind for a in self.adapters.values() if a.repeatable],
            in_flight=lambda: self.publish.in_flight,
        )
        self.beats: tuple[Beat, ...] = (
            Beat("polling", self._poll, clock=clock, deadline=POLL_DEADLINE),
            Beat(
                "publishing",
                self._publish,
                clock=clock,
                deadline=None,  # a round lasts while lanes are busy; each send has its own bound
                alive_at=lambda: self.publish.alive_at,
            ),
            Beat("upkeep", self.keep_up, clock=clock, deadline=UPKEEP_DEADLINE),
            Beat("addresses", self.resolve, clock=clock, deadline=UPKEEP_DEADLINE),
            Beat("proofs", self.prove, clock=clock, deadline=PROOF_DEADLINE),
            Beat("doubts", self.doubts.round, clock=clock, deadline=UPKEEP_DEADLINE),
        )
        self._polling, self._publishing, self._keeping, self._resolving = self.beats[:4]
        self._proving, self._doubting = self.beats[4:6]
        self._stop = asyncio.Event()
        self._listener = self._make_listener(running_bot) if running_bot else None
        self._telling = self._make_telling(self._listener) if self._listener else None
        self.beats += (self._telling,) if self._telling else ()

    @classmethod
    def build(cls, *, settings: Settings, world: World, store: Store) -> Self:
        """Wire everything; aiogram is loaded only if there is a token."""
        pacer = Pacer(world.clock, steady=loop_seconds)
        running_bot: RunningBot | None = None
        if settings.telegram.token.get_secret_value():
            from bot.app.telegram import start_bot  # noqa: PLC0415  # aiogram takes 3 s to load

            running_bot = start_bot(settings, world, store, pacer, Passage())
        return cls(
            settings=settings, world=world, store=store, pacer=pacer, running_bot=running_bot
        )

    async def close(self) -> None:
        """Close what the App itself opened."""
        if self._bot:
            await self._bot.close()

    async def prepare(self) -> None:
        """Make the file's word true and take over what an earlier run left behind.

        Needs the run lock: whatever is `sending` now was cut off by a death, lease or no lease.
        """
        declared = declared_by(self.settings, self.adapters)
        await declare(declared, self.store, clock=self.world.clock, dice=self.world.dice)
        expired = await self.upkeep.take_over()
        if expired.in_doubt or expired.returned:
            log.warning("found sends cut off", in_doubt=expired.in_doubt, again=expired.returned)
        self.pacer.load(await self.store.load_paces())
        if self.owners is not None:
            await self.owners.load(self.store)

    async def run(self) -> None:
        """Poll and publish until `stop`, then end within a few seconds."""
        async with AsyncExitStack() as stack:
            if (where := self.settings.http.host_port) is not None:
                server = HttpServer(
                    host=where[0], port=where[1], health=self.health, schemas=schemas()
                )
                await stack.enter_async_context(server)
                log.info("health is served", port=server.port)
            rings = self._rings()
            stack.callback(rings.stop)
            async with asyncio.TaskGroup() as tasks:
                listening = [tasks.create_task(ears.run()) for ears in self._ears()]
                running = [tasks.create_task(beat.run(), name=beat.name) for beat in self.beats]
                await self._stop.wait()
                for task in listening:
                    task.cancel()
                await self._wind_down(running)
        with suppress(StoreUnavailable):  # a full disk must not turn a stop into a failure
            await self.pacer.save(self.store.save_paces)

    def stop(self, failure: str | None = None) -> None:
        """Ask for the end, or give up; may be called again and from a signal handler."""
        self.failure = self.failure or failure
        self._stop.set()

    def health(self) -> Health:
        """Judge how Berita is right now."""
        return judge_health(
            beats=[
                *(beat.sign() for beat in self.beats),
                *(ears.sign() for ears in self._ears()),
            ],
            closed=self.pacer.closed(),
            unwritten=self.publish.ledger.unwritten,
            polling_paused=self.poll.paused_reason,
            shut={name: way.trouble for name, way in self.passages.items() if way.trouble},
            started_at=self.started_at,
            now=self.world.clock.now(),
        )

    async def next_due_at(self) -> datetime | None:
        """Tell when the next delivery falls due that this run can send."""
        return await self.store.next_due_lane_at(tuple(self._able()))

    def _able(self) -> dict[str, Adapter]:
        """List the adapters that can send; without a token what is for Telegram simply waits."""
        return {k: a for k, a in self.adapters.items() if k != "telegram" or self._bot}

    def _make_listener(self, running_bot: "RunningBot") -> "Listener":
        from bot.app.telegram import command_deps  # noqa: PLC0415  # aiogram, as above

        return running_bot.listener(
            command_deps(
                self.settings,
                store=self.store,
                world=self.world,
                outside=outside_of(self.settings, self.world, self.adapters),
                adapters=self.adapters,
                health=self.health,
                owners=running_bot.owners,
                ring_notices=self._ring_notices,
                ring_doubts=self._doubting.ring,
                give_up=self.stop,
            )
        )

    def _make_telling(self, listener: "Listener") -> Beat:
        clock = self.world.clock
        return Beat("notices", listener.teller.round, clock=clock, deadline=NOTICES_DEADLINE)

    def _ring_notices(self) -> None:
        if self._telling:
            self._telling.ring()

    def _ears(self) -> "tuple[Listener, ...]":
        return (self._listener,) if self._listener else ()

    def _rings(self) -> Rings:
        rings = self.world.rings()
        rings.ring_every(TICK, "poll", self._polling.ring)
        rings.ring_every(TICK, "publish", self._ring_publish)
        rings.ring_every(UPKEEP_EVERY, "upkeep", self._keeping.ring)
        rings.ring_every(RESOLVE_EVERY, "addresses", self._resolving.ring)
        if self.provers:
            rings.ring_every(TICK, "proofs", self._proving.ring)
        rings.ring_every(DOUBTS_EVERY, "doubts", self._doubting.ring)
        if self._telling:
            rings.ring_every(NOTICES_EVERY, "notices", self._telling.ring)
        rings.start()
        return rings

    async def _wind_down(self, running: list[asyncio.Task[None]]) -> None:
        """Let what is in flight be answered for 2 s; the rest is left to its lease."""
        self.publish.stop()
        self.poll.stop()
        for beat in self.beats:
            beat.stop()
        _, late = await asyncio.wait(running, timeout=STOP_GRACE.total_seconds())
        self.store.hurry()  # from here on nothing waits for another process's lock
        for task in late:
            log.warning("cut off at the stop", beat=task.get_name())
            task.cancel()

    def _ring_publish(self) -> None:
        self._publishing.ring()
        self.publish.ring()

    def open_way(self) -> None:
        """Go on at once where a passage was shut."""
        self._ring_publish()
        self._doubting.ring()
        if self._listener:
            self._listener.teller.retry()

    async def prove(self) -> None:
        """Ask each service that must prove itself; until it has, nothing goes out there.

        What answers and probes used up of its pace is stored here, too: a death forgets a second.
        """
        for prover in self.provers:
            await prover.round()
        await self.pacer.save(self.store.save_paces)

    def _provers(self, running_bot: "RunningBot | None") -> Iterator[Prover]:
        if running_bot is not None:
            yield Prover(
                running_bot.passage,
                running_bot.sender.prove,
                name="telegram",
                store=self.store,
                clock=self.world.clock,
            )

    async def _poll(self) -> None:
        report = await self.poll.round()
        if report.stories:
            self._ring_publish()

    async def _publish(self) -> None:
        await self.publish.round()

    async def keep_up(self) -> None:
        """Do one round of upkeep."""
        await self.pacer.save(self.store.save_paces)
        await self.upkeep.round()

    async def waiting(self) -> int:
        """Tell how many deliveries wait."""
        status = await self.store.status(now=self.world.clock.now())
        return status.deliveries.get(DeliveryState.WAITING, 0)

    async def resolve(self) -> int:
        """Look up the addresses still unknown, tell how many remain; they are tried again."""
        return await resolve(self.store, self.adapters, now=self.world.clock.now())
