"""What loading a module does: it brings in the libraries of its own room, and opens nothing."""

import json
import subprocess
import sys
from collections.abc import Iterable
from typing import Any

from tests.house.tree import ROOT, modules

SPY = """
import importlib, json, os, sys, threading
fds = "/proc/self/fd" if os.path.isdir("/proc/self/fd") else "/dev/fd"
before = len(os.listdir(fds))
for name in sys.argv[1:]:
    importlib.import_module(name)
opened = len(os.listdir(fds)) - before
tops = sorted({name.partition(".")[0] for name in sys.modules})
print(json.dumps({"tops": tops, "threads": threading.active_count(), "opened": opened}))
"""
ROOMS_OF_AIOGRAM = (
    "bot.commands",
    "bot.adapters.telegram.session",
    "bot.adapters.telegram.send",
    "bot.adapters.telegram.probe",
    "bot.app.telegram",
)
RUN_BY_ALEMBIC = "feeds.store.migrations.env"  # it cannot be imported, only run


def test_aiogram_is_loaded_by_its_own_rooms_alone_and_loading_opens_nothing() -> None:
    others = [module.name for module in modules() if not _is_of_aiogram(module.name)]

    loaded = _load(name for name in others if name != RUN_BY_ALEMBIC)

    assert {"bot", "feeds", "config", "sqlalchemy", "aiohttp", "typer"} <= set(loaded["tops"])
    assert "aiogram" not in loaded["tops"]
    assert loaded["opened"] == 0
    assert loaded["threads"] == 1


def _is_of_aiogram(name: str) -> bool:
    return any(f"{name}.".startswith(f"{room}.") for room in ROOMS_OF_AIOGRAM)


def _load(names: Iterable[str]) -> dict[str, Any]:
    """Import them in a fresh process, one after another, and hear what came in."""
    told = subprocess.run(
        [sys.executable, "-c", SPY, *names],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    found: dict[str, Any] = json.loads(told.stdout)
    return found
