"""What the file declares and what a command adds never keep the next run from starting."""

import asyncio
import json

import pytest

from bot.app.build import build_adapters, open_world
from bot.app.declare import declare, declared_by
from bot.clock import WallClock
from config import load
from feeds.store import open_store
from tests.unit.cli.conftest import TOML, Terminal

HOOK = {"name": "hook", "kind": "webhook", "address": "https://Hook.example:443/in"}
FILED = {"name": "filed", "url": "https://filed.example/feed"}
OTHERS = {
    "feeds": [{**FILED, "url": "https://elsewhere.example/"}],
    "destinations": [{**HOOK, "address": "https://elsewhere.example/in"}],
    "routes": [{"feed": "filed", "destination": "hook"}],
}


def a_file(terminal: Terminal, **things: object) -> str:
    """Write what another Berita exported."""
    text = json.dumps({"berita": 1, **things})
    (terminal.folder / "all.json").write_text(text, encoding="utf-8")
    return "all.json"


def take_up(terminal: Terminal) -> None:
    """Take the configuration up as the start of a run does."""
    asyncio.run(_take_up(terminal))


async def _take_up(terminal: Terminal) -> None:
    settings = load(None, {}, terminal.folder)
    store = await open_store(settings.store.url.get_secret_value(), inline=True)
    async with open_world(settings) as world:
        declared = declared_by(settings, build_adapters(settings, world))
        await declare(declared, store, clock=WallClock(), dice=world.dice)
    await store.close()


@pytest.mark.parametrize(
    ("things", "named"),
    [
        ({"feeds": [{**FILED, "name": "mine"}]}, "feed filed"),
        ({"destinations": [HOOK]}, "destination hook"),
        ({"feeds": [FILED], "destinations": [HOOK]}, "feed filed, destination hook"),
    ],
)
def test_an_import_of_what_the_file_declares_waits_until_a_run_took_that_up(
    terminal: Terminal, things: dict[str, object], named: str
) -> None:
    file = a_file(terminal, **things, routes=OTHERS["routes"])

    refused = terminal.call("import", file)

    assert refused.code == 1
    assert f"Nothing is imported: berita.toml declares {named}, which" in refused.err
    assert "berita run --once" in refused.err
    assert terminal.ask("feed", "list") == terminal.ask("destination", "list") == []
    take_up(terminal)
    terminal.call("import", file)
    take_up(terminal)
    assert [row["name"] for row in terminal.ask("feed", "list")] == ["filed"]
    assert [row["name"] for row in terminal.ask("destination", "list")] == ["hook"]


def test_an_import_of_other_things_of_the_same_names_names_them_apart_and_says_so(
    terminal: Terminal,
) -> None:
    told = terminal.done("import", a_file(terminal, **OTHERS))
    take_up(terminal)

    assert "feed filed of the file is called filed-2 here." in told
    assert "destination hook of the file is called hook-2 here." in told
    assert "3 added, 0 known, 0 failed." in told
    assert [row["name"] for row in terminal.ask("feed", "list")] == ["filed", "filed-2"]
    assert {(row["feed"], row["destination"]) for row in terminal.ask("route", "list")} == {
        *(("filed", "hook"), ("filed-2", "hook-2")),
    }
    assert terminal.call("check").code == 0


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("feed", "add", "https://filed.example/feed"), "declares that feed already, as “filed”"),
        (("feed", "add", "https://x.example/", "--name", "filed"), "“filed” is what berita.toml"),
        (("destination", "add", "console", "--name", "hook"), "“hook” is what berita.toml"),
        (
            ("destination", "add", "webhook", "https://HOOK.example/in"),
            "declares that place already, as “hook”",
        ),
        (("destination", "set", "here", "--name", "hook"), "“hook” is what berita.toml"),
    ],
)
def test_a_command_takes_nothing_that_the_file_declares(
    terminal: Terminal, command: tuple[str, ...], said: str
) -> None:
    terminal.done("destination", "add", "console", "--name", "here")

    told = terminal.call(*command)

    assert told.code == 1
    assert said in told.err
    take_up(terminal)


def test_a_check_tells_of_every_feed_that_would_stop_a_run(terminal: Terminal) -> None:
    file = terminal.folder / "berita.toml"
    file.write_text("", encoding="utf-8")
    feeds = [{**FILED, "name": "mine"}, {"name": "second", "url": "https://x.example/"}]
    terminal.done("import", a_file(terminal, feeds=feeds))
    second = '[[feed]]\nname = "second"\nurl = "https://second.example/"\n'
    file.write_text(TOML + second, encoding="utf-8")

    told = terminal.call("check")

    assert told.code == 1
    assert 'feed "filed": an admin added that feed, as "mine"; remove one' in told.err
    assert 'feed "second": an admin added another feed of that name (https://x.' in told.err
    terminal.done("feed", "remove", "mine")
    terminal.done("feed", "set", "second", "--name", "third")
    assert terminal.call("check").code == 0
    take_up(terminal)
