"""Ways to look after a Telegram post in doubt, and what each needs; none touches the post.

linked group   a channel's discussion group gets a copy of each post, which a bot in it sees;
silence there proves nothing
probe          message ids of a channel or supergroup grow by one: each id that the post could
have is forwarded to the probe chat, silently, and the copy deleted at once
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from bot.adapters.telegram.address import parse
from bot.adapters.telegram.asking import AskError, ask
from bot.adapters.telegram.marks import mark_of_body
from feeds.errors import WebError
from feeds.model import Doubt, Evidence, Finding
from feeds.ports import Clock, Web

PROBED_MAX = 20  # ids of one look
UNSURE_MAX = 3  # ids of one look that could not be looked at
GAP_MAX = 5  # ids in a row without a message: beyond the newest post
LINKED_GROUP, PROBE = "linked group", "probe"
CHANNELS = "-100"  # what their numbers begin with; other chats count no ids of their own


class Probed(Enum):
    """What is at a message id."""

    OURS = "ours"
    OTHER = "other"
    NOTHING = "nothing"
    UNSURE = "unsure"  # it could not be looked at


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

    def __init__(self, web: Web, clock: Clock, *, api_base: str, token: str) -> None:
        self._web = web
        self._clock = clock
        self._api_base = api_base
        self._token = token

    async def look(self, doubt: Doubt) -> Evidence | None:
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

    def __init__(self, prober: Prober, clock: Clock) -> None:
        self._prober = prober
        self._clock = clock

    async def look(self, doubt: Doubt) -> Evidence | None:
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
        return await self._walk(chat, mark, reach, doubt)

    async def _walk(self, chat: int, mark: bytes, reach: "Reach", doubt: Doubt) -> Evidence:
        gap, unsure, last = 0, 0, reach.ids[0] if reach.ids else None
        for number in reach.ids:
            last = number
            match await self._prober.probe(chat, number, mark):
                case Probed.OURS:
                    said = f"message {number} says the same"
                    return _says_the_same(doubt, PROBE, self._clock, str(number), said)
                case Probed.NOTHING:
                    gap += 1
                case Probed.OTHER:
                    gap = 0
                case Probed.UNSURE:
                    unsure, gap = unsure + 1, 0
            if unsure >= UNSURE_MAX or (reach.open_ended and gap >= GAP_MAX):
                break
        if unsure:
            return self._evidence(
                Finding.UNKNOWN, f"{reach.said(last)}, but {unsure} of them could not be seen"
            )
        if reach.is_whole or (reach.open_ended and gap >= GAP_MAX):
            return self._evidence(Finding.ABSENT, reach.said(last))
        return self._evidence(Finding.UNKNOWN, f"{reach.said(last)}; there may be more")

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The ids that a post could have, in the order to look at them."""

    ids: tuple[int, ...]
    is_whole: bool  # between two posts that are known: these are all there can be
    open_ended: bool  # after the newest post known: a long gap is the end

    def said(self, last: int | None) -> str:
        """Tell people which ids were looked at."""
        if last is None:
            return "there is no message id between the posts beside it"
        low, high = min(self.ids[0], last), max(self.ids[0], last)
        span = f"message {low}" if low == high else f"messages {low} to {high}"
        return f"{span} looked at: not there"


def reach_of(doubt: Doubt) -> Reach | None:
    """Say which message ids the post could have; None: nothing is known to begin from."""
    before = _number(doubt.last_before)
    after = _number(doubt.first_after)
    if before is None and after is None:
        return None
    if before is None:
        assert after is not None, "one of them is known"
        ids = tuple(_free(range(after - 1, 0, -1), doubt.taken))
        return Reach(ids=ids, is_whole=False, open_ended=False)
    if after is None:
        ids = tuple(_free(range(before + 1, before + 1 + 4 * PROBED_MAX), doubt.taken))
        return Reach(ids=ids, is_whole=False, open_ended=True)
    between = range(before + 1, after)
    free = [number for number in between if str(number) not in doubt.taken]
    return Reach(ids=tuple(free[:PROBED_MAX]), is_whole=len(free) <= PROBED_MAX, open_ended=False)


def _free(numbers: range, taken: frozenset[str]) -> Iterator[int]:
    left = PROBED_MAX
    for number in numbers:
        if str(number) not in taken:
            yield number
            left -= 1
        if not left:
            return


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() else None
