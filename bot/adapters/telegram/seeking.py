"""Ways to look after a Telegram post in doubt, and what each needs; none touches the post.

linked group   a channel's discussion group gets a copy of each post, which a bot in it sees;
silence there proves nothing
probe          message ids of a channel or supergroup grow by one: each id that the post could
have is forwarded to the probe chat, silently, and the copy deleted at once
"""

import asyncio
from dataclasses import replace
from enum import Enum
from typing import Protocol

from bot.adapters.telegram.address import parse
from bot.adapters.telegram.asking import AskError, ask
from bot.adapters.telegram.marks import mark_of_body
from bot.adapters.telegram.reach import GAP_MAX, GLANCE_GAP_MAX, UNSURE_GAP_MAX, Reach, reach_of
from feeds.errors import WebError
from feeds.model import Doubt, Evidence, Finding
from feeds.ports import Clock, Web

UNSURE_MAX = 3  # ids of one look that could not be looked at
WALK_SECONDS = 15.0  # after which no further id is looked at
LINKED_GROUP, PROBE = "linked group", "probe"
CHANNELS = "-100"  # what their numbers begin with; other chats count no ids of their own


class Probed(Enum):
    """What is at a message id."""

    OURS = "ours"
    OTHER = "other"
    NOTHING = "nothing"
    UNSURE = "unsure"  # it could not be looked at
    CLOSED = "closed"  # nor can any other, for a while: the probe chat takes no more


class Prober(Protocol):
    """Looks at one message of a chat by forwarding it to the probe chat."""

    def may_look(self) -> bool:
        """Tell whether there is a chat to look in."""
        ...

    async def probe(self, chat: int, message_id: int, mark: bytes) -> Probed:
        """Tell whether it bears the mark; leaves nothing behind. Raises nothing of the world's."""
        ...


class LinkedGroupSeeker:
    """Compares with the copies that were seen in linked discussion groups."""

    way = LINKED_GROUP

    def __init__(self, web: Web, clock: Clock, *, api_base: str, token: str) -> None:
        self._web = web
        self._clock = clock
        self._api_base = api_base
        self._token = token

    async def look(self, doubt: Doubt, *, thorough: bool = True) -> Evidence | None:  # noqa: ARG002  # there is no more to see
        """Find it among what was seen; None where no discussion group is linked."""
        mark = mark_of_body(doubt.parcel.delivery.body or b"")
        for seen in doubt.sightings:
            if mark is not None and seen.mark == mark and seen.message_id not in doubt.taken:
                said = "its copy was seen in the linked discussion group"
                return _says_the_same(doubt, LINKED_GROUP, self._clock, seen.message_id, said)
        if not await self._is_linked(str(parse(doubt.destination.address).chat)):
            return None
        return Evidence(
            way=LINKED_GROUP,
            finding=Finding.UNKNOWN,
            at=self._clock.now(),
            detail="no copy was seen in the linked discussion group; that proves nothing",
        )

    async def _is_linked(self, chat: str) -> bool:
        try:
            found = await ask(self._web, self._api_base, self._token, "getChat", chat_id=chat)
        except (WebError, AskError):
            return False
        return isinstance(found.get("linked_chat_id"), int)


class ProbeSeeker:
    """Forwards the ids that the post could have to the probe chat."""

    way = PROBE

    def __init__(self, prober: Prober, clock: Clock) -> None:
        self._prober = prober
        self._clock = clock

    async def look(self, doubt: Doubt, *, thorough: bool = True) -> Evidence | None:
        """Look at each id in turn; None where message ids tell nothing."""
        if not self._prober.may_look():
            return None
        chat = parse(doubt.destination.address).chat
        if not isinstance(chat, int) or not str(chat).startswith(CHANNELS):
            return None
        mark = mark_of_body(doubt.parcel.delivery.body or b"")
        reach = reach_of(doubt)
        if mark is None or reach is None:
            return self._evidence(Finding.UNKNOWN, "no post of ours is known there to look beside")
        walk = Walk(reach, gap_max=GAP_MAX if thorough else GLANCE_GAP_MAX)
        found = await self._find(chat, mark, walk)
        if found is not None:
            said = f"message {found} says the same"
            return _says_the_same(doubt, PROBE, self._clock, str(found), said)
        finding, said = walk.told()
        return replace(
            self._evidence(finding, said), cut=walk.is_cut and finding is Finding.UNKNOWN
        )

    async def _find(self, chat: int, mark: bytes, walk: "Walk") -> int | None:
        """Walk until it is found, there is nothing more to learn, or the time is over."""
        ends_at = _time() + WALK_SECONDS
        for number in walk.reach.ids:
            walk.note(number, await self._prober.probe(chat, number, mark))
            walk.is_cut |= _time() >= ends_at
            if walk.seen is Probed.OURS:
                return number
            if walk.is_over:
                return None
        return None

    def _evidence(self, finding: Finding, detail: str) -> Evidence:
        return Evidence(way=PROBE, finding=finding, at=self._clock.now(), detail=detail)


def _says_the_same(doubt: Doubt, way: str, clock: Clock, number: str, said: str) -> Evidence:
    """Judge a message with the post's text: a proof, if no other topic may have sent the same.

    Neither way tells the topic of a message.
    """
    at = clock.now()
    if doubt.contested:
        detail = f"{said}, but it may be the post of another topic"
        return Evidence(way=way, finding=Finding.UNKNOWN, at=at, detail=detail)
    return Evidence(way=way, finding=Finding.FOUND, at=at, message_id=number, detail=said)


class Walk:
    """What one walk through the ids has seen so far."""

    def __init__(self, reach: Reach, *, gap_max: int) -> None:
        self.reach = reach
        self.seen: Probed | None = None  # at the last id
        self.is_cut = False  # by the time, or by the probe chat
        self._gap_max = gap_max
        self._last: int | None = None
        self._gap = self._unsure = 0

    def note(self, number: int, seen: Probed) -> None:
        """Take in what is at an id."""
        self.seen = seen
        if seen is Probed.CLOSED:
            self.is_cut = True
            return
        self._last = number
        unsure, gap = self._unsure, self._gap
        match seen:
            case Probed.NOTHING:
                gap += self.reach.is_beyond(number)
            case Probed.UNSURE:
                unsure, gap = unsure + 1, 0
            case _:
                gap = 0
        self._unsure, self._gap = unsure, gap

    @property
    def is_over(self) -> bool:
        """Tell whether walking on is of no use; what can prove no absence goes no further."""
        gap_max = min(self._gap_max, UNSURE_GAP_MAX) if self._unsure else self._gap_max
        return self.is_cut or self._unsure >= UNSURE_MAX or self._gap >= gap_max

    def told(self) -> tuple[Finding, str]:
        """Say what not finding it amounts to."""
        said = self.reach.said(self._last)
        if self._unsure:
            return Finding.UNKNOWN, f"{said}, but {self._unsure} of them could not be seen"
        if self._gap >= GAP_MAX:
            return Finding.ABSENT, f"{said}, nor does the chat seem to go on"
        if self.is_cut:
            return Finding.UNKNOWN, f"{said}; the probe chat takes no more for now"
        return Finding.UNKNOWN, f"{said}; there may be more"


def _time() -> float:
    return asyncio.get_running_loop().time()
