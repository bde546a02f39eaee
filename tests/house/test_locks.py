"""What Berita is built of: declared, used, pinned and hashed, and from no index in particular."""

import re
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.house.tree import PACKAGES, ROOT, modules

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("requirements.lock", "requirements-dev.lock")
PINNED = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>\S+)", re.MULTILINE)
PLACED = re.compile(r"^\s*(-[a-z]|--(?!hash)|\.|/)", re.MULTILINE)
HASHED = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")

# Imported by their own names, and part of what is declared: they come and go with it.
PARTS = {"annotated-types": "pydantic", "pydantic-core": "pydantic", "yarl": "aiohttp"}
DATA_ALONE = {"tzdata"}  # read by zoneinfo, imported by nobody


def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    homes = packages_distributions()
    tops = {name.partition(".")[0] for module in modules() for name in module.imports()}
    foreign = tops - sys.stdlib_module_names - set(PACKAGES)
    used = {canonicalize_name(home) for top in foreign for home in homes[top]}

    declared = {canonicalize_name(each.name) for each in _declared("requirements.lock", own=True)}

    assert {PARTS.get(name, name) for name in used} == declared - DATA_ALONE


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_all_that_is_declared_within_its_bounds(lock: str) -> None:
    pinned = {found["name"]: found["version"] for found in PINNED.finditer(_read(lock))}

    for wanted in _declared(lock):
        version = pinned[canonicalize_name(wanted.name)]
        assert wanted.specifier.contains(Version(version)), f"{wanted} is pinned to {version}"


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_index_and_no_place(lock: str) -> None:
    text = _read(lock)

    assert "://" not in text
    assert not re.search(
        r"^\s*(-i|--index-url|--extra-index-url|--find-links|-e|\.|/)", text, re.MULTILINE
    )


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_gives_a_hash_for_everything(lock: str) -> None:
    blocks = re.split(r"\n(?=\S)", _read(lock).strip())

    for block in blocks:
        first, *rest = block.split("\n")
        hashes = [line for line in rest if not line.lstrip().startswith("#")]
        assert PINNED.match(first), first
        assert hashes, first
        assert all(HASHED.match(line) for line in hashes), first


def test_both_locks_pin_the_same_versions() -> None:
    run, dev = (dict(PINNED.findall(_read(lock))) for lock in LOCKS)

    assert run.items() <= dev.items()


def _declared(lock: str, *, own: bool = False) -> list[Requirement]:
    """List what a lock stands for; `own` is without what builds and tests it."""
    groups = PROJECT["dependency-groups"]
    lines = (
        PROJECT["project"]["dependencies"] + PROJECT["project"]["optional-dependencies"]["postgres"]
    )
    if not own:
        lines = lines + groups["build"] + (groups["dev"] if "dev" in lock else [])
    return [Requirement(line) for line in lines]


def _read(lock: str) -> str:
    return (ROOT / lock).read_text(encoding="utf-8")
