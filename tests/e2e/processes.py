"""Processes under test: started in a folder of their own, heard line by line, ended for certain."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Protocol, TypeVar

from tests.e2e.warm import forker

Found = TypeVar("Found")

PATIENCE_SECONDS = 120.0  # for what must come about on a busy machine
LOOK_SECONDS = 0.05
END_SECONDS = 60.0
ROOT = Path(__file__).resolve().parents[2]
PYTHON = sys.executable
BERITA = str(Path(sys.executable).with_name("berita"))
ENVIRON = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PATH": "/usr/bin:/bin"}


class Process(Protocol):
    """What `subprocess.Popen` offers and we use."""

    @property
    def pid(self) -> int: ...
    @property
    def stdout(self) -> IO[str] | None: ...
    @property
    def stderr(self) -> IO[str] | None: ...

    def poll(self) -> int | None: ...
    def wait(self, timeout: float) -> int: ...
    def send_signal(self, number: signal.Signals) -> None: ...


Launch = Callable[[Sequence[str], Path, Mapping[str, str]], Process]


def cold(command: Sequence[str], folder: Path, environ: Mapping[str, str]) -> Process:
    """Start a program as users do."""
    return subprocess.Popen(
        list(command),
        cwd=folder,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )


def warm(command: Sequence[str], folder: Path, environ: Mapping[str, str]) -> Process:
    """Start a program from a process that has loaded it before (see `tests.e2e.warm`)."""
    return forker(tuple(ENVIRON.items())).fork(command, folder, environ)


def until(
    found: Callable[[], Found],
    what: str,
    *,
    seconds: float = PATIENCE_SECONDS,
    look_seconds: float = LOOK_SECONDS,
) -> Found:
    """Look again and again until something is found; fails with `what` was waited for."""
    give_up_at = time.monotonic() + seconds
    while not (seen := found()):
        assert time.monotonic() < give_up_at, f"not within {seconds:.0f} s: {what}"
        time.sleep(look_seconds)
    return seen


class Spawned:
    """One process; `out` and `err` are the lines it has written so far."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        folder: Path,
        environ: Mapping[str, str] | None = None,
        launch: Launch = cold,
    ) -> None:
        self.out: list[str] = []
        self.err: list[str] = []
        self._process = launch(command, folder, {**ENVIRON, **(environ or {})})
        self._readers = [
            threading.Thread(target=lines.extend, args=(stream,), daemon=True)
            for stream, lines in (
                (self._process.stdout, self.out),
                (self._process.stderr, self.err),
            )
        ]
        for reader in self._readers:
            reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def line(self, part: str) -> str:
        """Wait until a line of either stream contains `part`, and give it."""

        def look() -> str | None:
            said = [*self.out, *self.err]
            found = next((line for line in said if part in line), None)
            assert found or self.running, f"ended without “{part}”:\n{''.join(said[-20:])}"
            return found

        try:
            return until(look, f"a line with “{part}”")  # type: ignore[return-value]
        except AssertionError as error:
            raise AssertionError(f"{error}\n{''.join([*self.out, *self.err][-20:])}") from None

    def said(self, part: str) -> bool:
        """Tell whether a line of either stream contains `part`."""
        return any(part in line for line in [*self.out, *self.err])

    def send(self, number: signal.Signals) -> None:
        """Send a signal and look no further."""
        self._process.send_signal(number)

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send a signal and give the exit code; fails if the process does not end."""
        if self.running:
            self._process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        """Give the exit code, all that was written read; fails if the process does not end."""
        code = self._process.wait(timeout=END_SECONDS)
        for reader in self._readers:
            reader.join(timeout=END_SECONDS)
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()
        return code

    def destroy(self) -> None:
        """Kill it if it still lives."""
        self.end(signal.SIGKILL)
