"""What Telegram was asked, when, and what came of it: the other side's own books."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from tests.world.fates import Fate

SENDING = ("send", "edit", "copy", "forward")  # what counts against a chat's pace
UNCOUNTED = frozenset({"sendChatAction"})


@dataclass(slots=True, kw_only=True)
class Call:
    """One request, from the moment it is made."""

    at: float
    method: str
    parameters: dict[str, Any]
    chat: int | None  # where it sends to
    fate: Fate = Fate.WELL
    arrived_at: float | None = None
    effect_at: float | None = None
    heard_at: float | None = None  # the client had its answer, or gave up
    message_id: int | None = None  # of what it posted
    refused: str | None = None
    wait: int | None = None  # seconds it was told to wait, by a 429

    @property
    def sends(self) -> bool:
        """Tell whether it counts against a pace."""
        return self.method.startswith(SENDING) and self.method not in UNCOUNTED

    @property
    def was_heard(self) -> bool:
        """Tell whether the client still listened when the answer came."""
        arrived, heard = self.arrived_at, self.heard_at
        return arrived is not None and heard is not None and heard >= arrived

    @property
    def source(self) -> int:
        """Tell the chat a forwarded message is from."""
        return int(self.parameters.get("from_chat_id", 0))

    @property
    def text(self) -> str:
        return str(self.parameters.get("text", ""))

    @property
    def headline(self) -> str:
        """Tell a post's first line: all that a story needs to be known by."""
        return self.text.partition("\n")[0]

    def took_effect(self, result: Any, at: float) -> None:
        """Note that it was done."""
        self.effect_at = at
        if isinstance(result, dict):
            self.message_id = result.get("message_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An automatic forward that the bot was, or is to be, told of."""

    at: float
    channel: int
    message_id: int
    update: int


@dataclass(slots=True)
class Ledger:
    """All of it."""

    calls: list[Call] = field(default_factory=list)
    forwards: list[Told] = field(default_factory=list)
    removed: dict[tuple[int, int], float] = field(default_factory=dict)  # silently, by a person

    def note(self, at: float, method: str, parameters: dict[str, Any]) -> Call:
        """Open the entry of one request."""
        chat = parameters.get("chat_id")
        call = Call(
            at=at,
            method=method,
            parameters=parameters,
            chat=chat if isinstance(chat, int) else None,
        )
        self.calls.append(call)
        return call

    def note_forward(self, at: float, channel: int, message_id: int, update: int) -> None:
        """Note that an update tells of a channel's post."""
        told = Told(at=at, channel=channel, message_id=message_id, update=update)
        self.forwards.append(told)

    def posts(self) -> dict[int, list[Call]]:
        """List what stands, or stood, in each chat by our hand, in the order it came about."""
        found: dict[int, list[Call]] = defaultdict(list)
        for call in self.calls:
            if call.method == "sendMessage" and call.effect_at is not None:
                found[int(call.chat or 0)].append(call)
        for posts in found.values():
            posts.sort(key=lambda call: call.effect_at or 0.0)
        return found

    def sends(self, chat: int | None = None) -> list[Call]:
        """List what left towards a chat, or all chats, in order."""
        return [
            call
            for call in self.calls
            if call.sends and call.fate is not Fate.REFUSED and chat in (None, call.chat)
        ]
