"""The one aiohttp server: `/healthz` for whoever watches, `/schemas/` for whoever reads events."""

import errno
import socket
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.health import Health
from feeds.errors import Conflict

SHUTDOWN_SECONDS = 1.0
_NO_ADDRESS = "this machine has no such address; write 127.0.0.1, or one of its own"
_WHY = {
    errno.EADDRINUSE: "another program has that port; give it another one, or end that program",
    errno.EADDRNOTAVAIL: _NO_ADDRESS,
    errno.EACCES: "that port is not for this user; give it one above 1023",
}


def _why(error: OSError) -> str:
    """Say why nothing can listen there, and what to do."""
    if isinstance(error, socket.gaierror):  # a name that is no address of anything
        return _NO_ADDRESS
    return _WHY.get(error.errno or 0) or error.strerror or "the system refuses it"


class HttpServer:
    """Serves on `host:port` while entered; answers nothing but GET and HEAD."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        health: Callable[[], Health],
        schemas: Mapping[str, bytes],  # file name → JSON Schema
    ) -> None:
        self._health = health
        self._schemas = schemas
        self._host = host
        self._port = port
        app = web.Application(client_max_size=16 * 1024)
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/schemas/", self._list)
        app.router.add_get("/schemas/{name}", self._schema)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)

    @property
    def port(self) -> int:
        """The port listened on, once entered; of use where 0 was asked for."""
        return int(self._runner.addresses[0][1])

    async def __aenter__(self) -> Self:
        """Listen; raises Conflict where that cannot be."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            await self._runner.cleanup()
            where = f"{self._host}:{self._port}"
            raise Conflict(
                f"http.listen: nothing can be served at {where}: {_why(error)}."
            ) from error
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._runner.cleanup()

    async def _healthz(self, _request: web.Request) -> web.Response:
        """200 while well, 503 with the reasons while not; holds no secret."""
        health = self._health()
        body = {"status": "ok" if health.ok else "failing", "problems": list(health.problems)}
        return web.json_response(body, status=200 if health.ok else 503)

    async def _list(self, _request: web.Request) -> web.Response:
        """Name the schemas of events, one for each type."""
        return web.json_response({"schemas": [f"/schemas/{name}" for name in self._schemas]})

    async def _schema(self, request: web.Request) -> web.Response:
        """Give one of them as it is shipped."""
        schema = self._schemas.get(request.match_info["name"])
        if schema is None:
            raise web.HTTPNotFound
        return web.Response(body=schema, content_type="application/schema+json")
