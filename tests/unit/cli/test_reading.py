from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.cli import reading
from bot.cli.root import config_first
from feeds.errors import BadRequest
from tests.builders import NOON

JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.mark.parametrize(
    ("typed", "start"), [("new", 0), ("all", None), ("3", 3), ("0", 0), ("007", 7)]
)
def test_a_start_is_a_word_or_a_number(typed: str, start: int | None) -> None:
    assert reading.start(typed) == start


@pytest.mark.parametrize("typed", ["", "-1", "soon", "1.5"])
def test_another_start_is_a_wrong_call(typed: str) -> None:
    with pytest.raises(BadRequest, match="new, all"):
        reading.start(typed)


def test_an_interval_is_a_duration_or_the_default() -> None:
    assert reading.interval("1h30m") == timedelta(minutes=90)
    assert reading.interval("default") is None
    assert reading.interval(None) is None
    with pytest.raises(BadRequest, match="15m"):
        reading.interval("often")


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2h", NOON - timedelta(hours=2)),
        ("2023-09-13", datetime(2023, 9, 12, 17, 0, tzinfo=UTC)),
        ("2023-09-13T08:00", datetime(2023, 9, 13, 1, 0, tzinfo=UTC)),
        ("2023-09-13T08:00Z", datetime(2023, 9, 13, 8, 0, tzinfo=UTC)),
    ],
)
def test_a_moment_is_a_span_back_or_a_time_where_the_readers_are(
    typed: str, moment: datetime
) -> None:
    assert reading.since(typed, now=NOON, zone=JAKARTA) == moment


@pytest.mark.parametrize("typed", ["", "yesterday", "999999d"])
def test_another_moment_is_a_wrong_call(typed: str) -> None:
    with pytest.raises(BadRequest, match="no moment"):
        reading.since(typed, now=NOON, zone=JAKARTA)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (["feed", "list"], ["feed", "list"]),
        (["feed", "list", "--config", "f"], ["--config", "f", "feed", "list"]),
        (["feed", "--config=f", "list"], ["--config=f", "feed", "list"]),
        (["--config", "f", "run", "--once"], ["--config", "f", "run", "--once"]),
        (["import", "--", "--config", "f"], ["import", "--", "--config", "f"]),
        (["run", "--config"], ["run", "--config"]),
        (["run", "--config", "a", "--config", "b"], ["--config", "a", "--config", "b", "run"]),
    ],
)
def test_the_configuration_may_be_named_anywhere(typed: list[str], read: list[str]) -> None:
    assert config_first(typed) == read
