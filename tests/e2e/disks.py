"""Disks that fill up and are freed again while a process writes to them."""

import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

BLOCK = b"\0" * 4096
LIMIT_BYTES = 4096  # less than one page of a write-ahead log


class Disk(Protocol):
    """Where a database lies; `pid` is the process that writes it."""

    folder: Path

    def fill(self, pid: int) -> None: ...

    def free(self, pid: int) -> None: ...


class Tmpfs:
    """A file system of 4 MB in memory, really full; only root may mount one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self, pid: int) -> None:
        with self._ballast.open("ab", buffering=0) as ballast:
            try:
                while ballast.write(BLOCK) == len(BLOCK):
                    pass
            except OSError:
                return

    def free(self, pid: int) -> None:
        self._ballast.unlink()


class Limit:
    """A bound on the size of every file the process writes: no root needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, pid: int) -> None:
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (LIMIT_BYTES, hard))

    def free(self, pid: int) -> None:
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))


@contextmanager
def tmpfs(folder: Path) -> Iterator[Tmpfs | None]:
    """Mount one at `folder`, or give None where that is not allowed."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "berita-test", str(folder)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        yield None
        return
    try:
        yield Tmpfs(folder)
    finally:
        unmount = ["umount", "--lazy", str(folder)]
        subprocess.run(unmount, check=True)
