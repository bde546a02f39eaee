"""The console: a readable card in the terminal, or the same without colours in a file."""

import textwrap
import unicodedata
from datetime import timedelta, tzinfo
from typing import Final, TextIO

from bot.adapter import Outcome, RetryLater, Scope, Sent
from bot.summary import Summary, summary_of
from bot.summary.rolled import RolledUp, rolled_up_of
from feeds.errors import AddressError
from feeds.model import Destination, Headers, Parcel
from feeds.ports import ResolvedAddress

ADDRESS: Final = "stdout"
WIDTH: Final = 76  # columns
_BOLD, _NORMAL = "\x1b[1m", "\x1b[0m"
_CLOSED_WAIT = timedelta(minutes=1)


def card(summary: Summary, *, width: int = WIDTH) -> str:
    """Lay a summary out: rule, headline, lead, link, source and time; it ends with a line's end.

    Nothing in it can command a terminal: a feed's control characters are left out.
    """
    parts: tuple[str, ...] = (
        _wrap(summary.headline, width),
        _wrap(summary.text, width),
        "\n".join(
            part
            for part in (
                _seen(summary.link or ""),
                _wrap(summary.byline, width),
                _wrap(summary.hashtag_line, width),
            )
            if part
        ),
    )
    if summary.told:
        told = "".join(span.text for span in summary.told)
        parts = ("\n".join(_wrap(line, width) for line in told.split("\n")),)
    return "─" * width + "\n" + "\n\n".join(part for part in parts if part) + "\n\n"


def roll_up_card(rolled: RolledUp, *, width: int = WIDTH) -> str:
    """Lay a roll-up out: rule, heading, headlines with their links, sources."""
    stories = [
        line
        for headline in rolled.headlines
        for line in (_wrap(f"• {headline.text}", width), _seen(f"  {headline.link or ''}").rstrip())
        if line
    ]
    stories.append(rolled.more(len(rolled.headlines)))
    parts = (
        rolled.heading,
        "\n".join(line for line in stories if line),
        _wrap(rolled.byline, width),
    )
    return "─" * width + "\n" + "\n\n".join(part for part in parts if part) + "\n\n"


class ConsoleAdapter:
    """Writes cards to one stream; writing twice harms nobody."""

    kind = "console"
    repeatable = True
    timeout = timedelta(seconds=5)

    def __init__(
        self, stream: TextIO, *, language: str, time_zone: tzinfo, width: int = WIDTH
    ) -> None:
        self._stream = stream
        self._language = language
        self._time_zone = time_zone
        self._width = width

    def read(self, typed: str) -> str:
        if typed.strip().lower() not in ("", "-", ADDRESS):
            raise AddressError(f"A console has one address: write “{ADDRESS}”, or leave it out.")
        return ADDRESS

    def headers_in(self, typed: str) -> Headers:  # noqa: ARG002  # nothing is requested
        return ()

    async def resolve(self, typed: str) -> ResolvedAddress:
        return ResolvedAddress(address=self.read(typed), title="console")

    def describe(self, destination: Destination) -> str:
        return f"the console ({destination.address})"

    def scopes(self, destination: Destination) -> tuple[Scope, ...]:  # noqa: ARG002  # needs no pace
        return ()

    def render(self, destination: Destination, parcel: Parcel) -> bytes:
        if parcel.delivery.is_roll_up:
            rolled = rolled_up_of(
                parcel, destination, language=self._language, time_zone=self._time_zone
            )
            return roll_up_card(rolled, width=self._width).encode()
        summary = summary_of(
            parcel, destination, language=self._language, time_zone=self._time_zone
        )
        return card(summary, width=self._width).encode()

    async def send(self, destination: Destination, parcel: Parcel, body: bytes) -> Outcome:  # noqa: ARG002  # one stream
        try:
            self._stream.write(self._dressed(body.decode()))
            self._stream.flush()
        except (OSError, ValueError) as error:  # a closed pipe, a closed file, a full disk
            reason = f"the console cannot be written to: {_name(error)}"
            return RetryLater(reason=reason, after=_CLOSED_WAIT, counts=False)
        return Sent()

    def _dressed(self, text: str) -> str:
        """Make the headline bold on a terminal; replace what the stream's encoding cannot say."""
        encoding = self._stream.encoding or "utf-8"
        text = text.encode(encoding, "replace").decode(encoding)
        if not self._stream.isatty():
            return text
        rule, _, rest = text.partition("\n")
        headline, gap, below = rest.partition("\n\n")
        return f"{rule}\n{_BOLD}{headline}{_NORMAL}{gap}{below}"


def _wrap(text: str, width: int) -> str:
    return textwrap.fill(_seen(text), width, break_long_words=False, break_on_hyphens=False)


def _seen(text: str) -> str:
    return "".join(character for character in text if unicodedata.category(character) != "Cc")


def _name(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
