"""Telegram in virtual time: the loopback Bot API's chats behind an aiogram session without network.

What a request does there is the Backend's (tests/servers); how it fares on the way is drawn from
the odds. The other side lives on when its client dies or gives up: what left may yet take effect.
"""

import asyncio
import json
import random
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from aiohttp import ClientConnectionError

from tests.servers.bot_api_control import Control
from tests.servers.bot_api_faults import Refused, bad, too_many
from tests.servers.bot_api_methods import Backend
from tests.world.fates import Fate, Odds
from tests.world.mortal import act, immortal
from tests.world.telegram_ledger import Call, Ledger

TOKEN = f"1:{'a' * 35}"
PAGE = "<html><body><h1>502 Bad Gateway</h1></body></html>"
SILENCE_SECONDS = 3_600.0  # longer than anybody waits
POLL_SECONDS = 240.0  # an idle poll may last: nothing is to be learned from ten short ones
FLOOD_SECONDS = (3, 7, 30, 300)
BAD_TEXTS = (
    "can't parse entities: unsupported start tag",
    "message is too long",
    "a text nobody has seen before",
)

Answer = tuple[int, dict[str, str], str]
ERROR = '{"ok":false,"error_code":500,"description":"Internal Server Error"}'
RESET = ClientConnectionError("connection reset by peer")
UNDONE: dict[Fate, Answer | Exception] = {  # what is heard of what took no effect …
    Fate.SILENCE_BEFORE: TimeoutError(),
    Fate.RESET_BEFORE: RESET,
    Fate.PAGE_BEFORE: (502, {}, PAGE),
    Fate.ERROR_BEFORE: (500, {}, ERROR),
    Fate.GARBAGE: (404, {}, "<html><body>nothing here</body></html>"),
}
SPOILT: dict[Fate, Answer | Exception] = {  # … and instead of the answer to what did
    Fate.SILENCE_AFTER: TimeoutError(),
    Fate.RESET_AFTER: RESET,
    Fate.PAGE_AFTER: (502, {}, PAGE),
    Fate.ERROR_AFTER: (500, {}, ERROR),
}
REFUSING = frozenset(
    {
        *(Fate.FLOOD, Fate.TOO_LARGE, Fate.CONFLICT, Fate.FORBIDDEN),
        *(Fate.GONE, Fate.BAD, Fate.NOT_OK),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doom:
    """What is to befall the next post of a chat, or of a topic of it."""

    chat: int
    fate: Fate
    topic: int | None = None

    def strikes(self, call: Call) -> bool:
        """Tell whether this is the post."""
        post = call.method == "sendMessage" and call.chat == self.chat
        return post and call.parameters.get("message_thread_id") == self.topic


@dataclass(slots=True)
class SimTelegram:
    """The other side: chats, updates, what was asked and what came of it."""

    dice: random.Random
    odds: Odds = field(default_factory=Odds)
    chat_odds: dict[int, Odds] = field(default_factory=dict)  # of sends to one chat
    linked: dict[int, int] = field(default_factory=dict)  # channel → its discussion group
    takes: float = 0.01  # seconds of a call's doing; the way there and back comes on top
    deaf: float = 0.1  # how many automatic forwards are never told of
    protected: set[int] = field(default_factory=set)  # chats whose posts may not be forwarded
    floods: dict[int | None, float] = field(default_factory=dict)  # chat → closed until
    dooms: list["Doom"] = field(default_factory=list)  # each strikes once
    late_seconds: tuple[float, float] = (26, 90)  # after which what is LATE takes effect
    ledger: Ledger = field(default_factory=Ledger)
    backend: Backend = field(init=False)
    control: Control = field(init=False)
    _doings: set["asyncio.Task[Any]"] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Open it, without any chat."""
        self.backend = Backend(token=TOKEN, now=_time)
        self.backend.chats.add_user(777000, "Telegram")
        self.control = Control(self.backend)

    async def ask(
        self,
        method: str,
        parameters: dict[str, Any],
        *,
        departure: SimpleNamespace,
        seconds: float,
    ) -> Answer:
        """Play one request; raises what a broken network raises, in time."""
        act()
        call = self.ledger.note(_time(), method, parameters)
        call.fate = self._fate(call)
        await asyncio.sleep(self.dice.uniform(0.01, 0.1))
        if call.fate is Fate.REFUSED:
            call.heard_at = _time()
            raise ClientConnectionError("connection refused")
        departure.bytes_left = True
        polls = method == "getUpdates" and call.fate is Fate.WELL
        doing = asyncio.get_running_loop().create_task(self._play(call), context=immortal())
        self._doings.add(doing)
        doing.add_done_callback(self._doings.discard)
        try:
            async with asyncio.timeout(None if polls else seconds):
                answer = await asyncio.shield(doing)
        except TimeoutError:
            call.heard_at = _time()
            raise
        call.heard_at = _time()
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def settle(self) -> None:
        """Wait until nothing is under way any more; polls end by being told to."""
        self.backend.updates.close()
        for doing in list(self._doings):
            doing.cancel()
        await asyncio.gather(*self._doings, return_exceptions=True)

    def _fate(self, call: Call) -> Fate:
        for doom in self.dooms:
            if doom.strikes(call):
                self.dooms.remove(doom)
                return doom.fate
        fate = self.odds.roll(self.dice)
        if fate is Fate.WELL and call.chat in self.chat_odds and call.sends:
            return self.chat_odds[call.chat].roll(self.dice)
        return fate

    async def _play(self, call: Call) -> Answer | Exception:
        """Be the other side: take effect or not, answer or not."""
        late = call.fate is Fate.LATE
        await asyncio.sleep(self.dice.uniform(*(self.late_seconds if late else (0.01, 0.1))))
        call.arrived_at = _time()
        if call.fate in REFUSING:
            return self._refuse(call)
        if call.fate in UNDONE:
            return await _spoilt(UNDONE[call.fate])
        answer = await self._take_effect(call)
        if call.fate is Fate.CUT:
            status, headers, body = answer
            return status, headers, body[: len(body) // 2]
        return await _spoilt(SPOILT[call.fate]) if call.fate in SPOILT else answer

    async def _take_effect(self, call: Call) -> Answer:
        try:
            self._heed_flood(call)
            result = await self._do(call)
        except Refused as refusal:
            call.refused = f"{refusal.code} {refusal.description}"
            return _refusal(refusal)
        call.took_effect(result, _time())
        if call.method == "sendMessage":
            self.forward_on(int(call.chat or 0), result)
        seconds = self.dice.uniform(5, 60) if call.fate is Fate.SLOW else self.takes
        await asyncio.sleep(seconds)
        return _ok(result)

    async def _do(self, call: Call) -> Any:
        if call.method == "getUpdates":
            return await self._updates(call.parameters)
        self._check_protected(call)
        method = self.backend.methods.get(call.method.lower(), lambda _: True)
        result = method(call.parameters)
        if call.method == "getChat":
            linked = {**self.linked, **{group: channel for channel, group in self.linked.items()}}
            return result | ({"linked_chat_id": linked[n]} if (n := result["id"]) in linked else {})
        return result

    async def _updates(self, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        ends_at = _time() + POLL_SECONDS
        found: list[dict[str, Any]] = []
        while not found and (left := ends_at - _time()) > 0.001:
            found = await self.backend.updates.get(
                offset=int(parameters.get("offset") or 0),
                limit=int(parameters.get("limit") or 100),
                wait_seconds=left,
                allowed=parameters.get("allowed_updates"),
            )
        return found

    def _heed_flood(self, call: Call) -> None:
        if not call.sends:
            return
        until = max(self.floods.get(call.chat, 0.0), self.floods.get(None, 0.0))
        if until > _time():
            call.wait = int(until - _time()) + 1
            raise too_many(call.wait)

    def _check_protected(self, call: Call) -> None:
        if call.method == "forwardMessage" and call.source in self.protected:
            raise bad("CHAT_FORWARDS_RESTRICTED")

    def _refuse(self, call: Call) -> Answer:
        match call.fate:
            case Fate.FLOOD:
                call.wait = self.flood(call.chat if call.sends else None)
                refusal = too_many(call.wait)
            case Fate.TOO_LARGE:
                refusal = Refused(413, "Request Entity Too Large")
            case Fate.CONFLICT:
                refusal = Refused(409, "Conflict: terminated by other getUpdates request")
            case Fate.FORBIDDEN:
                refusal = Refused(401, "Unauthorized")
            case Fate.GONE:
                refusal = bad("chat not found")
            case _:
                refusal = bad(self.dice.choice(BAD_TEXTS))
        call.refused = f"{refusal.code} {refusal.description}"
        status, headers, body = _refusal(refusal)
        return (200 if call.fate is Fate.NOT_OK else status), headers, body

    def flood(self, chat: int | None, seconds: int | None = None) -> int:
        """Close a chat, or the bot altogether; tells for how many seconds."""
        wait = seconds or self.dice.choice(FLOOD_SECONDS)
        self.floods[chat] = max(self.floods.get(chat, 0.0), _time() + wait)
        return wait

    def forward_on(self, channel: int, message: dict[str, Any]) -> None:
        """Let a channel's post appear in its discussion group, a little later."""
        if channel in self.linked:
            doing = asyncio.get_running_loop().create_task(
                self._forward_on(channel, message), context=immortal()
            )
            self._doings.add(doing)
            doing.add_done_callback(self._doings.discard)

    async def _forward_on(self, channel: int, message: dict[str, Any]) -> None:
        await asyncio.sleep(self.dice.uniform(0.2, 6))
        where = {"chat": message["chat"], "message_id": message["message_id"]}
        origin = {"type": "channel", "date": message["date"]} | where
        group = self.backend.chats.find(self.linked[channel])
        post = self.backend.chats.put(group, message["text"], sender=777000, origin=origin)
        if self.dice.random() < self.deaf:
            return
        told = self.backend.chats.message(group, post)
        told |= {"sender_chat": message["chat"], "is_automatic_forward": True}
        if entities := message.get("entities"):
            told["entities"] = entities
        number = self.backend.updates.put("message", told)
        self.ledger.note_forward(_time(), channel, message["message_id"], number)


async def _spoilt(answer: Answer | Exception) -> Answer | Exception:
    """Give what is heard instead of the answer; silence lasts longer than anybody waits."""
    if isinstance(answer, TimeoutError):
        await asyncio.sleep(SILENCE_SECONDS)
    return answer


def _ok(result: Any) -> Answer:
    return 200, {}, json.dumps({"ok": True, "result": result})


def _refusal(refusal: Refused) -> Answer:
    after = refusal.parameters.get("retry_after")
    headers = {"Retry-After": str(after)} if after is not None else {}
    return refusal.code, headers, json.dumps(refusal.body())


def _time() -> float:
    return asyncio.get_running_loop().time()
