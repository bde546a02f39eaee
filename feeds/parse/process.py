"""Parsing where it can be killed: one child process, a deadline, and a new child after a death."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from feeds.errors import ParseError
from feeds.model import Document
from feeds.parse import wire

# Not `-m`: the folder one happens to be in may have a `feeds` of its own; the child reads by ours.
_ROOT = str(Path(__file__).resolve().parents[2])
_BOOT = f"import sys; sys.path.insert(0, {_ROOT!r}); from feeds.parse import worker; worker.main()"
COMMAND = (sys.executable, "-P", "-c", _BOOT)
START_SECONDS_MAX = 30.0  # a cold disk and a busy machine; usually a quarter of a second
LEAVE_SECONDS_MAX = 1.0  # from closing its input to its end, at close()


class ParserProcess:
    """Implements `feeds.ports.Parser` by a child that is started at the first parse.

    One document at a time; `deadline` counts from its turn. A document that takes longer, or that
    the child dies of, is a ParseError; the next parse starts a new child. `close` ends the child;
    if this process dies first, the child ends by itself.
    """

    def __init__(
        self, deadline: timedelta = timedelta(seconds=5), *, command: Sequence[str] = COMMAND
    ) -> None:
        self._deadline_seconds = deadline.total_seconds()
        self._command = tuple(command)
        self._turn = asyncio.Lock()
        self._child: Process | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id, None while there is none."""
        return self._child.pid if self._child else None

    async def parse(self, body: bytes, *, url: str, content_type: str | None = None) -> Document:
        """Parse within the deadline, without full texts of what has a summary; or ParseError."""
        question = wire.write_question(body, url=url, content_type=content_type)
        async with self._turn:
            answer = await self._ask(question)
        return wire.read_answer(answer)

    async def close(self) -> None:
        """End the child and wait until it is gone; parsing again would start another."""
        async with self._turn:
            child, self._child = self._child, None
            if child is None:
                return
            _stdin(child).close()
            with suppress(TimeoutError):
                async with asyncio.timeout(LEAVE_SECONDS_MAX):
                    await _gone(child)
                    return
            await _kill(child)

    async def _ask(self, question: bytes) -> bytes:
        child = await self._living_child()
        whole = False
        try:
            async with asyncio.timeout(self._deadline_seconds):
                _stdin(child).write(question)
                await _stdin(child).drain()
                answer = await _read_frame(child)
            whole = True
        except TimeoutError:
            raise ParseError(
                f"took longer than {self._deadline_seconds:g} s to read", "error.parse.slow"
            ) from None
        except (OSError, EOFError):
            raise ParseError(
                "the parser process died while reading it", "error.parse.slow"
            ) from None
        finally:
            if (
                not whole
            ):  # also when we are cancelled: its answer would be taken for the next one's
                self._child = None
                await _kill(child)
        return answer

    async def _living_child(self) -> Process:
        if self._child is not None:
            if self._child.returncode is None and not _stdout(self._child).at_eof():
                return self._child
            child, self._child = self._child, None
            await _kill(child)
        try:
            self._child = await _start(self._command)
        except (TimeoutError, OSError, EOFError):
            raise ParseError(
                "the parser process does not start; try again later", "error.parse.later"
            ) from None
        return self._child


class InlineParser:
    """Implements `feeds.ports.Parser` in this very process, with no deadline.

    For simulations, where no process may be started, and for a one-off preview.
    """

    async def parse(self, body: bytes, *, url: str, content_type: str | None = None) -> Document:
        """Parse at once, without full texts of what has a summary; raises ParseError."""
        from feeds.parse.reading import read_document  # noqa: PLC0415  # the parsers weigh 20 MB

        return read_document(body, url=url, content_type=content_type, contents=False)


async def _start(command: Sequence[str]) -> Process:
    """Start a child and hear it say that it is ready; one that does not is killed."""
    child = await asyncio.create_subprocess_exec(
        *command,
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,  # what a feed makes a library say is not for the terminal
        start_new_session=True,  # Ctrl-C on the terminal is for the parent alone
    )
    ready = False
    try:
        async with asyncio.timeout(START_SECONDS_MAX):
            await _read_frame(child)
        ready = True
    finally:
        if not ready:
            await _kill(child)
    return child


async def _read_frame(child: Process) -> bytes:
    head = await _stdout(child).readexactly(wire.HEAD_BYTES)
    return await _stdout(child).readexactly(wire.frame_size(head))


async def _kill(child: Process) -> None:
    with suppress(ProcessLookupError):
        child.kill()
    _stdin(child).close()
    await _gone(child)


async def _gone(child: Process) -> None:
    """Wait for the child's end and for the end of its pipe, so that nothing of it stays open."""
    while await _stdout(child).read(64 * 1024):
        pass
    await child.wait()
    with suppress(OSError):
        await _stdin(child).wait_closed()


def _stdin(child: Process) -> asyncio.StreamWriter:
    assert child.stdin is not None, "the child is started with pipes"
    return child.stdin


def _stdout(child: Process) -> asyncio.StreamReader:
    assert child.stdout is not None, "the child is started with pipes"
    return child.stdout
