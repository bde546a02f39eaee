"""PURE: why Telegram could not be heard, how long to wait, and when to speak of it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramAPIError,
    TelegramConflictError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)

PAUSE_FIRST: Final = timedelta(seconds=1)  # 1, 2, 4 … 60 s
PAUSE_MAX: Final = timedelta(seconds=60)
DOUBLINGS_MAX: Final = 20  # further ones change nothing
INTERNAL: Final = "internal"  # a fault of ours
UNKNOWN_BOT: Final = (
    "401: Telegram does not know this token; sending and commands stop until the token is right"
    " (telegram.token)"
)
ELSEWHERE: Final = (
    "409: this bot's updates are fetched elsewhere; stop the other program, or give it another"
    " token"
)
SECOND: Final = (
    "Another program was listening with this bot's token before, so this one has stopped. Let only"
    " one run: stop the other, or give this one a token of its own (telegram.token)."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why a request for updates failed; those of one `kind` in a row are one incident."""

    kind: str
    text: str  # for people: what happened, and what to do where something can be done
    wait: timedelta = timedelta(0)  # as long as Telegram asked for


def cause_of(error: Exception) -> Cause:
    """Judge an error of getUpdates; its text holds no message and no token."""
    wait = timedelta(0)
    match error:
        case TelegramUnauthorizedError() | TelegramNotFound():
            kind, text = "401", UNKNOWN_BOT
        case TelegramConflictError():
            kind = "webhook" if "webhook is active" in error.message else "409"
            text = f"{ELSEWHERE} ({error.message})"
        case TelegramRetryAfter():
            kind, text = "429", "Telegram asks for patience"
            wait = timedelta(seconds=error.retry_after)
        case ClientDecodeError():
            kind, text = "gibberish", "what answers is no Bot API: a gateway's page?"
        case TelegramAPIError():
            kind, text = "outage", error.message
        case AiogramError():
            kind, text = "outage", type(error).__name__
        case _:
            kind, text = INTERNAL, f"internal error: {type(error).__name__}"
    return Cause(kind=kind, text=text, wait=wait)


class Incident:
    """A run of failures; tells what is news, and how long to wait before the next try."""

    def __init__(self, pause_first: timedelta = PAUSE_FIRST) -> None:
        self._pause_first = pause_first
        self.cause: Cause | None = None  # None: all is well
        self.tries = 0

    def note(self, cause: Cause) -> bool:
        """Count a failure; True if it is the first of its kind."""
        news = self.cause is None or self.cause.kind != cause.kind
        self.cause, self.tries = cause, self.tries + 1
        return news

    def end(self) -> bool:
        """Count a success; True if it ends an incident."""
        ended = self.cause is not None
        self.cause, self.tries = None, 0
        return ended

    def pause(self) -> timedelta:
        """Tell how long to wait: longer each time, and never shorter than was asked for."""
        assert self.cause is not None, "asked during an incident"
        growing = self._pause_first * float(2 ** min(self.tries - 1, DOUBLINGS_MAX))
        return max(min(growing, PAUSE_MAX), self.cause.wait)
