"""The weather of a day: usual misfortunes by plan, and spells of worse ones, all from the dice."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from tests.simulation.chances import (
    CHAT,
    FEED,
    HOOK,
    OUTAGES_OF_FEEDS,
    OUTAGES_OF_HOOKS,
    OUTAGES_OF_TELEGRAM,
    TELEGRAM,
)
from tests.simulation.machine import Machine
from tests.simulation.outside import SimOutside
from tests.simulation.plan import Plan
from tests.simulation.seen import Spell
from tests.world.fates import Fate, Odds

SPELL_SECONDS_MAX = 3_600.0
MIGRATED = 7_000  # supergroups that groups become are numbered from here


@dataclass(slots=True, kw_only=True)
class Weather:
    """Makes it, tells the diary, and heals it."""

    plan: Plan
    outside: SimOutside
    machine: Machine
    dice: random.Random
    _deeds: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    async def blow(self, until: float) -> None:
        """Let it blow from now on."""
        begins = _time()
        self._set_usual()
        for _ in range(round(12 * self.plan.rough)):
            at = self.dice.uniform(begins, until)
            longest = min(SPELL_SECONDS_MAX, self.plan.seconds / 4)
            ends = min(at + self.dice.uniform(0.02, 1) * longest, until)
            self.dice.choice(self._kinds())(at, ends)
        for at, deed in sorted(self._deeds, key=lambda pair: pair[0]):
            await asyncio.sleep(max(at - _time(), 0))
            deed()

    def heal(self) -> None:
        """Let everything be well."""
        self.outside.telegram.odds.heal()
        self.outside.telegram.chat_odds.clear()
        self.outside.telegram.floods.clear()
        for odds in self._all_odds():
            odds.heal()
        for publisher in self.outside.publishers.values():
            publisher.latency = 1.0
        faults = self.machine.faults
        faults.full, faults.hiccup, faults.stall = False, 0.0, 0.0

    def _set_usual(self) -> None:
        rough = self.plan.rough
        self.outside.telegram.odds.usual = _scaled(TELEGRAM, rough)
        for chat in self.plan.chats:
            self.outside.telegram.chat_odds[chat.id] = Odds(_scaled(CHAT, rough))
        for endpoint in self.outside.endpoints.values():
            endpoint.odds.usual = _scaled(HOOK, rough)
        for publisher in self.outside.publishers.values():
            publisher.odds.usual = _scaled(FEED, rough)
        self.machine.faults.hiccup = self.dice.choice((0.0, 0.01)) * rough
        self.machine.faults.stall = self.dice.choice((0.0, 0.005)) * rough
        self.machine.faults.stall_seconds = self.dice.choice((0.5, 20.0, 90.0))

    def _all_odds(self) -> list[Odds]:
        endpoints, publishers = self.outside.endpoints, self.outside.publishers
        return [e.odds for e in endpoints.values()] + [p.odds for p in publishers.values()]

    def _kinds(self) -> list[Callable[[float, float], None]]:
        kinds = [
            *(self._telegram_outage, self._telegram_outage, self._flood, self._kick),
            *(self._feed_outage, self._feed_outage, self._rewrite, self._slow_feed),
            *(self._full_disk, self._clock_set, self._suspension),
        ]
        kinds += [self._hook_outage] * (2 * bool(self.plan.hooks))
        groups = [chat for chat in self.plan.chats if chat.kind == "group"]
        return kinds + [self._migrate] * bool(groups)

    def _spell(self, what: str, begins: float, ends: float, where: str = "") -> None:
        self.machine.diary.spells.append(Spell(what=what, begins=begins, ends=ends, where=where))

    def _outage(self, odds: Odds, worse: dict[Fate, float], at: float, ends: float) -> None:
        def begin() -> None:
            odds.outage = worse

        def end() -> None:
            odds.outage = None

        self._deeds += [(at, begin), (ends, end)]

    def _telegram_outage(self, at: float, ends: float) -> None:
        worse = self.dice.choice(OUTAGES_OF_TELEGRAM)
        self._spell("telegram outage", at, ends)
        self._outage(self.outside.telegram.odds, worse, at, ends)

    def _hook_outage(self, at: float, ends: float) -> None:
        endpoint = self.dice.choice(list(self.outside.endpoints.values()))
        self._spell("hook outage", at, ends, endpoint.name)
        self._outage(endpoint.odds, self.dice.choice(OUTAGES_OF_HOOKS), at, ends)

    def _feed_outage(self, at: float, ends: float) -> None:
        publisher = self.dice.choice(list(self.outside.publishers.values()))
        self._spell("feed outage", at, ends, publisher.name)
        self._outage(publisher.odds, self.dice.choice(OUTAGES_OF_FEEDS), at, ends)

    def _slow_feed(self, at: float, ends: float) -> None:
        publisher = self.dice.choice(list(self.outside.publishers.values()))
        slow = self.dice.choice((5.0, 19.0, 40.0))
        self._deeds += [
            (at, lambda: setattr(publisher, "latency", slow)),
            (ends, lambda: setattr(publisher, "latency", 1.0)),
        ]

    def _rewrite(self, at: float, _: float) -> None:
        publisher = self.dice.choice(list(self.outside.publishers.values()))
        deed = self.dice.choice(
            (publisher.edit_all, publisher.change_scheme, publisher.change_keys)
        )
        self._deeds.append((at, deed))

    def _flood(self, at: float, _: float) -> None:
        chat = self.dice.choice([*(chat.id for chat in self.plan.chats), None])
        seconds = self.dice.choice((30, 300))
        self._deeds.append((at, lambda: _closed(self.outside, chat, seconds)))

    def _kick(self, at: float, ends: float) -> None:
        chat = self.dice.choice(self.plan.chats)
        control = self.outside.telegram.control
        standing = "administrator" if chat.kind == "channel" else "member"
        self._spell("kicked", at, ends, chat.name)
        self._deeds += [
            (at, lambda: control.bot(self._now_of(chat.id), self.dice.choice(("kicked", "left")))),
            (ends, lambda: control.bot(self._now_of(chat.id), standing)),
        ]

    def _now_of(self, chat: int) -> int:
        """Give the number that a chat has now."""
        found = self.outside.telegram.backend.chats.find(chat)
        return found.moved_to or chat

    def _migrate(self, at: float, _: float) -> None:
        chat = next(chat for chat in self.plan.chats if chat.kind == "group")
        control = self.outside.telegram.control

        def upgrade() -> None:
            if control._chats.find(chat.id).moved_to is None:
                control.upgrade(chat.id, -(10**12 + MIGRATED - chat.id))

        self._deeds.append((at, upgrade))

    def _full_disk(self, at: float, ends: float) -> None:
        ends = at + (ends - at) / 4
        self._spell("disk full", at, ends)
        self._deeds += [
            (at, lambda: setattr(self.machine.faults, "full", True)),
            (ends, lambda: setattr(self.machine.faults, "full", False)),
        ]

    def _clock_set(self, at: float, ends: float) -> None:
        span = timedelta(seconds=self.dice.choice((-86_400, -3_600, -30, 30, 3_600, 86_400)))
        self._deeds += [(at, lambda: self._jump(span)), (ends, lambda: self._jump(-span))]

    def _jump(self, span: timedelta) -> None:
        self.machine.diary.jumps.append((_time(), span))
        self.machine.clock.jump(span)

    def _suspension(self, at: float, _: float) -> None:
        seconds = self.dice.choice((5.0, 40.0, 200.0))
        self._spell("suspended", at, at + seconds)
        self._deeds.append((at, lambda: self.machine.suspend(seconds)))


def _scaled(odds: dict[Fate, float], rough: float) -> dict[Fate, float]:
    return {fate: chance * rough for fate, chance in odds.items()} if rough else {}


def _closed(outside: SimOutside, chat: int | None, seconds: int) -> None:
    """Close a chat without a word: who comes next hears it."""
    outside.telegram.floods[chat] = _time() + seconds


def _time() -> float:
    return asyncio.get_running_loop().time()
