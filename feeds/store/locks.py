"""Locks between processes on one SQLite file: one for writing, one for `berita run`.

Both are `flock`s on files beside the database that are never deleted: the system drops them when
their process dies, however it dies.
"""

import contextlib
import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from feeds.errors import StoreUnavailable, StoreUnusable
from feeds.store.faults import cannot_open

WRITE_WAIT_SECONDS = 10.0
HURRIED_WAIT_SECONDS = 0.2  # at a stop
WRITE_POLL_SECONDS = 0.005
RUN_WAIT_SECONDS = 0.3


class WriteLock:
    """Held round every write transaction, checkpoint, opening and closing of one database file.

    SQLite before 3.51.3 may lose commits when two connections write and checkpoint one file at the
    same time (https://www.sqlite.org/wal.html#walresetbug).
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = _open(path)
        self._hurried = False

    def hurry(self) -> None:
        """Wait 0.2 s at most from now on, who waits already included; from any thread."""
        self._hurried = True

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock; waits up to 10 s for another process, then raises StoreUnavailable.

        In a hurry, up to 0.2 s.
        """
        self._take()
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Give the file back to the system."""
        os.close(self._file)

    def _take(self) -> None:
        waited = 0.0
        while not _taken(self._file):
            if waited >= (HURRIED_WAIT_SECONDS if self._hurried else WRITE_WAIT_SECONDS):
                raise StoreUnavailable(
                    f"Another berita process keeps writing ({self._path} is locked): "
                    "see whether it hangs, then try again."
                )
            time.sleep(WRITE_POLL_SECONDS)
            waited += WRITE_POLL_SECONDS


class RunLockFile:
    """Held for life by the one `berita run` of a database file; says who holds it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = -1

    def take(self) -> None:
        """Take the lock or raise StoreUnusable naming the process that has it."""
        file = _open(self._path)
        if not _taken_within(file, RUN_WAIT_SECONDS):
            os.close(file)
            raise StoreUnusable(
                f"Another `berita run` uses this database ({_holder(self._path)}). Stop it first."
            )
        holder = json.dumps({"pid": os.getpid(), "host": socket.gethostname()})
        try:
            os.truncate(file, 0)
            os.pwrite(file, holder.encode(), 0)
        except OSError as error:
            os.close(file)
            raise cannot_open(self._path, error) from error
        self._file = file

    def release(self) -> None:
        """Let the next one in."""
        os.close(self._file)


def _holder(path: Path) -> str:
    # The file was written when the lock was taken, so its time says since when.
    since = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    try:
        holder = json.loads(path.read_text())
        who = f"pid {int(holder['pid'])} on {holder['host']}"
    except (ValueError, KeyError, TypeError):
        who = "it has not said which"
    return f"{who}, since {since:%Y-%m-%d %H:%M} UTC"


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise cannot_open(path, error) from error


def _taken_within(file: int, seconds: float) -> bool:
    """Try for a while: another command may hold the lock for an instant, to see whether it can."""
    tries = int(seconds / WRITE_POLL_SECONDS)
    for _ in range(tries):
        if _taken(file):
            return True
        time.sleep(WRITE_POLL_SECONDS)
    return _taken(file)


def _taken(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
