"""Durations and sizes as people write them."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.units import format_duration, format_size, parse_duration, parse_size


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("15m", 900), ("1h", 3_600), ("2d", 172_800), ("1h30m", 5_400), ("90m", 5_400)],
)
def test_a_duration_is_read_as_people_write_it(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", "5", "5 m", "1.5h", "-5m", "30m1h", "m", "1w", "5M", "9" * 40]
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "count"), [("512B", 512), ("512kB", 512_000), ("10MB", 10**7), ("1MiB", 2**20)]
)
def test_a_size_is_read_as_people_write_it(text: str, count: int) -> None:
    assert parse_size(text) == count


@pytest.mark.parametrize("text", ["", "10", "10 MB", "1.5MB", "-1MB", "10mb", "10TB"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a size"):
        parse_size(text)


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=86_400 * 3_000))
def test_a_duration_survives_being_written_and_read(seconds: int) -> None:
    span = timedelta(seconds=seconds)

    assert parse_duration(format_duration(span)) == span


@settings(deadline=None)
@given(st.integers(min_value=1, max_value=10**12 - 1))
def test_a_size_survives_being_written_and_read(count: int) -> None:
    assert parse_size(format_size(count)) == count
