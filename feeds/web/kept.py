"""Connections kept for the next request: none that holds what nobody has asked for."""

import asyncio
import weakref
from typing import ClassVar

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.tracing import Trace

LOOKS = 2  # rounds of the loop until it has read what the kernel held when the first began


class KeptConnector(aiohttp.TCPConnector):
    """Hands out a kept connection only if it is silent; one that is not is closed.

    A server that answers twice leaves its second answer behind, and aiohttp takes that for the
    answer to the next request there, be it to another chat or of another feed. No byte of a request
    is written before `connect` returns.
    """

    _served: ClassVar[weakref.WeakSet[ResponseHandler]] = weakref.WeakSet()

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109  # aiohttp's signature
    ) -> Connection:
        """Give a connection that holds nothing, a new one if need be; raises as aiohttp's does."""
        while True:
            connection = await super().connect(req, traces, timeout)
            handler = connection.protocol
            if handler is None or handler not in self._served:
                if handler is not None:
                    self._served.add(handler)
                return connection
            try:
                for _ in range(LOOKS):
                    await asyncio.sleep(0)
            except BaseException:
                connection.close()
                raise
            if handler.is_connected() and not handler.should_close:
                return connection
            connection.close()
