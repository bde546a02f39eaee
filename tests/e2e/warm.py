"""Processes under test without the wait for their start: forked from one that has loaded it all.

Loading aiogram takes a process 3 to 4 s of CPU, at each of the hundred starts of these tests. What
is forked becomes the program as if it had been called: its own session, folder, environment and
streams, the same `__main__`, and the ends are the same: an exit code, a signal, a `kill -9`. The
long runs start each process cold, as users do, and so does whatever is about starting.

Run as a program (`python -m tests.e2e.warm FD`) this is the forking process; FD is its socket.
"""

import atexit
import json
import os
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, NoReturn

ROOT = Path(__file__).resolve().parents[2]
WISH_BYTES_MAX = 100_000
ANSWER_SECONDS = 60.0  # the first answer waits until all is loaded
LOADED = (
    *("bot.app", "bot.app.telegram", "bot.cli.root", "bot.cli.office", "bot.cli.claim"),
    *("alembic.command", "feeds.store.postgres", "tests.torture.mortal"),
)


class Forked:
    """One process that was forked; what `subprocess.Popen` offers and the tests use."""

    def __init__(self, pid: int, status: int, out: IO[str], err: IO[str]) -> None:
        self.pid, self.stdout, self.stderr = pid, out, err
        self.returncode: int | None = None
        self._status = status  # a pipe: the exit status comes when it has ended

    def poll(self) -> int | None:
        """Give the exit code, or None while it lives; minus the signal that killed it."""
        return self._look(0)

    def wait(self, timeout: float) -> int:
        """Wait for the exit code; raises subprocess.TimeoutExpired."""
        code = self._look(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
        return code

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal, if it lives."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def _look(self, timeout: float) -> int | None:
        if self.returncode is not None:
            return self.returncode
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._status, selectors.EVENT_READ)
            if not waiting.select(timeout):
                return None
        said = os.read(self._status, 20)
        os.close(self._status)
        assert said, "the process that forks has died"
        self.returncode = os.waitstatus_to_exitcode(int(said))
        return self.returncode


class _Forker:
    """The process that forks, seen from the tests."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.settimeout(ANSWER_SECONDS)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.e2e.warm", str(theirs.fileno())],
                cwd=ROOT,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        atexit.register(self.close)

    def fork(self, command: Sequence[str], folder: Path, environ: Mapping[str, str]) -> Forked:
        """Let a process become this program."""
        (out, out_end), (err, err_end), (status, status_end) = (os.pipe() for _ in range(3))
        wish = {"command": list(command), "folder": str(folder), "environ": dict(environ)}
        ends = [out_end, err_end, status_end]
        socket.send_fds(self._socket, [json.dumps(wish).encode()], ends)
        for end in ends:
            os.close(end)
        pid = int(self._socket.recv(20) or b"0")
        assert pid, "the process that forks has died"
        return Forked(
            pid, status, os.fdopen(out, encoding="utf-8"), os.fdopen(err, encoding="utf-8")
        )

    def close(self) -> None:
        self._socket.close()  # it ends by that
        self._process.wait(ANSWER_SECONDS)


@cache
def forker(environ: tuple[tuple[str, str], ...]) -> _Forker:
    """Give the one process that forks; it loads as soon as somebody asks for it."""
    return _Forker(dict(environ))


def serve(wishes: socket.socket) -> list[str]:
    """Fork as told and tell how each ended, until nobody asks; in a fork: what to become."""
    waiting = selectors.DefaultSelector()
    waiting.register(wishes, selectors.EVENT_READ)
    ends: dict[int, tuple[int, int]] = {}  # pidfd → the process, its pipe
    while True:
        for key, _ in waiting.select():
            if key.fd in ends:
                waiting.unregister(key.fd)
                pid, pipe = ends.pop(key.fd)
                _, status = os.waitpid(pid, 0)
                os.close(key.fd)
                os.write(pipe, str(status).encode())
                os.close(pipe)
                continue
            message, (*streams, pipe), _, _ = _wish(wishes)
            pid = os.fork()
            if not pid:
                for fd in (wishes.fileno(), *(end for _, end in ends.values()), *ends, pipe):
                    os.close(fd)
                waiting.close()
                return _dressed(message, *streams)
            for stream in streams:
                os.close(stream)
            ends[handle := os.pidfd_open(pid)] = (pid, pipe)
            waiting.register(handle, selectors.EVENT_READ)
            wishes.send(str(pid).encode())


def _wish(wishes: socket.socket) -> tuple[bytes, list[int], int, object]:
    message, fds, flags, sender = socket.recv_fds(wishes, WISH_BYTES_MAX, 3)
    if not message:
        os._exit(0)  # whoever asked is gone
    return message, fds, flags, sender


def _dressed(message: bytes, out: int, err: int) -> list[str]:
    """Take the session, folder, environment and streams of the wish; gives the command."""
    wish = json.loads(message)
    os.setsid()
    os.chdir(wish["folder"])
    environ = os.environ  # noqa: TID251  # it is as if it had been called with the wished one
    environ.clear()
    environ.update(wish["environ"])
    time.tzset()
    for stream, number in ((out, 1), (err, 2)):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdout = sys.__stdout__ = os.fdopen(1, "w", encoding="utf-8")
    sys.stderr = sys.__stderr__ = os.fdopen(2, "w", encoding="utf-8", buffering=1)
    return list(wish["command"])


def become(command: Sequence[str]) -> NoReturn:
    """Be `PROGRAM …` or `python -m MODULE …` from here on, until its end."""
    match list(command):
        case [sys.executable, "-m", module, *arguments]:
            sys.argv = [module, *arguments]
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        case [program, *arguments]:
            sys.argv = [program, *arguments]
            runpy.run_path(program, run_name="__main__")
    sys.exit(0)


def main() -> NoReturn:
    """Load, then fork as told."""
    import gc
    import importlib

    with socket.socket(fileno=int(sys.argv[1])) as wishes:
        gc.disable()
        for module in LOADED:
            importlib.import_module(module)
        gc.collect()
        gc.freeze()
        gc.enable()
        command = serve(wishes)
        wishes.detach()
    become(command)


if __name__ == "__main__":
    main()
