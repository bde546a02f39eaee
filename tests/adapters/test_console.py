"""The console: what a person at the terminal sees, and what a feed cannot do to it."""

import io
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.adapter import Outcome, RetryLater, Sent
from bot.adapters.console import ConsoleAdapter, card
from bot.summary import Summary, summary_of
from tests.builders import a_destination, a_parcel, a_story

JAKARTA = ZoneInfo("Asia/Jakarta")
HEADLINE = "Kim Jong Un Janji Dukung Penuh Putin"


class Screen(io.StringIO):
    """A terminal that takes what is written in one go, and counts."""

    def __init__(self, encoding: str = "utf-8", error: Exception | None = None) -> None:
        super().__init__()
        self.writes = 0
        self._encoding = encoding
        self._error = error

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self._error is not None:
            raise self._error
        self.writes += 1
        return super().write(text)


async def show(stream: io.StringIO, **story: Any) -> Outcome:
    adapter = ConsoleAdapter(stream, language="id", time_zone=JAKARTA, width=40)
    parcel = a_parcel(story=a_story(**story))
    body = adapter.render(a_destination(), parcel)
    return await adapter.send(a_destination(), parcel, body)


async def test_a_card_is_rule_headline_lead_link_and_byline() -> None:
    stream = io.StringIO()

    await show(stream)

    assert stream.getvalue() == (
        "────────────────────────────────────────\n"
        "Kim Jong Un Janji Dukung Penuh Putin\n"
        "\n"
        "Keduanya bertemu di pusat antariksa di\n"
        "Timur Jauh Rusia.\n"
        "\n"
        "https://berita.example/kim-putin/\n"
        "Daily Berita · Rabu, 13 September 2023\n"
        "17.05 WIB\n"
        "\n"
    )


async def test_only_a_terminal_gets_bold_headlines_and_the_card_in_one_write() -> None:
    screen, file = Screen(), io.StringIO()

    await show(screen)
    await show(file)

    assert f"\n\x1b[1m{HEADLINE}\x1b[0m\n\n" in screen.getvalue()
    assert screen.writes == 1
    assert "\x1b" not in file.getvalue()


async def test_a_headline_on_two_lines_is_bold_on_both() -> None:
    screen = Screen()

    await show(screen, title="Kim Jong Un Menjanjikan Dukungan Penuh kepada Putin", summary="")

    assert "\n\x1b[1mKim Jong Un Menjanjikan Dukungan Penuh\nkepada Putin\x1b[0m\n\n" in (
        screen.getvalue()
    )


async def test_a_feed_cannot_command_the_terminal() -> None:
    stream = io.StringIO()

    await show(
        stream, title="\x1b]0;judul\x07Kim\x9b2J", summary="a\x1b[2Jb\x08\r", link="x\x1b[2J"
    )

    assert not [sign for sign in stream.getvalue() if sign < " " and sign != "\n"]
    assert "\x9b" not in stream.getvalue()


async def test_what_the_terminal_cannot_say_is_replaced() -> None:
    screen = Screen(encoding="ascii")

    outcome = await show(screen, title="Kim–Putin 😀")

    assert isinstance(outcome, Sent)
    assert "Kim?Putin ?" in screen.getvalue()


@pytest.mark.parametrize(
    "error",
    [BrokenPipeError(32, "Broken pipe"), OSError(28, "No space left on device"), ValueError("x")],
)
async def test_a_terminal_that_went_away_burns_no_attempt(error: Exception) -> None:
    outcome = await show(Screen(error=error))

    assert isinstance(outcome, RetryLater)
    assert not outcome.counts
    assert outcome.lane


def test_a_card_leaves_out_controls_whoever_made_the_summary() -> None:
    hostile = "a\x1b[2Jb\x9b"
    summary = Summary(
        headline=hostile,
        link=hostile,
        text=hostile,
        source=hostile,
        published_at=None,
        when=hostile,
        image=None,
    )

    shown = card(summary)

    assert "\x1b" not in shown
    assert "\x9b" not in shown


def test_a_link_is_never_broken() -> None:
    link = "https://berita.example/" + "a-b-c" * 30
    parcel = a_parcel(story=a_story(link=link))
    summary = summary_of(parcel, a_destination(), language="id", time_zone=JAKARTA)

    assert f"\n{link}\n" in card(summary, width=40)
