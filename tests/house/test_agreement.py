"""README, commands, settings, the shipped configuration and the changelog tell one story."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

from config import Settings, load, starter_toml
from config.options import sections
from tests.house import readme
from tests.house.reference import Command, commands, rewritten
from tests.house.tree import CHANGELOG, PACKAGES, ROOT
from tests.interop.__main__ import JAVASCRIPT

EVERYWHERE = {"--help", "-h", "--json", "--config", "--version"}
OPTION = re.compile(r"^--?[a-z][a-z-]*")
LINK = re.compile(r"\]\((?P<inline>[^)]+)\)|(?:src|href)=\"(?P<html>[^\"]+)\"")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
TARGET = re.compile(r"^([a-z][a-z0-9-]*):", re.MULTILINE)
ADVICE = re.compile(
    r"\bberita (?:feed|destination|route|delivery|burst)(?: secret)? [a-z]+(?:-[a-z]+)*\b"
)


def test_the_references_of_the_readme_are_those_of_the_code() -> None:
    assert readme.text() == rewritten(readme.text()), "python -m tests.house.reference"


def test_every_option_stands_in_the_readme_once() -> None:
    tables = readme.text().partition("<!-- begin: options -->")[2].split("**`[")[1:]

    listed = {
        re.match(r"\[?(\w+)", table)[1]: re.findall(r"^\| `(\w+)`", table, re.MULTILINE)  # type: ignore[index]
        for table in tables
    }

    assert listed == {section.name: list(section.names) for section in sections()}


def test_every_call_that_the_readme_names_can_be_made() -> None:
    known = {command.words: command for command in commands()}

    wrong = [line for line in _berita_lines() if not _can_be_made(line, known)]

    assert wrong == []


def test_every_command_that_the_program_itself_advises_exists() -> None:
    known = {command.name for command in commands()}

    advised = {
        found[0]
        for package in PACKAGES
        for file in (ROOT / package).rglob("*.p[yo]")
        for found in ADVICE.finditer(file.read_text(encoding="utf-8"))
    }

    assert len(advised) > 10
    assert advised - known == set()


def test_every_make_target_is_in_the_readme_and_every_one_named_there_exists() -> None:
    targets = set(TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))

    named = {line.split()[1] for line in readme.commands_named() if line.startswith("make ")}

    assert named == targets


def test_each_example_for_consumers_is_installed_by_a_line_of_its_own() -> None:
    install = readme.block_with("pip install").lines
    named = {
        "pip": re.search(r"from (\w+)", readme.blocks("python test")[0].text),
        "npm": re.search(r'from "(.+)"', readme.blocks("js test")[0].text),
        "go": re.search(r'standardwebhooks "(.+)"', readme.blocks("go")[0].text),
        "composer": re.search(r"(StandardWebhooks)", readme.blocks("php")[0].text),
    }

    assert [line.partition(" ")[0] for line in install] == list(named)
    for line, found in zip(install, named.values(), strict=True):
        assert found is not None, line
        assert _plain(line).endswith(_plain(found[1]))
    assert any(install[1].endswith(f" {pinned.partition('@')[0]}") for pinned in JAVASCRIPT)


def _plain(name: str) -> str:
    return name.replace("-", "").casefold()


def test_the_links_inside_the_readme_lead_somewhere() -> None:
    links = [found["inline"] or found["html"] for found in LINK.finditer(readme.text())]

    inside = [link for link in links if not link.startswith("https://")]
    files = [link for link in inside if not link.startswith("#")]
    headings = {_anchor(found[1]) for found in HEADING.finditer(readme.text())}

    assert files
    assert [link for link in files if link.startswith("/") or not (ROOT / link).exists()] == []
    assert {link for link in inside if link.startswith("#")} <= headings


def test_the_shipped_configuration_loads_and_shows_the_main_job() -> None:
    shipped = load(ROOT / "config" / "berita.toml", {}, ROOT)

    assert shipped.warnings == ()
    assert {destination.kind for destination in shipped.destinations} == {"console"}
    assert [route.feed for route in shipped.routes] == [feed.name for feed in shipped.feeds]
    assert all(feed.url.startswith("file:") for feed in shipped.feeds)


def test_what_the_shipped_configuration_has_commented_out_loads_too(tmp_path: Path) -> None:
    text = (ROOT / "config" / "berita.toml").read_text(encoding="utf-8")
    file = tmp_path / "berita.toml"
    file.write_text(re.sub(r"^# (?=\[\[|\w+ = )", "", text, flags=re.MULTILINE), encoding="utf-8")

    everything = load(file, {}, tmp_path)

    assert {each.kind for each in everything.destinations} == {"console", "telegram", "webhook"}
    assert len(everything.routes) == len(everything.destinations)


def test_the_configuration_written_by_init_names_every_option() -> None:
    text = starter_toml(feed_url="https://news.example/feed/", channel="@mychannel")

    for section in sections():
        for name in section.names:
            assert re.search(rf"^(# )*{name} = ", text, re.MULTILINE), f"{section.name}.{name}"


def test_the_toml_of_the_readme_loads(tmp_path: Path) -> None:
    shown = readme.blocks("toml")

    for block in shown:
        tomllib.loads(block.text)
        (tmp_path / "berita.toml").write_text(block.text, encoding="utf-8")
        assert isinstance(load(tmp_path / "berita.toml", {}, tmp_path), Settings)
    assert len(shown) > 1


def test_the_changelog_has_this_version_on_top() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = CHANGELOG.read_text(encoding="utf-8")

    first = re.search(r"^## (\S+)", text, re.MULTILINE)

    assert first is not None
    assert first[1] == project["version"]
    assert re.search(r"^- \w", text[first.end() :], re.MULTILINE)


def _anchor(heading: str) -> str:
    """Name a heading as links inside a page do."""
    return "#" + re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def _berita_lines() -> Iterator[str]:
    return (line for line in readme.commands_named() if line.startswith("berita "))


def _can_be_made(line: str, known: dict[tuple[str, ...], Command]) -> bool:
    words = shlex.split(line)
    options = {found[0] for word in words if (found := OPTION.match(word))}
    matching = [known[each] for each in known if tuple(words[: len(each)]) == each]
    return any(options <= EVERYWHERE | set(command.options) for command in matching)
