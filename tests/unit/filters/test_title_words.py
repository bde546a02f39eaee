"""The words of a title that a filter may go by: few, telling, found by the rule made of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.filters import Facts, read_filter, title_words
from feeds.filters.title_words import LETTERS_MAX

TITLES = {
    "Kim Jong-un Janji Dukung Penuh “Perjuangan Suci” Rusia": (
        *("Kim", "Jong", "Janji", "Dukung", "Penuh", "Perjuangan", "Suci", "Rusia"),
    ),
    "Harga BBM naik, harga beras juga": ("Harga", "BBM", "naik", "beras"),
    "What the Fed said about the rate": ("Fed", "rate"),
    "Iklan: promo 2023 a_b ___ ke-5": ("Iklan", "promo", "2023", "a_b"),
    "": (),
    "… di ke, 😀": (),
}


@pytest.mark.parametrize("title", TITLES)
def test_telling_words_are_listed_once_in_their_order(title: str) -> None:
    assert title_words(title, words_max=12) == TITLES[title]


def test_there_are_no_more_than_asked_for() -> None:
    assert title_words("satu kata dua kata tiga empat", words_max=2) == ("kata", "dua")


@given(st.text(max_size=200))
def test_each_word_makes_a_rule_that_finds_it_in_its_title(title: str) -> None:
    facts = Facts(title=title, summary="", author=None, tags=(), link=None)

    words = title_words(title, words_max=12)

    assert len({word.casefold() for word in words}) == len(words) <= 12
    for word in words:
        assert len(word) <= LETTERS_MAX
        assert read_filter((f"none title: {word}",)).drops(facts) is not None
