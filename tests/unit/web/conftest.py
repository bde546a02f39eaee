from collections.abc import AsyncIterator

import pytest

from feeds.guard import Guard
from feeds.web import AiohttpWeb
from tests.servers.abroad import Bridge, Names
from tests.servers.publisher import Publisher

LOOPBACK = ("127.0.0.0/8", "::1/128")


@pytest.fixture
async def publisher() -> AsyncIterator[Publisher]:
    async with Publisher() as publisher:
        yield publisher


@pytest.fixture
async def web() -> AsyncIterator[AiohttpWeb]:
    """A client that may dial loopback, as an operator can allow, and that finds HOST abroad."""
    async with AiohttpWeb(
        Guard(allow=LOOPBACK),
        user_agent="berita/1 (+test)",
        resolver=Names(),
        open_socket=Bridge(),
    ) as web:
        yield web


@pytest.fixture
async def strict_web() -> AsyncIterator[AiohttpWeb]:
    """A client as it is by default."""
    async with AiohttpWeb(Guard(), user_agent="berita/1 (+test)") as web:
        yield web
