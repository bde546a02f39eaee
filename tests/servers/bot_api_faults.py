"""The plan of what goes wrong at the loopback Bot API, call by call."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from aiohttp import web


class Refused(Exception):  # noqa: N818  # reads as what happened
    """The Bot API's way of saying no: a code, a description, parameters."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        body = {"ok": False, "error_code": self.code, "description": self.description}
        return body | ({"parameters": self.parameters} if self.parameters else {})


def bad(text: str, **parameters: Any) -> Refused:
    return Refused(400, f"Bad Request: {text}", **parameters)


def forbidden(text: str) -> Refused:
    return Refused(403, f"Forbidden: {text}")


def too_many(seconds: int) -> Refused:
    return Refused(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


class How(StrEnum):
    """In what way a call is spoilt."""

    ANSWER = "answer"  # a refusal with `code`, `description`, `parameters`
    PAGE = "page"  # an HTML page with `code`, as a proxy makes it
    RESET = "reset"  # the connection is reset
    HANG = "hang"  # no answer ever comes
    SLOW = "slow"  # the answer comes after `seconds`
    TWICE = "twice"  # the answer, and after `seconds` the same once more, unasked for
    CUT = "cut"  # 200, the connection ends in the middle of the body
    TRUNCATED = "truncated"  # 200, a whole body whose JSON ends in the middle
    GARBAGE = "garbage"  # bytes that are no HTTP
    REDIRECT = "redirect"  # 302 to another place


@dataclass(slots=True, kw_only=True)
class Fault:
    """Spoils the `nth` and the following calls, `times` in all, of a method and a chat.

    With `apply` the call takes effect first; the answer is what suffers. None matches all.
    """

    how: How
    method: str | None = "sendMessage"
    chat: int | None = None
    nth: int = 1
    times: int = 1
    apply: bool = False
    code: int = 400
    description: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    seen: int = 0

    def takes(self, method: str, chat: int | None) -> bool:
        """Count a call that matches, and tell whether it is one to spoil."""
        if self.method is not None and self.method.lower() != method.lower():
            return False
        if self.chat is not None and self.chat != chat:
            return False
        self.seen += 1
        return self.nth <= self.seen < self.nth + self.times

    def refusal(self) -> Refused:
        return Refused(self.code, self.description, **self.parameters)


class Faults:
    """The faults planned; of several that match a call the first one planned spoils it."""

    def __init__(self) -> None:
        self.planned: list[Fault] = []

    def plan(self, fault: Fault) -> None:
        self.planned.append(fault)

    def refuse(self, description: str, *, code: int = 400, **more: Any) -> None:
        """Plan a refusal; `more` are fields of Fault."""
        self.plan(Fault(how=How.ANSWER, code=code, description=description, **more))

    def pick(self, method: str, chat: int | None) -> Fault | None:
        taken = [fault for fault in self.planned if fault.takes(method, chat)]
        return taken[0] if taken else None

    def clear(self) -> None:
        self.planned.clear()


def say(request: web.Request, text: str) -> None:
    """Answer past the server's own book-keeping, which will answer, too."""
    if request.transport is not None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(text)}"
        request.transport.write(f"{head}\r\n\r\n{text}".encode())
