"""What lies between a client and the loopback servers: names by script, and any address reachable.

A client given `Names` and `Bridge` reaches a loopback server under a public name and a public
address, so that its own gates judge what they would judge outside. `Wall` lets nothing through and
only notes what a client would have dialled.
"""

import errno
import os
import socket
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

PUBLIC = "8.8.8.8"
HOST = "partner.example"  # leads to PUBLIC, unless told otherwise

Lookup = Sequence[str]  # the addresses of one answer


def abroad(url: str) -> str:
    """Give the URL of a loopback server as it is known outside."""
    return url.replace("127.0.0.1", HOST)


class Names(AbstractResolver):
    """Answers by script: each name with its lookups, one after another, the last for ever."""

    def __init__(self, names: Mapping[str, Sequence[Lookup]] | None = None) -> None:
        self.asked: list[tuple[str, int]] = []
        self._times: Counter[str] = Counter()
        self._names = {HOST: [[PUBLIC]], **(names or {})}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        lookups = self._names.get(host.lower())
        if lookups is None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        before = self._times[host]
        self._times[host] += 1
        self.asked.append((host, port))
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in lookups[min(before, len(lookups) - 1)]
        ]

    async def close(self) -> None:
        """Nothing is open."""


class Everyone(Names):
    """Knows every name, at PUBLIC."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        self._names[host.lower()] = [[PUBLIC]]
        return await super().resolve(host, port, family)


class Wall:
    """Notes where a client would go, and refuses the connection."""

    def __init__(self) -> None:
        self.dialled: list[tuple[str, int]] = []

    def __call__(self, info: tuple[Any, ...]) -> socket.socket:
        self.dialled.append(info[4][:2])
        raise ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))


class Bridge:
    """Lets a client through to loopback, at the port it dialled, whatever the IPv4 address."""

    def __init__(self) -> None:
        self.dialled: list[tuple[str, int]] = []
        self.piece_max = 0  # bytes: the most that was read at once

    def __call__(self, info: tuple[Any, ...]) -> socket.socket:
        self.dialled.append(info[4][:2])
        if info[0] == socket.AF_INET:
            return _Bridged(self, family=info[0], type=info[1], proto=info[2])
        return socket.socket(family=info[0], type=info[1], proto=info[2])


class _Bridged(socket.socket):
    def __init__(self, bridge: Bridge, **made: int) -> None:
        super().__init__(**made)
        self._bridge = bridge

    def connect(self, address: Any) -> None:
        super().connect(("127.0.0.1", address[1]))

    def recv(self, bufsize: int, flags: int = 0) -> bytes:
        piece = super().recv(bufsize, flags)
        self._bridge.piece_max = max(self._bridge.piece_max, len(piece))
        return piece
