"""`make interop`: fetch the published verifiers into a folder of their own, and let them judge."""

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.house import readme
from tests.interop.capture import OLD, captured

JAVASCRIPT = ("standardwebhooks@1.1.1", "svix@1.99.1")
PYTHON = ("svix==2.9.1",)
HERE = Path(__file__).parent
READ_ONE = """
import { readFileSync } from "node:fs";
const [request] = JSON.parse(readFileSync(process.argv[2], "utf8"));
console.log(readEvent(request.body, request.headers).type);
"""


def main() -> int:
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        print("npm and node are needed: https://nodejs.org", file=sys.stderr)  # noqa: T201  # for who calls it
        return 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        python = _fetch(folder, npm)
        requests = folder / "requests.json"  # just now: verifiers allow five minutes
        requests.write_text(json.dumps(asyncio.run(captured())), encoding="utf-8")
        shutil.copy(HERE / "verify.cjs", folder)
        (folder / "readme.mjs").write_text(_readme_in_javascript(), encoding="utf-8")
        programs: Sequence[Sequence[str]] = (
            (node, "verify.cjs", requests.name),
            (python, str(HERE / "verify_svix.py"), requests.name),
            (node, "readme.mjs", requests.name),
        )
        return max(subprocess.run(each, cwd=folder, check=False).returncode for each in programs)


def _fetch(folder: Path, npm: str) -> str:
    """Install the libraries there; gives the python that has Svix's."""
    (folder / "package.json").write_text('{"private": true}', encoding="utf-8")
    quiet = ("--no-audit", "--no-fund", "--no-save", "--ignore-scripts", "--loglevel=error")
    subprocess.run([npm, "install", *quiet, *JAVASCRIPT], cwd=folder, check=True)
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
    python = str(folder / "venv" / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", *PYTHON], check=True)
    return python


def _readme_in_javascript() -> str:
    """Complete the README's example to a program that reads the first request."""
    (shown,) = readme.blocks("js test")
    return shown.text.replace("whsec_…", OLD) + READ_ONE


if __name__ == "__main__":
    sys.exit(main())
