import random
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.adapters import AddressBook
from bot.adapters.console import ConsoleAdapter
from bot.adapters.telegram import TelegramAdapter
from bot.adapters.webhook import WebhookAdapter, make_secret
from bot.pace import endpoint_limit, telegram_bot_limit, telegram_chat_limit
from feeds.catalog import Catalog, Outside
from feeds.fetch import FetchLimits
from feeds.parse import InlineParser
from feeds.ports import WebResponse
from tests.builders import NOON
from tests.unit.catalog.situations import API, JAKARTA, TOKEN, a_site
from tests.world.store import fresh_store
from tests.world.web import SimWeb


class StillClock:
    """Stands until it is put forward."""

    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def web() -> SimWeb:
    """The outside: a news site, and nobody else."""
    web = SimWeb()
    web.serve("berita.example", a_site, latency=timedelta(0))
    web.serve("api.telegram.example", _telegram, latency=timedelta(0))
    return web


@pytest.fixture
async def catalog(tmp_path: Path, web: SimWeb, clock: StillClock) -> AsyncIterator[Catalog]:
    store = await fresh_store(tmp_path, inline=True)
    dice = random.Random(1)
    outside = Outside(
        web=web,
        parser=InlineParser(),
        addresses=_addresses(web, clock),
        limits=FetchLimits(timeout=timedelta(seconds=1), body_bytes_max=100_000),
        new_secret=lambda kind: make_secret(dice) if kind == "webhook" else None,
    )
    yield Catalog(store=store, clock=clock, every_min=timedelta(minutes=1), outside=outside)
    await store.close()


def _addresses(web: SimWeb, clock: StillClock) -> AddressBook:
    telegram = TelegramAdapter(
        web=web,
        token=TOKEN,
        api_base=API,
        bot_limit=telegram_bot_limit(25),
        chat_limit=telegram_chat_limit(18),
        language="id",
        time_zone=JAKARTA,
    )
    webhook = WebhookAdapter(
        web,
        clock,
        user_agent="berita/test",
        timeout=timedelta(seconds=15),
        limit=endpoint_limit(50),
        language="id",
        time_zone=JAKARTA,
    )
    console = ConsoleAdapter(None, language="id", time_zone=JAKARTA)  # type: ignore[arg-type]  # writes nothing
    return AddressBook({each.kind: each for each in (telegram, webhook, console)})


def _telegram(method: str, url: str, headers: Mapping[str, str], body: bytes) -> WebResponse:  # noqa: ARG001  # SimWeb's Server
    """Know one channel, @dailyberita."""
    if "chat_id=%40dailyberita" in url or "chat_id=-1001234" in url:
        said = '{"ok":true,"result":{"id":-1001234,"type":"channel","title":"Daily Berita"}}'
    else:
        said = '{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}'
    status = 200 if '"ok":true' in said else 400
    return WebResponse(status=status, url=url, headers={}, body=said.encode())
