"""Dates: what feeds write, in two languages and every zone they use, and never a guess."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.parse.dates import read_date

TEN = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
THREE = TEN - timedelta(hours=7)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Sun, 22 Nov 2026 10:00:00 GMT", TEN),
        ("Sun, 22 Nov 2026 10:00:00 +0000", TEN),
        ("Sun, 22 Nov 2026 10:00:00 Z", TEN),
        ("Sun, 22 Nov 2026 10:00:00", TEN),
        ("22 Nov 2026 10:00", TEN),
        ("22 Nov 26 10:00 UT", TEN),
        ("22-Nov-2026 10:00:00 UTC", TEN),
        ("sun, 22 nov 2026 10:00:00 gmt", TEN),
        ("  Sun,\n 22 Nov 2026   10:00:00 GMT ", TEN),
        ("Sun,22 Nov 2026 10:00:00 GMT", TEN),
        ("Sun, 22 Nov 2026 10:00:00 +0700", THREE),
        ("Sun, 22 Nov 2026 10:00:00 +07:00", THREE),
        ("Sun, 22 Nov 2026 10:00:00 +07", THREE),
        ("Sun, 22 Nov 2026 10:00:00 +700", THREE),
        ("Sun, 22 Nov 2026 10:00:00 GMT+7", THREE),
        ("Sun, 22 Nov 2026 10:00:00 GMT+0700 (WIB)", THREE),
        ("Sun, 22 Nov 2026 10:00:00 +0700 (Western Indonesia Time)", THREE),
        ("Sun, 22 Nov 2026 10:00:00 WIB", THREE),
        ("Sun, 22 Nov 2026 11:00:00 WITA", THREE),
        ("Sun, 22 Nov 2026 12:00:00 WIT", THREE),
        ("Sun, 22 Nov 2026 05:00:00 EST", TEN),
        ("Sun, 22 Nov 2026 06:00:00 EDT", TEN),
        ("Sun, 22 Nov 2026 02:00:00 PST", TEN),
        ("Sun, 22 Nov 2026 11:00:00 CET", TEN),
        ("Sun, 22 Nov 2026 15:30:00 IST", TEN),
        ("Sun, 22 Nov 2026 10:00:00 AM GMT", TEN),
        ("Min, 22 Nov 2026 10:00:00 WIB", THREE),
        ("Minggu, 22 November 2026 10.00 WIB", THREE),
        ("Minggu, 22 November 2026, 10:00 WIB", THREE),
        ("Minggu, 22 November 2026 pukul 10.00 WIB", THREE),
        ("Minggu, 22 November 2026 - 10:00 WIB", THREE),
        ("Minggu, 22 Nopember 2026 | 10:00 WIB", THREE),
        ("2026-11-22T10:00:00Z", TEN),
        ("2026-11-22t10:00:00z", TEN),
        ("2026-11-22T10:00:00+07:00", THREE),
        ("2026-11-22T10:00+0700", THREE),
        ("2026-11-22 10:00:00", TEN),
        ("2026-11-22 10:00:00 WIB", THREE),
        ("2026-11-22 10:00:00 +0700", THREE),
        ("2026-11-22T10:00:00.123456789Z", TEN.replace(microsecond=123456)),
        ("2026-11-22T10:00:00,5Z", TEN.replace(microsecond=500000)),
        ("2026-11-22T10:00:60Z", TEN.replace(second=59)),
        ("2026-11-21T24:00:00Z", TEN.replace(hour=0)),
        ("2026-11-22", TEN.replace(hour=0)),
        ("2026/11/22 10:00", TEN),
        ("20261122T100000Z", TEN),
        ("20261122", TEN.replace(hour=0)),
        ("November 22, 2026 10:00 AM", TEN),
        ("Sunday, November 22nd, 2026 10:00 pm", TEN.replace(hour=22)),
        ("Sun Nov 22 10:00:00 2026", TEN),
        ("Sun Nov 22 10:00:00 WIB 2026", THREE),
    ],
)
def test_a_date_is_read_as_it_was_meant(written: str, meant: datetime) -> None:
    assert read_date(written) == meant


@pytest.mark.parametrize(
    ("name", "month"),
    [
        *((name, 1) for name in ("Jan", "Januari", "January")),
        *((name, 2) for name in ("Feb", "Februari", "Pebruari")),
        *((name, 3) for name in ("Mar", "Maret", "March", "Mrt")),
        *((name, 4) for name in ("Apr", "April")),
        *((name, 5) for name in ("Mei", "May")),
        *((name, 6) for name in ("Jun", "Juni", "June")),
        *((name, 7) for name in ("Jul", "Juli", "July")),
        *((name, 8) for name in ("Agu", "Agt", "Ags", "Agust", "Agustus", "Aug", "August")),
        *((name, 9) for name in ("Sep", "Sept", "September")),
        *((name, 10) for name in ("Okt", "Oktober", "Oct", "October")),
        *((name, 11) for name in ("Nov", "Nop", "November")),
        *((name, 12) for name in ("Des", "Desember", "Dec", "December")),
    ],
)
def test_months_are_known_in_indonesian_and_english(name: str, month: int) -> None:
    meant = datetime(2026, month, 7, 1, 15, tzinfo=UTC)

    assert read_date(f"Jum'at, 7 {name} 2026 08:15:00 WIB") == meant
    assert read_date(f"7 {name.upper()}. 2026 08.15 WIB") == meant


@pytest.mark.parametrize(
    "weekday", ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Jum'at", "Sabtu", "Minggu", "Ahad"]
)
def test_weekdays_are_passed_over_whatever_they_say(weekday: str) -> None:
    assert read_date(f"{weekday}, 22 Nov 2026 10:00:00 WIB") == THREE


@pytest.mark.parametrize(
    "written",
    [
        "",
        "   ",
        "Invalid Date",
        "kemarin",
        "2 jam yang lalu",
        "22/11/2026 10:00",  # day or month first? both are written
        "2026",
        "2026-11",
        "22 Nov",
        "Mon, 31 Feb 2026 10:00:00 GMT",
        "2026-13-01",
        "2026-11-22T25:00:00Z",
        "2026-11-22T10:61:00Z",
        "Sun, 22 Nov 2026 13:00:00 PM GMT",
        "Sun, 22 Nov 2026 10:00:00 XYZT",
        "Sun, 22 Nov 2026 10:00:00 +9900",
        "Mon, 01 Jan 0001 00:00:00 +0000",
        "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00+01:00",
        "2201-01-01T00:00:00Z",
        "9999-12-31T23:59:59-14:00",
        "1" * 1000,
        "Sun, 22 Nov 2026 10:00:00 GMT" + " dan" * 100,
    ],
)
def test_what_is_no_certain_date_is_no_date(written: str) -> None:
    assert read_date(written) is None


@given(st.text(max_size=120))
def test_any_text_gives_a_sane_utc_date_or_none(written: str) -> None:
    at = read_date(written)

    assert at is None or (at.tzinfo is UTC and 1970 <= at.year <= 2200)


@given(
    st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2199, 12, 30)),  # noqa: DTZ001  # a wall clock
    st.sampled_from([("WIB", 7), ("WITA", 8), ("WIT", 9), ("+0530", 5.5), ("-08:00", -8)]),
)
def test_a_written_instant_comes_back_to_the_second(
    wall: datetime, zone: tuple[str, float]
) -> None:
    name, hours = zone
    meant = wall.replace(microsecond=0, tzinfo=UTC) - timedelta(hours=hours)

    assert read_date(f"{wall:%d %b %Y %H:%M:%S} {name}") == meant
    assert read_date(f"{wall:%Y-%m-%dT%H:%M:%S}{name}") == meant
