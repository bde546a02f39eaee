"""The list of options, the starter made from it, and the configuration that is shipped."""

import re
import tomllib
import xml.etree.ElementTree as ET
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from config import Settings, load, starter_toml
from config.loading import shipped
from config.options import SectionOptions, sections
from tests.unit.config.conftest import Read

DESIGNED = {
    "store": "url",
    "telegram": "token token_file api_base owners max_per_second max_per_chat_minute in_doubt"
    " probe_chat",
    "polling": "every every_min concurrency per_host timeout max_body user_agent",
    "network": "allow_private",
    "webhooks": "timeout max_per_second in_flight allow_http",
    "messages": "language time_zone",
    "log": "level format",
    "http": "listen",
    "feed": "name url every start",
    "destination": "name kind address secret secret_file language in_doubt max_age backlog"
    " max_per_second",
    "route": "feed to silent preview summary_max layout source time hashtags hashtags_from_tags"
    " language filter template",
}


@pytest.fixture(scope="module")
def starter() -> str:
    return starter_toml(feed_url="https://example.org/feed/", channel="@dailyberita")


def uncommented(text: str) -> str:
    return re.sub(r"^# (\[\[?\w+\]\]?|\w+ = .*)$", r"\1", text, flags=re.MULTILINE)


def test_every_option_of_the_design_exists() -> None:
    there = {section.name: set(section.names) for section in sections()}

    assert there.keys() == DESIGNED.keys()
    for section, names in DESIGNED.items():
        assert set(names.split()) <= there[section]


@pytest.mark.parametrize("section", sections(), ids=lambda section: section.name)
def test_every_section_and_option_has_one_line_of_help(section: SectionOptions) -> None:
    for line in (section.help, *(option.help for option in section.options)):
        assert line.strip()
        assert "\n" not in line
        assert len(line) < 110


@pytest.mark.parametrize(
    ("section", "option", "bounds"),
    [
        ("polling", "every", "(1s to 30d)"),
        ("polling", "max_body", "(1kB to 100MB)"),
        ("telegram", "max_per_second", "(1 to 30)"),
    ],
)
def test_help_tells_the_bounds(section: str, option: str, bounds: str) -> None:
    found = {part.name: part for part in sections()}[section]

    assert next(part.help for part in found.options if part.name == option).endswith(bounds)


def test_the_starter_can_be_used_as_it_is(read: Read, starter: str) -> None:
    settings = read(starter)

    assert [feed.url for feed in settings.feeds] == ["https://example.org/feed/"]
    assert settings.feeds[0].start == 1
    assert [(place.kind, place.address) for place in settings.destinations] == [
        ("telegram", "@dailyberita")
    ]
    assert settings.routes[0].to == ("channel",)


def test_the_starter_shows_every_option(starter: str) -> None:
    shown = tomllib.loads(uncommented(starter))

    for section in sections():
        tables = shown[section.name] if section.many else [shown[section.name]]
        assert {name for table in tables for name in table} == set(section.names)


def test_the_starter_shows_the_defaults(read: Read, starter: str) -> None:
    untouched, everything = read(starter), read(uncommented(starter))

    for name in Settings.model_fields:
        if name not in ("feeds", "destinations", "routes"):  # examples stand for what is left out
            assert getattr(everything, name) == getattr(untouched, name)
    assert [place.kind for place in everything.destinations] == ["telegram", "webhook"]


def test_the_starter_keeps_what_it_is_given(read: Read) -> None:
    text = starter_toml(
        feed_url='https://example.org/?q="a\\b"',
        feed_name="my-news",
        start=0,
        channel="-1001234567890/42",
        owners=[7, 8],
        token="42:made-up",
    )

    settings = read(text)

    assert settings.feeds[0].name == "my-news"
    assert settings.feeds[0].url == 'https://example.org/?q="a\\b"'
    assert settings.telegram.owners == (7, 8)
    assert settings.telegram.token.get_secret_value() == "42:made-up"
    assert settings.destinations[0].address == "-1001234567890/42"


def test_without_a_channel_the_starter_publishes_to_the_terminal(read: Read) -> None:
    settings = read(starter_toml(feed_url="https://example.org/feed/"))

    assert [place.kind for place in settings.destinations] == ["console"]
    assert settings.routes[0].to == (settings.destinations[0].name,)


def test_the_shipped_configuration_shows_the_sample_in_the_terminal(tmp_path: Path) -> None:
    settings = load(None, {}, tmp_path)

    (feed,), (terminal,) = settings.feeds, settings.destinations
    assert settings.file == shipped()
    assert Path(urlsplit(feed.url).path).samefile(shipped().parent / "sample/daily-berita.xml")
    assert feed.every == timedelta(seconds=5)
    assert feed.start is None
    assert (terminal.kind, terminal.address) == ("console", "stdout")
    assert settings.routes[0].to == (terminal.name,)
    assert settings.warnings == ()


def test_the_examples_in_the_shipped_configuration_can_be_used(read: Read) -> None:
    text = uncommented(shipped().read_text(encoding="utf-8")).replace("file:sample", "file:/sample")

    settings = read(text)

    assert [place.kind for place in settings.destinations] == ["console", "telegram", "webhook"]
    assert [route.to for route in settings.routes] == [("terminal",), ("channel",), ("partner",)]


def test_the_sample_feed_is_newest_first_and_led_by_the_model_story() -> None:
    sample = shipped().parent / "sample/daily-berita.xml"
    channel = ET.parse(sample).getroot().find("channel")  # noqa: S314  # our own file
    assert channel is not None
    items = channel.findall("item")
    dates = [parsedate_to_datetime(item.findtext("pubDate", "")) for item in items]

    assert len(items) == 6
    assert dates == sorted(dates, reverse=True)
    assert dates[0].date().isoformat() == "2023-09-13"
    assert "Kim Jong Un" in items[0].findtext("title", "")
    assert len({item.findtext("guid") for item in items}) == 6
    assert all("appeared first on" in item.findtext("description", "") for item in items)
