"""A web page's link elements name its feeds; whatever else is in it costs little and adds none."""

import time

import pytest

from feeds.parse.page import FEEDS_MAX, NamedFeed, feeds_named_in

HERE = "https://berita.example/ekonomi/"
RSS = '<link rel="alternate" type="application/rss+xml" title="Semua" href="/feed/">'


def test_feeds_are_found_in_order_each_once_with_absolute_addresses() -> None:
    page = f"""<!doctype html><head><base href="https://www.berita.example/x/">
      {RSS}{RSS}
      <LINK href='atom.xml' TYPE='application/atom+xml; charset=utf-8' REL='feed alternate'>
      <link rel=alternate type=application/feed+json href=https://other.example/f.json?a=1&amp;b=2>
    </head>"""

    assert feeds_named_in(page.encode(), HERE) == (
        NamedFeed(url="https://www.berita.example/feed/", title="Semua"),
        NamedFeed(url="https://www.berita.example/x/atom.xml"),
        NamedFeed(url="https://other.example/f.json?a=1&b=2"),
    )


@pytest.mark.parametrize(
    "page",
    [
        "",
        "<p>Halo</p>",
        '<link rel="stylesheet" type="text/css" href="a.css">',
        '<link rel="alternate" hreflang="id" href="/id/">',
        f"<!-- {RSS} -->",
        '<link rel="alternate" type="application/rss+xml">',
        '<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">',
        '<link rel="alternate" type="application/rss+xml" href="file:///etc/passwd">',
        f'<link rel="alternate" type="application/rss+xml" href="{HERE}">',
    ],
)
def test_what_names_no_feed_gives_none(page: str) -> None:
    assert feeds_named_in(page.encode(), HERE) == ()


def test_a_page_that_names_thousands_gives_ten() -> None:
    page = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="/{number}">'
        for number in range(5_000)
    )

    assert len(feeds_named_in(page.encode(), HERE)) == FEEDS_MAX


@pytest.mark.parametrize(
    "hostile",
    ["<link " * 200_000, "<link a" + "=" * 1_000_000, "<!--" * 300_000, '<link a="' + "x" * 10**6],
)
def test_a_page_made_to_hurt_is_looked_at_in_bounded_time(hostile: str) -> None:
    begun = time.process_time()

    feeds_named_in(hostile.encode(), HERE)

    assert time.process_time() - begun < 1
