import asyncio
import json
import shutil
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer.main

from bot.cli.root import call
from feeds.catalog import Catalog
from feeds.store import open_store
from tests.unit.catalog.conftest import StillClock
from tests.unit.catalog.situations import a_file_declares, a_story_is_published

TOML = """
[network]
allow_private = ["127.0.0.0/8"]

[[feed]]
name = "filed"
url = "https://filed.example/feed"

[[destination]]
name = "hook"
kind = "webhook"
address = "https://hook.example/in"

[[route]]
feed = "filed"
to = "hook"
"""

# Typer makes the tree of commands anew at each call: a process makes one, a test process hundreds.
typers_tree = cache(typer.main.get_command)


@dataclass(frozen=True, slots=True)
class Told:
    """What one call wrote, and how it ended."""

    code: int
    out: str
    err: str


class Terminal:
    """A folder with a berita.toml, and the command line called in it, in this process."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capture = capture

    def call(self, *arguments: str) -> Told:
        self._capture.readouterr()
        code = call(arguments)
        told = self._capture.readouterr()
        return Told(code, told.out, told.err)

    def done(self, *arguments: str) -> str:
        """Call what must succeed; gives what it wrote."""
        told = self.call(*arguments)
        assert told.code == 0, told
        return told.out

    def ask(self, *arguments: str) -> Any:
        return json.loads(self.done(*arguments, "--json"))


@pytest.fixture
def terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Terminal:
    """Nothing but a berita.toml, which no run has taken up."""
    (tmp_path / "berita.toml").write_text(TOML, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BERITA_CONFIG", raising=False)
    monkeypatch.setattr(typer.main, "get_command", typers_tree)
    return Terminal(tmp_path, capsys)


@pytest.fixture(scope="session")
def a_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the store that `taken_up` begins with, once."""
    file = tmp_path_factory.mktemp("store") / "berita.db"
    asyncio.run(_run_once(file))
    return file


@pytest.fixture
def taken_up(terminal: Terminal, a_store: Path) -> Terminal:
    """A run took the file up: the feed "filed" gave a story that waits for "hook"."""
    (terminal.folder / "var").mkdir()
    shutil.copy(a_store, terminal.folder / "var" / "berita.db")
    return terminal


async def _run_once(file: Path) -> None:
    store = await open_store(f"sqlite:///{file}", inline=True)
    catalog = Catalog(store=store, clock=StillClock(), every_min=timedelta(minutes=1))
    await a_file_declares(catalog)
    await a_story_is_published(catalog, await catalog.feed("filed"), title="Satu")
    await store.close()
