import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import BadRequest
from feeds.opml import ListedFeed, read_opml, write_opml
from tests.builders import NOON

LIST = """<?xml version="1.0" encoding="{encoding}"?>
<opml version="2.0"><head><title>Langganan</title></head><body>
  <outline text="Indonesia">
    <outline type="rss" text="Kompas &amp; é" xmlUrl="https://k.example/feed?a=1&amp;b=2"/>
    <outline title="Tempo" xmlUrl="https://t.example/rss"/>
  </outline>
  <outline text="twice" xmlUrl="https://t.example/rss"/>
</body></opml>"""


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "utf-16", "utf-8-sig"])
def test_a_list_is_read_in_its_own_encoding_each_url_once(encoding: str) -> None:
    listed = read_opml(LIST.format(encoding=encoding.removesuffix("-sig")).encode(encoding))

    assert [(feed.url, feed.title) for feed in listed] == [
        ("https://k.example/feed?a=1&b=2", "Kompas & é"),
        ("https://t.example/rss", "Tempo"),
    ]


BOMB = b'<!DOCTYPE o [<!ENTITY a "aaaa"><!entity b "&a;&a;">]><opml><outline xmlUrl="x"/></opml>'
DEEP = b"<opml>" + b'<outline text="g">' * 60 + b'<outline xmlUrl="https://x.example/"/></opml>'


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"x" * 10_000_001, "larger than 10 MB"),
        (BOMB, "entities"),
        (BOMB.decode().encode("utf-16"), "entities"),
        (DEEP, "nests"),
        (b"<opml><body></body></opml>", "no feed"),
        (b"", "no feed"),
        (b"https://list.example/opml", "no feed"),
        (b'<?xml version="1.0" encoding="rot13"?>\x00\xff', "no feed"),
    ],
)
def test_what_is_no_list_or_a_bomb_is_refused_in_a_line(data: bytes, said: str) -> None:
    with pytest.raises(BadRequest, match=said):
        read_opml(data)


titles = st.text(st.characters(codec="utf-8"), max_size=40)


@given(st.lists(titles, min_size=1, max_size=5))
def test_what_is_written_is_read_again(titles: list[str]) -> None:
    feeds = [
        ListedFeed(url=f"https://x.example/{number}?a=1&b=<2>", title=title)
        for number, title in enumerate(titles)
    ]

    listed = read_opml(write_opml(feeds, title="Berita", now=NOON))

    assert [feed.url for feed in listed] == [feed.url for feed in feeds]


def test_titles_survive_the_way_out_and_in() -> None:
    feeds = [ListedFeed(url="https://x.example/", title='Bola & "Kabar" <é>\x00')]

    listed = read_opml(write_opml(feeds, title="Berita", now=NOON))

    assert listed[0].title == 'Bola & "Kabar" <é>'
