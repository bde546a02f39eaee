"""Whatever the house writes down as a reason, the Indonesian chat says in Indonesian."""

import re
import time
from collections.abc import Awaitable, Callable, Iterator
from functools import cache
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import reasons
from bot.commands.reasons import ASIDE, DEPTH_MAX, LENGTH_MAX, WITHIN, Read, read, tell_reason
from bot.commands.words import VALUE_MAX, Tongues, plain
from bot.summary.cutting import units
from tests.commands.no_reasons import NOT_REASONS
from tests.commands.reasons_in_code import ROOMS, makers, texts
from tests.commands.reasons_made import MAKERS, of_known_refusals

TONGUES = Tongues(default="id", time_zone=ZoneInfo("Asia/Jakarta"))
INDONESIAN, ENGLISH = TONGUES["id"], TONGUES["en"]
Maker = Callable[[], Awaitable[list[str]]]


def said(reason: str) -> str:
    return tell_reason(reason, INDONESIAN)


def parts(found: Read) -> Iterator[Read]:
    yield found
    for value in found.values.values():
        if isinstance(value, Read):
            yield from parts(value)


def foreign(found: Read) -> list[str]:
    """List what stands where a reason should, and is none of ours."""
    return [
        value
        for part in parts(found)
        for gap, value in part.values.items()
        if gap in WITHIN and isinstance(value, str)
    ]


@cache
def understood(text: str) -> Read | None:
    """Read a text from the code, which may be but a part of a reason."""
    return reasons._read(text, ASIDE, DEPTH_MAX)


def written() -> Iterator[Read]:
    """Read the texts in the code."""
    for each in texts():
        yield from islice(filter(None, map(understood, each.examples)), 1)


def test_every_text_where_reasons_are_made_is_one_that_is_understood_or_is_no_reason() -> None:
    strange = {
        each.head
        for each in texts()
        if not any(map(understood, each.examples)) and not each.is_an_error_with_a_key
    }

    assert strange - NOT_REASONS == set(), "give it a key reason.…, or say that it is no reason"
    assert NOT_REASONS - strange == set(), "this list names what is no more"


def test_no_other_room_makes_reasons() -> None:
    assert {each for each in makers() if not each.startswith(ROOMS)} == set()


@pytest.mark.parametrize("maker", MAKERS, ids=lambda maker: maker.__name__)
async def test_what_the_code_makes_is_said_in_indonesian(maker: Maker) -> None:
    for reason in await maker():
        found = read(reason)

        assert found is not None, reason
        assert foreign(found) == [], reason
        assert tell_reason(reason, ENGLISH) == plain(reason)
        assert said(reason) != plain(reason)


async def test_no_key_is_left_over() -> None:
    made = [reason for maker in (*MAKERS, of_known_refusals) for reason in await maker()]

    found = [*filter(None, map(read, made)), *written()]
    used = {part.key for each in found for part in parts(each)}

    assert {each.key for each in reasons.sentences()} - used == set()


async def test_what_to_do_is_said_after_another_s_words_too() -> None:
    for reason in await of_known_refusals():
        found = read(reason)

        assert found is not None, reason
        assert re.search(r"jadikan|beri bot|buka|pakai|hapus|perlu|pastikan", said(reason)), reason


EXAMPLES = [
    ("no feed at this address (404)", "tidak ada feed di alamat ini (404)"),
    (
        "no safe connection to a.example (certificate has expired)",
        "sambungan aman ke a.example gagal (sertifikatnya kedaluwarsa)",
    ),
    (
        "the answer of a.example is larger than 10,000,000 bytes; polling.max_body allows more",
        (
            "jawaban a.example lebih besar dari 10.000.000 bita; polling.max_body bisa mengizinkan"
            " lebih"
        ),
    ),
    (
        "the publisher answers 410 Gone since 2023-09-13 12:00 UTC",
        "sejak Rabu, 13 September 2023 19.00 WIB situs itu menjawab 410: sudah ditutup",
    ),
    (
        "out of attempts (10); the last: the endpoint answered 503 Service Unavailable",
        "jatah percobaan habis (10); yang terakhir: endpoint menjawab 503 Service Unavailable",
    ),
    (
        "the endpoint answered 410 Gone: it wants no more",
        "endpoint menjawab 410 Gone: tidak mau menerima apa-apa lagi",
    ),
    (
        "403 Forbidden: bot was blocked by the user: the user must unblock the bot",
        "403: bot diblokir orangnya: orangnya perlu membuka blokir bot ini",
    ),
    ("expired: older than 1h30m", "kedaluwarsa: lebih lama dari 1 jam 30 menit"),
    ("filtered: lacks gempa (all: gempa, putin)", "tersaring: tanpa “gempa” (all: gempa, putin)"),
    ("paused by an admin", "dijeda seorang admin"),
]


@pytest.mark.parametrize(("reason", "indonesian"), EXAMPLES)
def test_a_reason_is_said_with_its_values_as_they_are_said_here(
    reason: str, indonesian: str
) -> None:
    assert said(reason) == indonesian


OTHERS = [
    "Kanal ini ditutup pemiliknya",
    "has been moved",  # begins like a part of a reason, and says nothing alone
    "reserved",
    "the endpoint answered 7",
    "no feed at this address (four)",
    "no feed at this address (404) and more",
    "two words was too slow to answer",
    " answered with nothing",
    "the publisher answers 410 Gone since {moment} UTC{0}",
    "",
]


@pytest.mark.parametrize("words", OTHERS)
def test_another_s_words_are_shown_as_they_are(words: str) -> None:
    assert said(words) == plain(words)


@given(st.text())
def test_no_text_does_harm_and_english_is_as_it_was(text: str) -> None:
    assert units(said(text)) <= VALUE_MAX
    assert tell_reason(text, ENGLISH) == plain(text)


@given(st.text(max_size=60))
def test_what_stands_in_a_gap_calls_nobody(text: str) -> None:
    reason = f"no answer heard: {text}"

    assert plain(said(reason)) == said(reason)


@pytest.mark.parametrize(
    "bomb",
    [
        "out of attempts (1); the last: " * 40,
        "a; there may be more" * 60,
        "x: remove the destination" * 50,
        "{said}" * 150,
        "no answer heard: " * 60,
        "(" * LENGTH_MAX * 1_000,
    ],
)
def test_reasons_within_reasons_take_no_long_time(bomb: str) -> None:
    read.cache_clear()
    begun = time.process_time()

    shown = said(bomb)

    assert time.process_time() - begun < 0.1
    assert units(shown) <= VALUE_MAX
