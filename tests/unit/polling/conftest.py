import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

import async_solipsism
import pytest

from feeds.store import Store
from tests.unit.polling.newsroom import Newsroom
from tests.world.store import fresh_store


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Polling waits for days: its loops jump to whatever is next."""
    return {"virtual": async_solipsism.EventLoop}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await fresh_store(tmp_path, inline=True)
    yield opened
    await opened.close()


@pytest.fixture
def newsroom(store: Store) -> Newsroom:
    return Newsroom(store)
