"""Puts each mutation into a copy of the tree and plays seeds until one catches it.

`python -m tests.simulation.mutating [--only WORDS] [--seeds N]`, or `make mutations`: about half an
hour. Exit code 1 if one was not caught, or if its place in the code is gone.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.simulation.mutations import MUTATIONS, Mutation
from tests.simulation.test_days import FOUND

ROOT = Path(__file__).parents[2]
COPIED = ("bot", "feeds", "config", "tests", "pyproject.toml")
SEEDS = 60
SECONDS_MAX = 1_800
AT_ONCE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Caught:
    """What came of one mutation; `by` is empty if no seed caught it."""

    mutation: Mutation
    by: str
    law: str = ""


class PlaceGoneError(Exception):
    """The code a mutation speaks of is no longer there, or there twice."""


def main() -> int:
    """Try all that are asked for and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.mutating")
    parser.add_argument("--only", default="", help="those whose description has these words")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="played at most for each")
    asked = parser.parse_args()
    chosen = [mutation for mutation in MUTATIONS if asked.only in mutation.what]
    for mutation in chosen:
        mutated(mutation)  # all places are there before the first of them is tried
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = []
        for caught in pool.map(partial(tried, seeds=asked.seeds), chosen):
            results.append(caught)
            _tell(caught)
    free = sum(not caught.by for caught in results)
    sys.stdout.write(f"{len(results) - free} of {len(results)} caught\n")
    return 1 if free else 0


def mutated(mutation: Mutation) -> str:
    """Give the file's text with the fault in it; raises PlaceGoneError."""
    text = (ROOT / mutation.file).read_text()
    if (times := text.count(mutation.old)) != 1:
        raise PlaceGoneError(
            f"{mutation.file} has this {times} times; find where it went:\n{mutation.old}"
        )
    return text.replace(mutation.old, mutation.new)


def tried(mutation: Mutation, *, seeds: int) -> Caught:
    """Play seeds with the fault, the famous ones first, until a promise breaks."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in COPIED:
            _copy(ROOT / name, copy / name)
        (copy / mutation.file).write_text(mutated(mutation))
        return _played(mutation, copy, seeds)


def _played(mutation: Mutation, copy: Path, seeds: int) -> Caught:
    famous = ",".join(str(seed) for seed in FOUND)
    command = [sys.executable, "-m", "tests.simulation", "--until-broken", "--processes", "1"]
    command += ["--also", famous, "--seeds", str(seeds)]
    try:
        done = subprocess.run(
            command,
            cwd=copy,
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Caught(mutation=mutation, by="a day that never ends")
    if done.returncode == 0:
        return Caught(mutation=mutation, by="")
    found = re.search(r"seed (\d+) broke.*\n\s+(\w+): ", done.stdout)
    if found is None:
        return Caught(mutation=mutation, by="an error", law=done.stderr.strip().splitlines()[-1])
    return Caught(mutation=mutation, by=f"seed {found[1]}", law=found[2])


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


def _tell(caught: Caught) -> None:
    by = f"{caught.by} ({caught.law})" if caught.by else "NOT CAUGHT"
    sys.stdout.write(f"| {caught.mutation.promise} | {caught.mutation.what} | {by} |\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
