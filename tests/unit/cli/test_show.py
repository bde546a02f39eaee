import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.cli import show

ROWS = [{"id": 1, "title": "Satu\x1b[31m\u202e [red]dua", "at": datetime(2023, 9, 13, tzinfo=UTC)}]


def test_json_holds_every_key_and_instants_in_utc(capsys: pytest.CaptureFixture[str]) -> None:
    show.listing(ROWS, show.columns("id"), as_json=True, empty="none")

    told = json.loads(capsys.readouterr().out)
    assert told[0]["at"] == "2023-09-13T00:00:00Z"
    assert told[0]["title"] == ROWS[0]["title"]


def test_a_table_commands_no_terminal_and_reads_no_markup(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show.listing(
        ROWS,
        show.columns("id", "title", "at"),
        as_json=False,
        empty="none",
        zone=ZoneInfo("Asia/Jakarta"),
    )

    told = capsys.readouterr().out
    assert "Satu [31m  [red]dua" in told
    assert "13 Sep 07:00" in told
    assert "\x1b" not in told
    assert "\u202e" not in told


def test_nothing_to_list_says_what_to_do_and_is_an_empty_list_in_json(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show.listing([], show.columns("id"), as_json=False, empty="No feeds yet: add one")
    show.listing([], show.columns("id"), as_json=True, empty="No feeds yet: add one")

    assert capsys.readouterr().out == "No feeds yet: add one\n[]\n"


def test_a_long_cell_is_folded_and_never_cut(capsys: pytest.CaptureFixture[str]) -> None:
    url = "https://berita.example/" + "x" * 500

    show.listing([{"url": url}], show.columns("url"), as_json=False, empty="")

    told = "".join(line.strip() for line in capsys.readouterr().out.splitlines())
    assert url in told


def test_complaints_go_to_stderr_without_control_characters(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show.complain("one\x1b[2J\ntwo")

    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "one [2J\ntwo\n")
