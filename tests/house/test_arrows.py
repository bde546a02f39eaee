"""Who may know whom: the contracts of pyproject.toml, and what they cannot see."""

import re
import subprocess
import sys
from pathlib import Path

from tests.house.tree import ROOT, Module, modules

LINT = Path(sys.executable).with_name("lint-imports")
IMPURE = {
    "asyncio",
    "os",
    "pathlib",
    "socket",
    "subprocess",
    "sys",
    "tempfile",
    "threading",
    "time",
}


def pure() -> tuple[Module, ...]:
    return tuple(module for module in modules() if module.docstring.startswith("PURE"))


def test_imports_run_one_way_and_each_library_has_its_room() -> None:
    linted = subprocess.run(
        [LINT, "--no-cache", "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )

    assert linted.returncode == 0, linted.stdout


def test_the_server_half_of_aiohttp_is_in_one_room() -> None:
    servers = {module.path for module in modules() if "aiohttp.web" in module.imports()}

    assert servers == {"bot/http.py"}


def test_the_client_half_of_aiohttp_is_not_in_the_server_room() -> None:
    room = next(module for module in modules() if module.path == "bot/http.py")

    taken = {name for name in room.imports() if name.startswith("aiohttp")}

    assert taken == {"aiohttp.web"}


def test_a_room_that_calls_itself_pure_does_no_io_and_asks_no_time() -> None:
    taken = {
        module.path: {name.partition(".")[0] for name in module.imports()} for module in pure()
    }

    assert taken
    assert {path: names & IMPURE for path, names in taken.items() if names & IMPURE} == {}


def test_a_room_that_calls_itself_pure_is_handed_its_dice() -> None:
    dice = re.compile(r"\brandom\.(?!Random\b)|\b(secrets|uuid)\.")

    assert [module.path for module in pure() if dice.search(module.text)] == []
