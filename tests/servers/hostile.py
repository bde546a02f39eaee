"""Receivers that mean harm: each takes a request and answers in one way that should not be."""

import asyncio
import socket
import struct
import zlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from itertools import repeat
from types import TracebackType
from typing import Self

GIGABYTE = 1_000_000_000
PIECE = b"x" * 65_536
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"

Play = Callable[[asyncio.StreamWriter], Awaitable[None]]


class Hostile:
    """One receiver on loopback; `requests` counts what it was asked."""

    def __init__(self, play: Play, *, greets: bool = False) -> None:
        self.requests = 0
        self._play = play
        self._greets = greets  # speaks before it is asked
        self._playing: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.close()
        for task in self._playing:
            task.cancel()
        await asyncio.gather(*self._playing, return_exceptions=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None, "the server runs this in a task"
        self._playing.add(task)
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            if not self._greets:
                await reader.readuntil(b"\r\n\r\n")
            self.requests += 1
            await self._play(writer)
            await reader.read()  # until the client has had enough
        writer.close()


async def _pour(writer: asyncio.StreamWriter, pieces: Iterator[bytes]) -> None:
    for piece in pieces:
        writer.write(piece)
        await writer.drain()


async def _drop_by_drop(writer: asyncio.StreamWriter, drops: bytes) -> None:
    for drop in drops:
        await _pour(writer, iter([bytes([drop])]))
        await asyncio.sleep(1)


def says(*pieces: bytes, then: Iterator[bytes] = iter(())) -> Play:  # noqa: B008  # empty for ever
    """Make a play that says this, and perhaps goes on."""

    async def play(writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            await _pour(writer, iter([piece]))
            await asyncio.sleep(0.02)  # so that it is heard by itself
        await _pour(writer, then)

    return play


def a_gigabyte() -> Iterator[bytes]:
    return repeat(PIECE, GIGABYTE // len(PIECE))


async def one_byte_a_second(writer: asyncio.StreamWriter) -> None:
    await _drop_by_drop(writer, OK + b"X-Slow: yes\r\n" * 100)


async def a_body_of_one_byte_a_second(writer: asyncio.StreamWriter) -> None:
    writer.write(OK + b"\r\n")
    await _drop_by_drop(writer, b"drop by drop" * 100)


async def a_compression_bomb(writer: asyncio.StreamWriter) -> None:
    """Send a megabyte that would be a thousand."""
    press = zlib.compressobj(wbits=31)  # gzip
    first, other = (
        press.compress(bytes(1_000_000)) + press.flush(zlib.Z_FULL_FLUSH) for _ in range(2)
    )
    bomb = first + other * 999
    head = b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    await _pour(writer, iter([OK + head + bomb]))


async def a_reset_in_the_headers(writer: asyncio.StreamWriter) -> None:
    await _pour(writer, iter([OK + b"Content-Type: te"]))
    wire: socket.socket = writer.get_extra_info("socket")
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def a_hangup(writer: asyncio.StreamWriter) -> None:
    writer.close()
