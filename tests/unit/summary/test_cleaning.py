"""What is taken out of a feed's text, and what must stay."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.summary.cleaning import (
    clean,
    one_line,
    without_boilerplate,
    without_headline,
    without_site,
)

HEADLINE = "Kim Jong Un Janji Dukung Penuh Putin"
SITE = "Daily Berita"


@pytest.mark.parametrize(
    "tail",
    [
        f"The post {HEADLINE} appeared first on {SITE}.",
        f"The post {HEADLINE} first appeared on {SITE}.",
        f"The post The Post {HEADLINE} appeared first on {SITE}",
        f"Artikel {HEADLINE} pertama kali tampil pada {SITE}.",
        f"Artikel {HEADLINE} pertama kali tampil di {SITE}.",
        f"Postingan {HEADLINE} muncul pertama kali di {SITE}.",
        f"Tulisan {HEADLINE} pertama kali terbit di Kantor Berita Lain.",
        "Pos Kim Jong Un Janji… muncul pertama pada Daily Berita Internasional.",
        "Read more",
        "Read More »",
        "Read the full story at Daily Berita",
        "Continue reading →",
        f"Continue reading {HEADLINE} →",
        "Baca selengkapnya",
        "Baca Selengkapnya: https://berita.example/1",
        "Baca juga: Putin Terima Kim di Vostochny",
        "Baca juga: Putin Terima Kim\nBaca juga: Kereta Kim Tiba",
        "Selengkapnya >>",
        f"Read more The post {HEADLINE} appeared first on {SITE}.",
        "[…]",
        "[&hellip;] Baca selengkapnya",
    ],
)
def test_the_publishers_tail_is_dropped(tail: str) -> None:
    for gap in (" ", "\n"):
        text = f"Mereka bertemu di Vostochny. Lima jam lamanya.{gap}{tail}"

        told = without_boilerplate(text, headline=HEADLINE, site=SITE)

        assert told == "Mereka bertemu di Vostochny. Lima jam lamanya."


@pytest.mark.parametrize(
    "news",
    [
        "The post by Trump first appeared on Truth Social.",
        "Foto itu palsu. Artikel itu pertama kali terbit di Nature.",
        "Berikut daftar selengkapnya.",
        "He told children to read more books.",
        "Penonton diminta baca juga aturan pakainya.",
        "JAKARTA, KOMPAS.com – Kim tiba dengan kereta.",
        "“Kami […] setuju,” katanya.",
        "Dia diam… Lalu pergi.",
    ],
)
def test_news_that_sounds_like_a_tail_stays(news: str) -> None:
    assert without_boilerplate(news, headline=HEADLINE, site="Xinhua") == news


@pytest.mark.parametrize("mark", ["[…]", "[...]", "[&hellip;]", "(…)", "...", " …", ", […]"])
def test_a_cut_mark_becomes_an_ellipsis(mark: str) -> None:
    told = without_boilerplate(f"Kim menjanjikan dukungan {mark}", headline="", site="")

    assert told == "Kim menjanjikan dukungan…"


def test_a_quotation_cut_short_shows_it_but_a_finished_one_does_not() -> None:
    cut = without_boilerplate("istilah “perjuangan suci” …", headline="", site="")
    finished = without_boilerplate("“Kami setuju.” […]", headline="", site="")

    assert (cut, finished) == ("istilah “perjuangan suci”…", "“Kami setuju.”")


def test_a_line_that_invites_elsewhere_is_dropped_from_the_middle() -> None:
    text = "Kim tiba.\nBaca juga: Kereta Lapis Baja Kim\nPutin menunggu."

    assert without_boilerplate(text, headline="", site="") == "Kim tiba.\nPutin menunggu."


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (HEADLINE, ""),
        (f"“{HEADLINE}”.", ""),
        (HEADLINE[:24] + "…", ""),
        (f"{HEADLINE}\nMereka bertemu.", "Mereka bertemu."),
        (f"{HEADLINE}. Mereka bertemu.", "Mereka bertemu."),
        (f"{HEADLINE.upper()} – Mereka bertemu.", "Mereka bertemu."),
        (f"{HEADLINE} di Vostochny.", f"{HEADLINE} di Vostochny."),
        ("Mereka bertemu.", "Mereka bertemu."),
        ("", ""),
    ],
)
def test_a_text_never_repeats_the_headline(text: str, left: str) -> None:
    assert without_headline(text, HEADLINE) == left


def test_a_question_is_not_asked_twice() -> None:
    assert (
        without_headline("Apa itu BRICS? Sebuah kelompok.", "Apa itu BRICS?") == "Sebuah kelompok."
    )


@pytest.mark.parametrize("separator", [" - ", " | ", " – ", " :: "])
def test_the_sites_name_is_taken_off_the_headline(separator: str) -> None:
    assert without_site(f"Kim–Putin Bertemu{separator}daily berita", SITE) == "Kim–Putin Bertemu"
    assert without_site(f"Persib{separator}Persija 2-1", SITE) == f"Persib{separator}Persija 2-1"


def test_tricks_that_cannot_be_seen_are_taken_out() -> None:
    assert clean("a\u202eb\u2066c\u200bd\x1b[31me\x00\ud83df\u00adg\ufeff") == "abcd[31mefg"
    assert clean("\u200b\u2060\u3164\u200d") == ""


def test_letters_of_every_script_and_joined_emoji_stay() -> None:
    text = "می‌خواهم עברית 北京 क्षि 👨‍👩‍👧 🇮🇩"

    assert clean(text) == text


def test_gaps_and_line_ends_are_tidied() -> None:
    assert clean("  a\t b\u00a0c \r\n\r\n\n d\u2028e  ") == "a b c\nd\ne"
    assert one_line(" a\n b ") == "a b"


@settings(deadline=None)
@given(st.text(max_size=300))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@settings(deadline=None)
@given(st.text(alphabet="The post Artikl.…[]\n:»B", max_size=3_000))
def test_any_text_is_judged(text: str) -> None:
    told = without_boilerplate(text, headline="The post", site="")

    assert len(told) <= len(text)
