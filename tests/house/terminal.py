"""A person at a terminal: a real shell on a pseudo-terminal, typed into line by line."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.e2e.processes import until

LINES, COLUMNS = 50, 120
CHUNK = 65_536
READ_SECONDS = 0.05
END_SECONDS = 20.0
PROMPT = re.compile(r"\[(\d+)\]\$ $")
# The shell must have the terminal as its own, or Ctrl-C would reach nobody.
SHELL = """
import fcntl, os, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp("bash", ["bash", "--norc", "--noprofile", "--noediting", "-i"])
"""


class Terminal:
    """A shell in a folder; everything seen on the screen is in `screen`."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self.screen = ""
        self._master, slave = pty.openpty()
        size = struct.pack("HHHH", LINES, COLUMNS, 0, 0)
        fcntl.ioctl(slave, termios.TIOCSWINSZ, size)
        self._shell = subprocess.Popen(
            [sys.executable, "-c", SHELL],
            cwd=folder,
            env={**environ, "PS1": r"[$?]$ ", "TERM": "dumb", "VIRTUAL_ENV_DISABLE_PROMPT": "1"},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self._typed_at = 0
        self._prompt()

    @property
    def said(self) -> str:
        """What came onto the screen since the last line was typed."""
        self._look()
        return self.screen[self._typed_at :]

    def type(self, line: str) -> None:
        """Type a line, and do not wait for what comes of it."""
        self._look()
        self._typed_at = len(self.screen)
        os.write(self._master, f"{line}\n".encode())

    def sees(self, part: str) -> None:
        """Wait until `part` has come since the last line was typed."""
        self._until(lambda: part in self.said, f"“{part}” on the screen")

    def does(self, line: str) -> str:
        """Type a line, wait for its end, and give what it said; fails if it failed."""
        self.type(line)
        code = self._prompt()
        assert code == 0, f"{line}\n{self.said}"
        return self.said

    def answers(self, text: str) -> None:
        """Type an answer to what was asked."""
        os.write(self._master, f"{text}\n".encode())

    def ends(self) -> None:
        """Wait for the end of what runs; fails if it failed."""
        assert self._prompt() == 0, self.said

    def interrupt(self) -> int:
        """Press Ctrl-C; gives the exit code of what ran."""
        os.write(self._master, b"\x03")
        return self._prompt()

    def close(self) -> None:
        """Hang up, and see everything in it end."""
        os.close(self._master)
        try:
            self._shell.wait(END_SECONDS)
        finally:
            if self._shell.poll() is None:
                os.killpg(self._shell.pid, signal.SIGKILL)
                self._shell.wait()

    def _prompt(self) -> int:
        """Wait for the prompt, which shows the exit code of what went before."""
        self._until(lambda: PROMPT.search(self.said) is not None, "the prompt")
        found = PROMPT.search(self.said)
        assert found is not None, "it was seen just now"
        return int(found[1])

    def _until(self, seen: Callable[[], bool], what: str) -> None:
        try:
            until(seen, what)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.screen[-3000:]}") from None

    def _look(self) -> None:
        while select.select([self._master], [], [], READ_SECONDS)[0]:
            self.screen += os.read(self._master, CHUNK).decode(errors="replace").replace("\r", "")
