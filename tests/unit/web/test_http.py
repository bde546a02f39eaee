"""What Berita's own server answers, and to whom."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.adapters.webhook.schemas import schemas
from bot.health import Health
from bot.http import HttpServer
from feeds.errors import Conflict

ILL = Health(ok=False, problems=("polling is late",))


@pytest.fixture
async def server() -> AsyncIterator[HttpServer]:
    async with HttpServer(
        host="127.0.0.1", port=0, health=lambda: ILL, schemas=schemas()
    ) as opened:
        yield opened


async def ask(server: HttpServer, path: str, method: str = "GET") -> tuple[int, str, bytes]:
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"http://127.0.0.1:{server.port}{path}") as answer,
    ):
        return answer.status, answer.content_type, await answer.read()


async def test_the_schemas_are_listed_and_given_as_they_are_shipped(server: HttpServer) -> None:
    status, _, body = await ask(server, "/schemas/")

    listed: dict[str, Any] = json.loads(body)
    assert status == 200
    assert listed["schemas"] == [f"/schemas/{name}" for name in schemas()]
    for path in listed["schemas"]:
        given = await ask(server, path)
        assert given == (200, "application/schema+json", schemas()[path.removeprefix("/schemas/")])


async def test_a_port_that_another_has_is_named_with_what_to_do(server: HttpServer) -> None:
    second = HttpServer(host="127.0.0.1", port=server.port, health=lambda: ILL, schemas={})

    said = f"127.0.0.1:{server.port}: another program has that port; give it another one"
    with pytest.raises(Conflict, match=said):
        async with second:
            pass


@pytest.mark.parametrize("host", ["203.0.113.1", "no-such-host.invalid"])
async def test_an_address_that_is_not_this_machines_is_said_to_be_none_of_its_own(
    host: str,
) -> None:
    nowhere = HttpServer(host=host, port=0, health=lambda: ILL, schemas={})

    with pytest.raises(Conflict, match=f"{host}:0: this machine has no such address; write 127"):
        async with nowhere:
            pass


async def test_health_is_told_with_its_reasons(server: HttpServer) -> None:
    status, _, body = await ask(server, "/healthz")

    assert status == 503
    assert json.loads(body) == {"status": "failing", "problems": ["polling is late"]}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/schemas/nothing.json", 404),
        ("GET", "/schemas/..%2F__init__.py", 404),
        ("GET", "/schemas/__init__.py", 404),
        ("POST", "/healthz", 405),
        ("POST", "/schemas/", 405),
        ("HEAD", "/schemas/", 200),
    ],
)
async def test_nothing_else_is_answered(
    server: HttpServer, method: str, path: str, status: int
) -> None:
    assert (await ask(server, path, method))[0] == status
