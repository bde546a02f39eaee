"""What a newcomer is told before the first run, and in a folder without a configuration."""

import io
import json
import sys
from pathlib import Path

import pytest

from tests.unit.cli.conftest import TOML, Terminal

LISTINGS = {
    ("feed", "list"): ["feed filed"],
    ("destination", "list"): ["destination hook"],
    ("route", "list"): ["route filed → hook"],
    ("status",): ["feed filed", "destination hook", "route filed → hook"],
}
SAMPLE = "the sample that comes with Berita"


@pytest.mark.parametrize(("listing", "named"), LISTINGS.items())
def test_before_the_first_run_it_is_said_what_the_file_declares_and_who_takes_it_up(
    terminal: Terminal, listing: tuple[str, ...], named: list[str]
) -> None:
    told = terminal.call(*listing)
    asked = terminal.call(*listing, "--json")

    assert told.code == asked.code == 0
    assert f"not taken up yet: {', '.join(named)}. `berita run`" in told.err
    assert "berita.toml" in told.err
    assert json.loads(asked.out) is not None


@pytest.mark.parametrize("listing", LISTINGS)
def test_what_was_taken_up_is_no_news(taken_up: Terminal, listing: tuple[str, ...]) -> None:
    assert taken_up.call(*listing).err == ""


def test_what_was_added_to_the_file_since_is_named_and_much_of_it_counted(
    taken_up: Terminal,
) -> None:
    file = taken_up.folder / "berita.toml"
    feeds = (f'[[feed]]\nname = "f{n}"\nurl = "https://f{n}.example/"\n' for n in range(6))
    file.write_text(TOML + "".join(feeds), encoding="utf-8")

    told = taken_up.call("feed", "list")

    assert "not taken up yet: feed f0, feed f1, feed f2, feed f3 and 2 more." in told.err
    assert taken_up.call("destination", "list").err == ""


def test_without_a_file_of_ones_own_the_sample_is_named_once_and_the_way_out_of_it(
    terminal: Terminal,
) -> None:
    (terminal.folder / "berita.toml").unlink()

    told = terminal.call("feed", "list")
    asked = terminal.call("status", "--json")

    assert told.err.count(SAMPLE) == 1
    assert "berita init" in told.err
    assert SAMPLE not in asked.err
    assert json.loads(asked.out)["feeds"] == 0


def test_a_file_that_was_asked_for_is_no_sample_whatever_it_is_called(
    terminal: Terminal, tmp_path: Path
) -> None:
    (terminal.folder / "berita.toml").rename(tmp_path / "other.toml")

    assert SAMPLE not in terminal.call("feed", "list", "--config", "other.toml").err


class Keyboard(io.StringIO):
    """A terminal at which all answers are typed already."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("my feed.example",), "the URL holds a space"),
        (("news",), "this is not a URL: write it whole"),
        (("file:///etc/passwd",), "declare it there"),
        (("ftp://news.example/feed",), "only http:// and https://"),
        (("", 'my "channel'), "use @channelname"),
        (("", "https://news.example/channel"), "no link to a Telegram chat"),
        (("", "https://t.me/+AbCdEf"), "an invitation"),
        (("", "", "@me"), "user id is a number"),
    ],
)
def test_a_wrong_answer_is_asked_for_again_on_the_spot(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, typed: tuple[str, ...], said: str
) -> None:
    right = ["news.example/feed", "dailyberita", "42"]
    answers = [*right[: len(typed) - 1], typed[-1], *right[len(typed) - 1 :]]
    (terminal.folder / "berita.toml").unlink()
    monkeypatch.setattr(sys, "stdin", Keyboard("".join(f"{each}\n" for each in answers)))

    told = terminal.call("init")

    assert told.code == 0, told
    assert said in told.out
    written = (terminal.folder / "berita.toml").read_text(encoding="utf-8")
    assert 'url = "https://news.example/feed"' in written
    assert 'address = "@dailyberita"' in written
    assert "owners = [42]" in written
