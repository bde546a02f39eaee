"""Which headers an admin may have sent along, and that no refusal tells a value."""

import re
from typing import Any

import pytest

from feeds.errors import BadRequest
from feeds.headers import (
    HEADER_BYTES_MAX,
    HEADERS_MAX,
    changed_headers,
    checked_headers,
    read_header,
)

KEY = ("X-Api-Key", "s3cret-value")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ((), ()),
        ((KEY,), (KEY,)),
        ((("x-api-key", "  s3cret \t"),), (("x-api-key", "s3cret"),)),
        (
            (("Authorization", "Bearer a.b-c_d~e/f+g="),),
            (("Authorization", "Bearer a.b-c_d~e/f+g="),),
        ),
        ((("Cookie", "a=1; b=2"),), (("Cookie", "a=1; b=2"),)),
        ((("a!#$%&'*+-.^_`|~z", "x"),), (("a!#$%&'*+-.^_`|~z", "x"),)),
        ((("X-Tab", "a\tb"),), (("X-Tab", "a\tb"),)),
        ((("X-Long", "v" * (HEADER_BYTES_MAX - 6)),), (("X-Long", "v" * (HEADER_BYTES_MAX - 6)),)),
    ],
)
def test_a_sound_header_is_kept_as_it_is_written(given: Any, kept: Any) -> None:
    assert checked_headers(given) == kept
    assert checked_headers(checked_headers(given)) == kept


@pytest.mark.parametrize(
    ("name", "why"),
    [
        *((name, "set by Berita itself") for name in ("Content-Type", "USER-AGENT", "expect")),
        *((name, "set by Berita itself") for name in ("content-encoding", "Accept-Encoding")),
        *((name, "set by Berita itself") for name in ("webhook-id", "Webhook-Signature-2")),
        *((name, "belongs to the connection") for name in ("Host", "content-length", "TE")),
        *((name, "belongs to the connection") for name in ("Connection", "Keep-Alive", "upgrade")),
        *((name, "belongs to the connection") for name in ("Transfer-Encoding", "Trailer")),
        *((name, "belongs to the connection") for name in ("Proxy-Authorization",)),
        *((name, "no name of a header") for name in ("", "X Key", "X-Ключ", "X:Key", "X\r\nEvil")),
    ],
)
def test_a_name_that_is_not_the_admins_is_refused(name: str, why: str) -> None:
    with pytest.raises(BadRequest, match=why) as refusal:
        checked_headers([(name, "s3cret-value")])

    assert "s3cret" not in str(refusal.value)


@pytest.mark.parametrize(
    "value",
    [
        *(
            "",
            " ",
            "s3cret\r\nX-Evil: 1",
            "s3cret\n",
            "s3cret\0",
            "s3cret\x7f",
            "s3crét",
            "s3cret\x0b",
        ),
        "s3cret" * 1_000,
    ],
)
def test_a_value_that_would_break_the_request_is_refused_without_being_told(value: str) -> None:
    with pytest.raises(BadRequest, match="X-Api-Key") as refusal:
        checked_headers([("X-Api-Key", value)])

    assert "s3cr" not in str(refusal.value)


def test_a_value_typed_in_the_place_of_a_name_is_not_told_whole() -> None:
    with pytest.raises(BadRequest) as refusal:
        checked_headers([("Bearer " + "s3cret" * 10, "x")])

    assert "s3crets3crets3cret" not in str(refusal.value)


def test_there_are_so_many_and_each_once() -> None:
    many = [(f"X-{number}", "v") for number in range(HEADERS_MAX)]

    assert len(checked_headers(many)) == HEADERS_MAX
    with pytest.raises(BadRequest, match=r"21 headers.*20"):
        checked_headers([*many, ("X-More", "v")])
    with pytest.raises(BadRequest, match="x-api-key is given twice"):
        checked_headers([KEY, ("x-api-key", "other")])


def test_a_line_is_taken_apart_at_its_first_colon() -> None:
    assert read_header("X-Forwarded: for: me") == ("X-Forwarded", " for: me")
    with pytest.raises(BadRequest, match=re.escape('"Name: value"')) as refusal:
        read_header("s3cret")
    assert "s3cret" not in str(refusal.value)


def test_headers_are_set_replaced_and_taken_away_whatever_their_case() -> None:
    old = (KEY, ("X-Env", "test"))

    assert changed_headers(old, [("x-api-KEY", "new")], ["x-env"]) == (("x-api-KEY", "new"),)
    assert changed_headers((), [KEY], []) == (KEY,)
    with pytest.raises(BadRequest, match="no header “X-Gone”"):
        changed_headers(old, [], ["X-Gone"])
    with pytest.raises(BadRequest, match="20"):
        changed_headers(old, [(f"X-{number}", "v") for number in range(19)], [])
