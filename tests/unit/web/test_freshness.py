from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.freshness import WAIT_MAX, max_age, retry_after

NOW = datetime(2023, 9, 13, 12, 0, tzinfo=UTC)
DATE = "Wed, 13 Sep 2023 12:00:00 GMT"
LATER = "Wed, 13 Sep 2023 13:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"cache-control": "max-age=600"}, 600),
        ({"cache-control": "public, Max-Age = 600"}, 600),
        ({"cache-control": 'max-age="600"'}, 600),
        ({"cache-control": "max-age=600", "age": "200"}, 400),
        ({"cache-control": "max-age=600", "age": "900"}, 0),
        ({"cache-control": "max-age=600", "age": "rubbish"}, 600),
        ({"cache-control": "max-age=600", "expires": LATER, "date": DATE}, 600),
        ({"cache-control": "no-cache, max-age=600"}, None),
        ({"cache-control": "max-age=600,no-store"}, None),
        ({"cache-control": "s-maxage=600"}, None),
        ({"cache-control": "max-age=soon"}, None),
        ({"cache-control": "max-age=-1"}, None),
        ({"cache-control": "public"}, None),
        ({"cache-control": "public", "expires": LATER, "date": DATE}, 3600),
        ({"expires": LATER, "date": DATE, "age": "600"}, 3000),
        ({"expires": LATER}, 3600),
        ({"expires": DATE, "date": LATER}, 0),
        ({"expires": "0"}, None),
        ({"expires": "-1"}, None),
        ({"expires": "never"}, None),
        ({"cache-control": "max-age=31536000"}, 86_400),
        ({"cache-control": "max-age=" + "9" * 5_000}, 86_400),
    ],
)
def test_freshness_is_read_as_rfc_9111_says(headers: dict[str, str], seconds: int | None) -> None:
    expected = None if seconds is None else timedelta(seconds=seconds)

    assert max_age(headers, NOW) == expected


@pytest.mark.parametrize(
    ("stated", "seconds"),
    [
        ("120", 120),
        (" 120 ", 120),
        (LATER, 3600),
        ("Wednesday, 13-Sep-23 13:00:00 GMT", 3600),
        ("Wed Sep 13 13:00:00 2023", 3600),
        ("Wed, 13 Sep 2023 20:00:00 +0700", 3600),
        ("Tue, 12 Sep 2023 12:00:00 GMT", 0),
        ("Thu, 31 Dec 2099 23:59:59 GMT", 86_400),
        ("9" * 5_000, 86_400),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_never_over_a_day(
    stated: str, seconds: int | None
) -> None:
    expected = None if seconds is None else timedelta(seconds=seconds)

    assert retry_after({"retry-after": stated}, NOW) == expected


@given(st.text(max_size=60) | st.from_regex(r"[A-Za-z0-9,:+ -]{0,40}", fullmatch=True))
def test_no_header_is_too_strange_to_read(text: str) -> None:
    headers = dict.fromkeys(("cache-control", "expires", "date", "age", "retry-after"), text)

    for wait in (max_age(headers, NOW), retry_after(headers, NOW)):
        assert wait is None or timedelta(0) <= wait <= WAIT_MAX
