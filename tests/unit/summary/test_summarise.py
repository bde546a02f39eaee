"""A story's summary, for every medium the same."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.summary import HEADLINE_MAX, SUMMARY_MAX, Summary, summarise, summary_of
from bot.summary.cutting import units
from bot.summary.moments import tell
from feeds.model import DestinationOptions
from tests.builders import NOON, a_destination, a_parcel, a_source, a_story, a_test_parcel

JAKARTA = ZoneInfo("Asia/Jakarta")


def summary(summary_max: int = 400, **changes: Any) -> Summary:
    return summarise(
        a_story(**changes),
        a_source(),
        summary_max=summary_max,
        language="id",
        time_zone=JAKARTA,
        now=NOON,
    )


def test_a_story_is_told_by_headline_lead_link_source_and_time() -> None:
    told = summary()

    assert told.headline == "Kim Jong Un Janji Dukung Penuh Putin"
    assert told.text == "Keduanya bertemu di pusat antariksa di Timur Jauh Rusia."
    assert told.link == "https://berita.example/kim-putin/"
    assert told.byline == "Daily Berita · Rabu, 13 September 2023 17.05 WIB"


def test_paragraphs_flow_into_one() -> None:
    assert summary(summary="Kim tiba.\n\nPutin menunggu.").text == "Kim tiba. Putin menunggu."


def test_a_lead_of_no_length_is_left_out() -> None:
    assert summary(summary_max=0).text == ""


def test_a_lead_is_never_longer_than_any_route_may_ask_for() -> None:
    assert units(summary(summary_max=99_999, summary="kata " * 2_000).text) <= SUMMARY_MAX


def test_without_a_title_the_first_sentence_is_the_headline() -> None:
    told = summary(title=" ", summary="Kim tiba di Rusia. Putin menunggu.")

    assert (told.headline, told.text) == ("Kim tiba di Rusia.", "Putin menunggu.")


def test_a_first_sentence_too_long_for_a_headline_goes_on_in_the_text() -> None:
    told = summary(title="", summary="kata " * 200, summary_max=3_000)

    assert units(told.headline) <= HEADLINE_MAX
    assert told.headline.endswith("kata…")
    assert told.text.startswith("…kata kata")
    assert (told.headline + told.text).count("kata") == 200


def test_without_title_and_text_the_source_stands_in_and_is_said_once() -> None:
    told = summary(title="", summary="", published_at=None)

    assert (told.headline, told.text, told.byline) == ("Daily Berita", "", "")


def test_a_date_in_the_future_is_set_to_the_present() -> None:
    told = summary(published_at=NOON + timedelta(days=400))

    assert told.published_at == NOON


def test_a_story_without_a_date_pretends_none() -> None:
    assert summary(published_at=None).byline == "Daily Berita"


@pytest.mark.parametrize(
    ("language", "zone", "written"),
    [
        ("id", "Asia/Jakarta", "Rabu, 13 September 2023 17.05 WIB"),
        ("id", "Asia/Makassar", "Rabu, 13 September 2023 18.05 WITA"),
        ("id", "Asia/Jayapura", "Rabu, 13 September 2023 19.05 WIT"),
        ("en", "Asia/Jakarta", "Wednesday, 13 September 2023, 17:05 WIB"),
        ("en", "America/Sao_Paulo", "Wednesday, 13 September 2023, 07:05 UTC-03:00"),
        ("tidak-ada", "UTC", "Wednesday, 13 September 2023, 10:05 UTC"),
    ],
)
def test_time_is_told_in_the_readers_language_and_zone(
    language: str, zone: str, written: str
) -> None:
    instant = datetime(2023, 9, 13, 10, 5, tzinfo=UTC)

    assert tell(instant, language=language, time_zone=ZoneInfo(zone)) == written


def test_a_destinations_own_language_comes_first() -> None:
    english = a_destination(options=DestinationOptions(language="en"))

    told = summary_of(a_parcel(), english, language="id", time_zone=JAKARTA)

    assert told.when == "Wednesday, 13 September 2023, 17:05 WIB"


def test_a_test_says_that_it_is_one() -> None:
    told = summary_of(a_test_parcel(), a_destination(), language="id", time_zone=JAKARTA)

    assert told.headline == "Uji coba dari Berita"
    assert told.link is None


@settings(deadline=None)
@given(title=st.text(max_size=700), text=st.text(max_size=900), most=st.integers(0, SUMMARY_MAX))
def test_any_story_has_a_headline_and_keeps_its_bounds(title: str, text: str, most: int) -> None:
    told = summary(title=title, summary=text, summary_max=most)

    assert told.headline.strip()
    assert units(told.headline) <= HEADLINE_MAX
    assert units(told.text) <= most
    assert "\n" not in told.headline + told.text + told.byline
