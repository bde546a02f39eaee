"""A pool of connections: its bounds, and the gate that every new socket passes."""

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.connector import Connection

from feeds.guard import Guard
from feeds.ports import live_on
from feeds.web.errors import RefusedAddress, under_way
from feeds.web.kept import KeptConnector

HEADER_LINE_BYTES_MAX = 8_190
HEADER_FIELD_BYTES_MAX = 16_380
HEADERS_MAX = 128
DNS_SECONDS = 300

OpenSocket = Callable[[aiohttp.AddrInfoType], socket.socket]


def open_socket(dialled: aiohttp.AddrInfoType) -> socket.socket:
    """Make the socket that will dial; the kernel's own, unless another is handed in."""
    family, kind, protocol, _, _ = dialled
    return socket.socket(family=family, type=kind, proto=protocol)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Judges each socket by the address it would reach, whatever text, name or redirect led to it.

    A resolver alone is no gate: it is never asked about an IP literal.
    """

    guard: Guard
    open_socket: OpenSocket
    receive_bytes: int | None = None  # what the kernel takes in before we read it; None: its choice

    def __call__(self, dialled: aiohttp.AddrInfoType) -> socket.socket:
        """Make the socket; raises RefusedAddress."""
        address = dialled[4][0]
        reason = self.guard.refuses(address)
        if reason is not None:
            raise RefusedAddress(address, reason)
        opened = self.open_socket(dialled)
        if self.receive_bytes is not None:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.receive_bytes)
        return opened


def open_pool(
    *,
    connections: int,
    idle_seconds: int,
    user_agent: str,
    tls: ssl.SSLContext | None,
    gate: Gate | None = None,
    names: AbstractResolver | None = None,
    reached: Callable[[str], None] = live_on,  # crash points: "first byte"
) -> aiohttp.ClientSession:
    """Make a pool; `gate` and `names` are left out only for what the operator set."""
    return aiohttp.ClientSession(
        connector=KeptConnector(
            limit=connections,
            limit_per_host=0,  # the claim of due feeds is fair between hosts
            keepalive_timeout=idle_seconds,
            ttl_dns_cache=DNS_SECONDS,
            ssl=tls or True,  # True: the context aiohttp made from the system's store
            resolver=names,
            socket_factory=gate,
        ),
        headers={"User-Agent": user_agent},
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,  # no proxy and no netrc: the guard would judge the proxy's address
        max_line_size=HEADER_LINE_BYTES_MAX,
        max_field_size=HEADER_FIELD_BYTES_MAX,
        max_headers=HEADERS_MAX,
        request_class=_noting(reached),
    )


def _noting(reached: Callable[[str], None]) -> type[aiohttp.ClientRequest]:
    """Make the requests of a pool note on their exchange that they leave.

    aiohttp's own traces could tell, too; a trace costs as much as the signature of a webhook.
    """

    class NotingRequest(aiohttp.ClientRequest):
        async def send(self, conn: Connection) -> aiohttp.ClientResponse:
            # Called on an open connection, just before the first byte is buffered: it may say too
            # much, never too little.
            under_way.get().left = True
            reached("first byte")
            return await super().send(conn)

    return NotingRequest
