"""The adapters of a dialogue: of every kind whose destinations may be talked about."""

import random
from collections.abc import Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.adapter import Adapter
from bot.adapters import is_key, shown
from bot.adapters.telegram import TelegramAdapter
from bot.adapters.webhook import WebhookAdapter, make_secret
from bot.app.build import CHATS, likely_kinds
from bot.commands.kinds import Kinds
from bot.pace import endpoint_limit, telegram_bot_limit, telegram_chat_limit
from feeds.ports import Clock
from tests.commands.news import PhoneWeb
from tests.servers.bot_api import BotApi

JAKARTA = ZoneInfo("Asia/Jakarta")
TIMEOUT = timedelta(seconds=5)
DICE = random.Random(7)


def new_secret(kind: str) -> str | None:
    """Make a secret where something is signed; another one each time."""
    return make_secret(DICE) if kind == "webhook" else None


def telegram_adapter(telegram: BotApi, web: PhoneWeb) -> TelegramAdapter:
    return TelegramAdapter(
        web=web,
        token=telegram.token,
        api_base=telegram.base,
        bot_limit=telegram_bot_limit(25),
        chat_limit=telegram_chat_limit(18),
        language="id",
        time_zone=JAKARTA,
    )


def every_adapter(telegram: TelegramAdapter, web: PhoneWeb, clock: Clock) -> Mapping[str, Adapter]:
    webhook = WebhookAdapter(
        web,
        clock,
        user_agent="berita/test",
        timeout=TIMEOUT,
        limit=endpoint_limit(50),
        language="id",
        time_zone=JAKARTA,
    )
    chats = [
        chat(
            web,
            clock,
            user_agent="berita/test",
            timeout=TIMEOUT,
            language="id",
            time_zone=JAKARTA,
        )
        for chat in CHATS
    ]
    adapters: list[Adapter] = [telegram, webhook, *chats]
    return {adapter.kind: adapter for adapter in adapters}


KINDS = Kinds(
    repeatable=frozenset({"webhook", "console"}),
    shown=shown,
    is_key=is_key,
    likely=likely_kinds,
    secrets_declared=frozenset({"declared"}),
)
