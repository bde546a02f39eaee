"""Where a text may be cut, and how long it is."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.summary.cutting import (
    ELLIPSIS,
    first_sentence,
    head_within,
    shorten,
    shorten_at_word,
    units,
)

REPORT = (
    "Prof. Dr. Budi, S.H. tinggal di Jl. Sudirman No. 5. "
    "PT. Telkom Tbk. untung Rp1.000.000 pada pukul 17.05 WIB. "
    "“Kami setuju.” Katanya kepada J. Kalla dll. dan lainnya! "
    "Benar? Ya… Kol. Inf. Andi hadir, a.n. Brigjen. Joko."
)


def sentences(text: str) -> list[str]:
    found = []
    while text := text.strip():
        sentence = first_sentence(text)
        found.append(sentence.strip())
        text = text[len(sentence) :]
    return found


def test_abbreviations_initials_numbers_and_times_end_no_sentence() -> None:
    assert sentences(REPORT) == [
        "Prof. Dr. Budi, S.H. tinggal di Jl. Sudirman No. 5.",
        "PT. Telkom Tbk. untung Rp1.000.000 pada pukul 17.05 WIB.",
        "“Kami setuju.”",
        "Katanya kepada J. Kalla dll. dan lainnya!",
        "Benar?",
        "Ya…",
        "Kol. Inf. Andi hadir, a.n. Brigjen. Joko.",
    ]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("The U.S. warned Kim. He went.", "The U.S. warned Kim."),
        ("Mr. Kim met Mr. Putin. They ate.", "Mr. Kim met Mr. Putin."),
        ("Judul bagian\nIsi cerita.", "Judul bagian"),
        ("金正恩访问俄罗斯。会见普京。", "金正恩访问俄罗斯。"),
        ("Beras, gula, dll. Semua naik.", "Beras, gula, dll."),
        ("Di pusat kota. Lalu pulang.", "Di pusat kota."),
        ("Tanpa titik", "Tanpa titik"),
        ("", ""),
    ],
)
def test_a_first_sentence_is_found(text: str, first: str) -> None:
    assert first_sentence(text) == first


def test_whole_sentences_are_kept_as_long_as_they_fit() -> None:
    text = "Kim tiba dengan kereta. Putin menunggu di Vostochny. Mereka berbicara lima jam."

    assert shorten(text, 60) == "Kim tiba dengan kereta. Putin menunggu di Vostochny."


def test_a_first_sentence_too_long_ends_at_a_word() -> None:
    text = "Kim Jong Un menjanjikan dukungan penuh bagi perjuangan suci Rusia, katanya."

    assert shorten(text, 40) == "Kim Jong Un menjanjikan dukungan penuh…"


def test_a_first_sentence_that_says_too_little_is_filled_up() -> None:
    text = "Astaga! " + "kata " * 60

    assert shorten(text, 100).startswith("Astaga! kata kata")
    assert shorten(text, 100).endswith("kata…")


def test_a_text_without_gaps_is_cut_between_characters() -> None:
    assert shorten_at_word("a" * 50, 10) == "a" * 9 + ELLIPSIS


def test_punctuation_is_not_left_before_the_ellipsis() -> None:
    assert shorten_at_word("Kim tiba, lalu makan", 10) == "Kim tiba…"


@pytest.mark.parametrize(
    ("seen_as_one", "length"),
    [
        ("😀", 2),
        ("👨‍👩‍👧‍👦", 11),
        ("👍🏽", 4),
        ("🇮🇩", 4),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 14),
        ("e\u0301\u0323", 3),
        ("❤️", 2),
    ],
)
def test_what_a_reader_sees_as_one_character_is_never_split(seen_as_one: str, length: int) -> None:
    assert units(seen_as_one) == length

    for room in range(length):
        assert head_within("x" + seen_as_one + "y", 1 + room) == "x"
    assert head_within("x" + seen_as_one + "y", 1 + length) == "x" + seen_as_one


def test_flags_are_cut_between_pairs_of_letters() -> None:
    assert head_within("🇮🇩🇷🇺🇰🇵", 7) == "🇮🇩"
    assert head_within("🇮🇩🇷🇺🇰🇵", 8) == "🇮🇩🇷🇺"


@settings(deadline=None)
@given(text=st.text(max_size=400), units_max=st.integers(0, 300))
def test_a_shortened_text_fits_and_begins_as_the_text_does(text: str, units_max: int) -> None:
    short = shorten(text, units_max)

    assert units(short) <= units_max
    assert units(short) == len(short.encode("utf-16-le")) // 2
    if short != text and short.endswith(ELLIPSIS):
        short = short.removesuffix(ELLIPSIS)
    assert text.startswith(short)
    rest = text[len(short) :]
    assert not (short and rest and unicodedata.category(rest[0]).startswith("M"))
