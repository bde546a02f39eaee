"""Markup to plain text: entities decoded once, no tags, no tricks, within bounds."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.parse.found import Markup
from feeds.parse.text import HTML_MAX, TAGS_MAX, lines, one_line


def title(text: str) -> str:
    return one_line(Markup(text=text, html=True), limit=500)


def body(text: str) -> str:
    return lines(Markup(text=text, html=True), limit=4_000)


@pytest.mark.parametrize(
    ("markup", "seen"),
    [
        ("Kabar biasa", "Kabar biasa"),
        ("&#8220;suci&#8221; &amp; aman", "“suci” & aman"),
        ("AT&amp;amp;T", "AT&amp;T"),
        ("3 &lt; 5 dan <b>6</b> &gt; 4", "3 < 5 dan 6 > 4"),
        ("Rp&nbsp;5.000", "Rp 5.000"),
        ("<i>Q&amp;A</i> &takdikenal; R&D", "Q&A &takdikenal; R&D"),
        ("satu<br>dua<br/>tiga", "satu dua tiga"),
        ("a<script>x()</script>b<style>p{}</style>c<!-- d -->e", "abce"),
        ("Teks <unknown attr='<b>'>tak dikenal</unknown>", "Teks tak dikenal"),
        ("<img src=x onerror=alert(1)>Aman", "Aman"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "<script>alert(1)</script>"),
        ("\n  banyak \t spasi \u2003 di\u00a0sini  ", "banyak spasi di sini"),
        ("&#150; &#x80; \x91kutip\x92", "– € ‘kutip’"),
        ("\u202ekanan ke kiri\u202c", "kanan ke kiri"),
        ("nol\u200blebar\ufeff dan ha\u00adlus", "nollebar dan halus"),
        ("👨‍👩‍👧 ❤️", "👨‍👩‍👧 ❤️"),
        ("A\u200dB\u200c", "AB"),
        ("\u3164\uffa0", ""),
        ("bendera \U0001f1ee\U0001f1e9\U000e0041", "bendera 🇮🇩"),
    ],
)
def test_a_title_reads_as_a_person_would_see_it(markup: str, seen: str) -> None:
    assert title(markup) == seen


def test_blocks_become_lines_and_source_line_breaks_do_not() -> None:
    markup = "<p>Satu\nbaris.</p>\n\n<ul><li>a</li><li>b</li></ul><div><p>Dua<br>tiga</p></div>"

    assert body(markup) == "Satu baris.\na\nb\nDua\ntiga"


def test_blank_lines_part_paragraphs_of_a_text_without_markup() -> None:
    plain = Markup(text="Satu\nbaris <tetap>.\n\n \nDua &amp; tiga.")

    assert lines(plain, limit=100) == "Satu baris <tetap>.\nDua &amp; tiga."


def test_captions_frames_and_players_are_no_lead_text() -> None:
    markup = (
        "<figure><img src='a.jpg'><figcaption>Foto: arsip</figcaption></figure>"
        "<iframe src='x'>bingkai</iframe><video>peramban lama</video><p>Isi.</p>"
    )

    assert body(markup) == "Isi."


def test_a_long_text_is_cut_with_an_ellipsis_within_its_limit() -> None:
    cut = one_line(Markup(text="kata " * 100), limit=20)

    assert cut == "kata kata kata kata…"
    assert len(cut) == 20


def test_only_so_much_markup_is_read_however_much_there_is() -> None:
    deep = "<div>" * 50_000 + "dalam"
    long = "a" * (HTML_MAX + 10)

    assert body("<p>muka</p>" + deep) == "muka"
    assert body("<p>" * (TAGS_MAX - 10) + "masih") == "masih"
    assert len(lines(Markup(text=long), limit=10**6)) == HTML_MAX


@given(st.text(max_size=300))
def test_an_escaped_text_comes_back_as_it_was(text: str) -> None:
    plain = one_line(Markup(text=text), limit=1_000)

    assert title(html.escape(plain)) == plain


@given(st.text(alphabet=st.characters(), max_size=300), st.booleans())
def test_no_text_breaks_json_or_a_reader(text: str, is_html: bool) -> None:
    read = lines(Markup(text=text, html=is_html), limit=50)

    assert len(read) <= 50
    assert read == read.strip()
    read.encode()
    assert not set(read) & set("\x00\x1e\u202e\u200b\ufeff\r\t")
