"""The gate: what is no feed is named, what is a bomb is refused before a parser sees it."""

import pytest

from feeds.errors import ParseError
from feeds.parse import parse_document

HEAD = b'<rss version="2.0"><channel><title>t</title><item><guid>1</guid><title>x</title>'
TAIL = b"</item></channel></rss>"
URL = "https://harian.example/feed/"


def attributes(count: int) -> bytes:
    return b"<x " + b" ".join(b'a%d=""' % number for number in range(count)) + b"/>"


@pytest.mark.parametrize(
    ("body", "line"),
    [
        pytest.param(HEAD + attributes(20_000) + TAIL, "too large a tag", id="attribute bomb"),
        pytest.param(HEAD + b"<x y='" + b"a" * 66_000 + b"'/>" + TAIL, "too large", id="big tag"),
        pytest.param(HEAD + b"<a>" * 300 + b"</a>" * 300 + TAIL, "too deep", id="deep"),
        pytest.param(
            HEAD + b"</q>" + b"<a>" * 9_000 + b"</a>" * 9_000 + TAIL, "too deep", id="deep, broken"
        ),
        pytest.param(b"<rss>" + b"<" * 100_000, "too large a tag", id="a run of <"),
        pytest.param(b'{"items":' + b"[" * 50_000, "too deep", id="deep json"),
        pytest.param(
            b'{"items":[{"id":' + b"9" * 5_000 + b"}]}", "broken beyond reading", id="endless int"
        ),
        pytest.param(
            b"<!DOCTYPE rss [<!entity a 'b'>]>" + HEAD + TAIL, "entities of its own", id="entity"
        ),
        pytest.param(b"\x1f\x8b\x08\x00" + b"x" * 50, "not a feed we know", id="gzip"),
        pytest.param(b"%PDF-1.7\n", "not a feed we know", id="pdf"),
        pytest.param(b"[1, 2]", "not a feed we know", id="json list"),
        pytest.param(b"\xff\xfe", "nothing", id="only a byte order mark"),
        pytest.param(b"<!doctype HTML><rss><item/></rss>", "an HTML page", id="page with rss"),
    ],
)
def test_what_must_not_be_read_is_refused_in_one_line(body: bytes, line: str) -> None:
    with pytest.raises(ParseError) as refusal:
        parse_document(body, url=URL)

    assert line in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_long_stretches_outside_tags_are_no_bombs() -> None:
    long = b"<![CDATA[" + b"kata " * 20_000 + b"<p attr=" + b"x" * 70_000 + b"]]>"
    comment = b"<!-- " + b"x " * 50_000 + b"-->"
    text = b"<description>" + b"kata " * 20_000 + b"</description>"

    document = parse_document(
        HEAD + b"<description>" + long + b"</description>" + comment + b"</item>"
        b"<item><guid>2</guid>" + text + TAIL,
        url=URL,
    )

    assert [entry.guid for entry in document.entries] == ["1", "2"]


def test_a_document_of_very_many_entries_is_read_up_to_a_bound() -> None:
    items = b"".join(b"<item><guid>%d</guid></item>" % number for number in range(2_500))

    document = parse_document(b"<rss><channel>" + items + b"</channel></rss>", url=URL)

    assert len(document.entries) == 2_000
    assert document.entries[0].guid == "0"


def test_texts_tags_and_names_of_any_length_come_back_within_their_bounds() -> None:
    long = b"kata &amp;lt; " * 10_000
    tags = b"".join(b"<category>%d %s</category>" % (n, b"t" * 200) for n in range(50))
    body = (
        b"<rss><channel><title>" + long + b"</title><item><title>" + long + b"</title>"
        b"<author>" + long + b"</author><description>" + long + b"</description>"
        b"<link>https://harian.example/" + b"x" * 5_000 + b"</link>" + tags + TAIL
    )

    (entry,) = parse_document(body, url=URL).entries

    assert (len(entry.title), len(entry.summary), len(entry.tags)) == (500, 4_000, 20)
    assert entry.author is not None
    assert len(entry.author) == 200
    assert {len(tag) for tag in entry.tags} == {64}
    assert entry.link is None


def test_an_author_that_chokes_feedparser_costs_nothing() -> None:
    body = HEAD + b"</q><author>" + b"a" * 500_000 + b"</author>" + TAIL

    document = parse_document(body, url=URL)

    assert document.entries[0].guid == "1"
