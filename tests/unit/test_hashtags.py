"""Hashtags: which words may be one, and what a publisher's tag becomes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import BadRequest
from feeds.hashtags import (
    FROM_TAGS_MAX,
    OWN_MAX,
    checked_hashtags,
    hashtags_of,
    is_hashtag,
    read_hashtags,
)


@pytest.mark.parametrize("typed", ["#berita #dunia", "berita, dunia", " berita\n#Berita,dunia "])
def test_they_are_typed_with_or_without_the_mark_parted_by_blanks_or_commas(typed: str) -> None:
    assert read_hashtags(typed) == ("berita", "dunia")


@pytest.mark.parametrize("word", ["a-b", "@kim", "2023", "_", "", "x" * 65, "a\u2060b", "½"])
def test_what_a_chat_would_not_take_whole_is_refused(word: str) -> None:
    with pytest.raises(BadRequest, match="no hashtag"):
        checked_hashtags((word,))


def test_nothing_typed_is_none() -> None:
    assert read_hashtags(" ") == ()


def test_there_are_ten_of_a_route_at_most() -> None:
    assert len(checked_hashtags(f"t{n}" for n in range(OWN_MAX))) == OWN_MAX
    with pytest.raises(BadRequest, match="at most 10"):
        checked_hashtags(f"t{n}" for n in range(OWN_MAX + 1))


def test_a_tag_of_several_words_is_joined_and_one_without_a_letter_left_out() -> None:
    tags = ("Asia Timur", "G-20", "2023", "asia timur", "@admin /start")

    assert hashtags_of(("Berita",), tags, from_tags=True) == (
        "Berita",
        "Asia_Timur",
        "G_20",
        "admin_start",
    )
    assert hashtags_of(("Berita",), tags, from_tags=False) == ("Berita",)


@given(st.lists(st.text(max_size=80), max_size=80))
def test_whatever_a_feed_writes_they_are_sound_different_and_few(tags: list[str]) -> None:
    made = hashtags_of(("berita",), tags, from_tags=True)

    assert all(map(is_hashtag, made))
    assert len({tag.casefold() for tag in made}) == len(made) <= 1 + FROM_TAGS_MAX
