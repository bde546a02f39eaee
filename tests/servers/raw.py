"""A loopback server below HTTP: takes requests, counts them, and answers fixed bytes."""

import asyncio
import ssl
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self


class RawServer:
    """Answers each request (up to its body's end) with the next of `answers`, the last for ever.

    `requests_per_connection` closes a connection after so many. An empty answer leaves the client
    waiting; None closes the connection without a word.
    """

    def __init__(
        self,
        *answers: bytes | None,
        requests_per_connection: int | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.answers: Sequence[bytes | None] = answers
        self.connections = 0
        self.requests = 0
        self.heard: list[bytes] = []
        self._per_connection = requests_per_connection
        self._tls = tls
        self._heard = asyncio.Event()
        self._open: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Listen no more."""
        self._server.close()
        for writer in self._open:
            writer.close()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}/"

    def say(self, words: bytes) -> None:
        """Say something on every open connection, unasked; it lies in the kernel until read."""
        for writer in self._open:
            writer.write(words)

    async def heard_one(self) -> None:
        """Wait for the first request."""
        await self._heard.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open.add(writer)
        taken = 0
        with suppress(OSError, asyncio.IncompleteReadError):
            while self._per_connection is None or taken < self._per_connection:
                self.heard.append(await _request(reader))
                answer = self.answers[min(self.requests, len(self.answers) - 1)]
                self.requests += 1
                self._heard.set()
                taken += 1
                if answer is None:
                    break
                writer.write(answer)
                await writer.drain()
        self._open.discard(writer)
        writer.close()


async def _request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    return head + await reader.readexactly(length)
