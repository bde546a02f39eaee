"""Every document of the corpus reads as it is expected to, whichever parser reads it."""

import pytest

from feeds.errors import ParseError
from feeds.model import Document
from feeds.parse.careful import read_broken
from feeds.parse.encoding import to_utf8
from feeds.parse.fast import read_xml
from feeds.parse.finish import finish
from feeds.parse.gate import Form, recognise, refuse_bombs
from feeds.parse.mend import mend
from tests.corpus.cases import FOLDER, Case, all_cases, read

CASES = all_cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_document_of_the_corpus_reads_as_expected(case: Case) -> None:
    assert read(case) == case.expected


def test_every_expectation_has_its_document() -> None:
    documents = {case.name for case in CASES}

    expectations = {
        path.name.removesuffix(".expected.json") for path in FOLDER.glob("*.expected.json")
    }

    assert expectations == documents
    assert len(documents) >= 40


def well_formed(case: Case) -> bytes | None:
    """The case as XML that the strict parser takes, if it can be brought to that."""
    try:
        form, text = recognise(to_utf8(case.body, case.content_type))
        refuse_bombs(text)
    except ParseError:
        return None
    if form is not Form.XML:
        return None
    return next((t for t in (text, mend(text)) if read_xml(t) is not None), None)


STRICT = [
    (case, text)
    for case in CASES
    if (text := well_formed(case)) is not None and case.expected["document"].get("entries")
]


def by_the_strict_parser(text: bytes, *, url: str) -> Document:
    found = read_xml(text)
    assert found is not None
    return finish(found, url=url)


@pytest.mark.parametrize(("case", "text"), STRICT, ids=[case.name for case, _ in STRICT])
def test_the_forgiving_parser_reads_the_same_entries_as_the_strict_one(
    case: Case, text: bytes
) -> None:
    strict = by_the_strict_parser(text, url=case.url)

    forgiving = finish(read_broken(text), url=case.url)

    assert forgiving == strict


def test_the_corpus_holds_enough_for_both_parsers() -> None:
    assert len(STRICT) >= 30
