"""The law of the room: any bytes give a Document or a ParseError, nothing else ever."""

from datetime import UTC
from urllib.parse import urlsplit

from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.errors import ParseError
from feeds.model import Document
from feeds.parse import parse_document
from feeds.parse.wire import read_answer, write_document
from tests.corpus.cases import all_cases

URL = "https://harian.example/feed/"
BODIES = [case.body for case in all_cases()]
SHARDS = [
    b"<rss>", b"</rss>", b"<channel>", b"<item>", b"</item>", b"<feed>", b"<entry>", b"</entry>",
    b"<title>", b"</title>", b"<title type='xhtml'>", b"<link>", b"<link href='/x'/>", b"</link>",
    b"<guid>", b"</guid>", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<?xml version='1.0'?>",
    b"<!DOCTYPE rss>", b"&", b"&amp;", b"&#0;", b"&#xD800;", b"&nbsp;", b"&#99999999;", b"<",
    b"<b", b">", b"\x00", b"\xff", b"\xc3", b"\xf0\x9f\x98\x80", b"kata", b"<x:y>", b"'", b'"',
    b"xml:base='http://[x'", b"<a xml:base='//'>", b"http://[", b"<!", b"<rdf:RDF>", b"{", b"}",
    b'{"items":[', b'{"id":1,"url":7}', b"]", b",", b"<author>a@b.c (d)</author>", b"<br>",
    b"<pubDate>Invalid Date</pubDate>", b"<media:content url='x.jpg'/>", b"<!ENTITY",
]  # fmt: skip


def read_lawfully(body: bytes, content_type: str | None = None) -> None:
    refusal = ""
    document = Document()
    try:
        document = parse_document(body, url=URL, content_type=content_type)
    except ParseError as error:
        refusal = str(error) or "a refusal without a word\n"

    assert "\n" not in refusal
    assert_sane(document)
    assert read_answer(write_document(document)) == document


def assert_sane(document: Document) -> None:
    for entry in document.entries:
        for link in filter(None, (entry.link, entry.image)):
            assert urlsplit(link).scheme in {"http", "https"}
            assert urlsplit(link).hostname
        for at in filter(None, (entry.published_at, entry.updated_at)):
            assert at.tzinfo is UTC
        assert entry.guid is None or entry.guid == entry.guid.strip() != ""
        assert "\n" not in entry.title


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.none() | st.text(max_size=60))
def test_arbitrary_bytes_are_read_or_refused(body: bytes, content_type: str | None) -> None:
    read_lawfully(body, content_type)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(SHARDS), max_size=40).map(b"".join))
def test_shards_of_feeds_in_any_order_are_read_or_refused(body: bytes) -> None:
    read_lawfully(b"<rss><channel>" + body)
    read_lawfully(b"<feed xmlns='http://www.w3.org/2005/Atom'><entry>" + body)
    read_lawfully(body)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(BODIES), st.integers(0, 5_000), st.integers(0, 400), st.sampled_from(SHARDS))
def test_a_feed_with_a_piece_torn_out_is_read_or_refused(
    body: bytes, at: int, length: int, instead: bytes
) -> None:
    read_lawfully(body[:at] + instead + body[at + length :])


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(BODIES), st.integers(0, 5_000))
def test_a_feed_cut_off_anywhere_never_yields_a_link_that_was_not_whole(
    body: bytes, end: int
) -> None:
    try:
        whole = {entry.link for entry in parse_document(body, url=URL).entries}
        cut = {entry.link for entry in parse_document(body[:end], url=URL).entries}
    except ParseError:
        return

    assert cut <= whole | {None}
