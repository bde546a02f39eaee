"""The other side of each measurement, in processes of its own."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.e2e.processes import ENVIRON, PYTHON, ROOT
from tests.e2e.servers import Server

WORK_SECONDS_MAX = 170.0


@contextmanager
def served(module: str, *arguments: str) -> Iterator[Server]:
    """Have one of the loopback servers listen."""
    server = Server(module, *arguments)
    try:
        yield server
    finally:
        server.destroy()


def work(deed: str, **arguments: Any) -> dict[str, Any]:
    """Have a deed of `tests.bench.work` done in a fresh process, and give what it measured."""
    told = subprocess.run(
        [PYTHON, "-m", "tests.bench.work", deed, json.dumps(arguments)],
        cwd=ROOT,
        env=ENVIRON,
        capture_output=True,
        encoding="utf-8",
        timeout=WORK_SECONDS_MAX,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    return dict(json.loads(told.stdout.splitlines()[-1]))
