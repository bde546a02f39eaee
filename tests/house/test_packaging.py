"""The wheel: everything that runs, and nothing else."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.tree import PACKAGES, ROOT, modules


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=60)
    (built,) = folder.glob("*.whl")
    return zipfile.Path(built)


def test_the_wheel_holds_every_module(wheel: zipfile.Path) -> None:
    held = set(wheel.root.namelist())

    assert {module.path for module in modules()} <= held


def test_the_wheel_holds_what_is_read_at_run_time(wheel: zipfile.Path) -> None:
    held = set(wheel.root.namelist())

    data = {
        str(file.relative_to(ROOT))
        for package in PACKAGES
        for ending in ("toml", "xml", "po", "json")
        for file in (ROOT / package).rglob(f"*.{ending}")
    }
    assert {"config/berita.toml", "config/sample/daily-berita.xml"} <= data
    assert {f"bot/locales/{language}/berita.po" for language in ("id", "en")} <= data
    assert "bot/adapters/webhook/schemas/story.published.json" in data
    assert data <= held


def test_the_wheel_holds_nothing_else(wheel: zipfile.Path) -> None:
    tops = {Path(name).parts[0] for name in wheel.root.namelist()}

    assert tops - set(PACKAGES) == {_notes(wheel)}


def test_the_wheel_brings_the_command_and_the_licence(wheel: zipfile.Path) -> None:
    notes = wheel / _notes(wheel)

    assert "berita = bot.cli:main" in (notes / "entry_points.txt").read_text()
    assert (notes / "licenses" / "LICENSE").exists()


def _notes(wheel: zipfile.Path) -> str:
    return next(each.name for each in wheel.iterdir() if each.name.endswith(".dist-info"))
