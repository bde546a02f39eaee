"""The one aiohttp server: `/healthz` for whoever watches over Berita."""

from collections.abc import Callable
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.health import Health

SHUTDOWN_SECONDS = 1.0


class HttpServer:
    """Serves on `host:port` while entered; answers nothing but GET and HEAD."""

    def __init__(self, *, host: str, port: int, health: Callable[[], Health]) -> None:
        self._health = health
        self._host = host
        self._port = port
        app = web.Application(client_max_size=16 * 1024)
        app.router.add_get("/healthz", self._healthz)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)

    @property
    def port(self) -> int:
        """The port listened on, once entered; of use where 0 was asked for."""
        return int(self._runner.addresses[0][1])

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
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
