"""What Settings mean in objects: the world they ask for, and an adapter for each kind."""

import os
import socket
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from importlib.metadata import version as installed_version
from typing import TYPE_CHECKING

from bot.adapter import Adapter
from bot.adapters import AddressBook
from bot.adapters.console import ConsoleAdapter
from bot.adapters.telegram import TelegramAdapter
from bot.adapters.webhook import WebhookAdapter, make_secret
from bot.adapters.webhook.chat import ChatAdapter
from bot.adapters.webhook.discord import DiscordAdapter
from bot.adapters.webhook.likeness import Likeness
from bot.adapters.webhook.mattermost import MattermostAdapter
from bot.adapters.webhook.slack import SlackAdapter
from bot.pace import endpoint_limit, telegram_chat_limit, telegram_posts_limit
from bot.pacer import Pacer
from bot.passage import Passage
from bot.publish import PublishBeat, PublishLimits
from bot.world import World, real_world
from config import Settings
from feeds.catalog import Outside
from feeds.fetch import FetchLimits
from feeds.guard import Guard
from feeds.model import WEBHOOK
from feeds.poll import PollBeat, PollLimits
from feeds.ports import Clock, live_on
from feeds.store import Store

if TYPE_CHECKING:
    from bot.adapters.telegram.send import TelegramSender

CHATS: tuple[type[ChatAdapter], ...] = (DiscordAdapter, SlackAdapter, MattermostAdapter)
CHAT_LANES = 16  # of each service; their hooks take about one post a second
TELEGRAM_LANES = 64  # the bot's own rate is 25 a second


def version() -> str:
    """Tell the installed version."""
    return installed_version("berita")


def user_agent(settings: Settings) -> str:
    """Tell how Berita names itself to publishers and endpoints: honestly."""
    return settings.polling.user_agent or f"berita/{version()}"


def open_world(
    settings: Settings,
    *,
    clock: Clock | None = None,
    reached: Callable[[str], None] = live_on,
    tell: Callable[[str], None] = lambda _why: None,
) -> AbstractAsyncContextManager[World]:
    """Open the real world as far as the settings allow it to be reached.

    `tell` hears why something within was not reached; commands, which log nothing, leave it out.
    Tests that kill the real process bring crash points of their own, and a clock that jumps.
    """
    return real_world(
        allow_private=[str(network) for network in settings.network.allow_private],
        user_agent=user_agent(settings),
        feed_connections=settings.polling.concurrency,
        webhooks=settings.webhooks.in_flight + len(CHATS) * CHAT_LANES,
        tell=tell,
        clock=clock,
        reached=reached,
    )


def fetch_limits(settings: Settings) -> FetchLimits:
    """Bound one fetch of a feed."""
    return FetchLimits(
        timeout=settings.polling.timeout,
        body_bytes_max=settings.polling.max_body,
        user_agent=user_agent(settings),
    )


def build_adapters(
    settings: Settings, world: World, sender: "TelegramSender | None" = None
) -> Mapping[str, Adapter]:
    """Make the adapter of every kind; Telegram's sends nothing without a sender."""
    language, zone = settings.messages.language, settings.messages.time_zone
    telegram = TelegramAdapter(
        web=world.web,
        token=settings.telegram.token.get_secret_value() or None,
        api_base=settings.telegram.api_base,
        bot_limit=telegram_posts_limit(settings.telegram.max_per_second),
        chat_limit=telegram_chat_limit(settings.telegram.max_per_chat_minute),
        language=language,
        time_zone=zone,
        sender=sender,
    )
    webhook = WebhookAdapter(
        world.web,
        world.clock,
        user_agent=user_agent(settings),
        timeout=settings.webhooks.timeout,
        limit=endpoint_limit(settings.webhooks.max_per_second),
        allow_http=settings.webhooks.allow_http,
        language=language,
        time_zone=zone,
    )
    chats: list[Adapter] = [
        chat(
            world.web,
            world.clock,
            user_agent=user_agent(settings),
            timeout=settings.webhooks.timeout,
            language=language,
            time_zone=zone,
            allow_http=settings.webhooks.allow_http,
        )
        for chat in CHATS
    ]
    console = ConsoleAdapter(world.terminal, language=language, time_zone=zone)
    adapters: list[Adapter] = [telegram, webhook, *chats, console]
    return {adapter.kind: adapter for adapter in adapters}


def likely_kinds(address: str) -> tuple[str, ...]:
    """Tell whose hook a URL may be: a service's at its own host, else a webhook or one like it."""
    likeness = {chat.kind: chat.likeness(address) for chat in CHATS}
    sure = tuple(kind for kind, each in likeness.items() if each is Likeness.HOST)
    return sure or (*(kind for kind, each in likeness.items() if each), WEBHOOK)


def guard_of(settings: Settings) -> Guard:
    """Make what judges the addresses that the settings let be dialled."""
    return Guard(str(network) for network in settings.network.allow_private)


def outside_of(
    settings: Settings, world: World, adapters: Mapping[str, Adapter], *, guard: Guard | None = None
) -> Outside:
    """Give the catalog what it needs of a world; `guard` is for `AddressBook`, and the operator."""
    return Outside(
        web=world.web,
        parser=world.parser,
        addresses=AddressBook(adapters, guard),
        limits=fetch_limits(settings),
        new_secret=lambda kind: make_secret(world.dice) if kind == "webhook" else None,
    )


def build_poll(settings: Settings, world: World, store: Store) -> PollBeat:
    """Make the beat that polls."""
    return PollBeat(
        store=store,
        web=world.web,
        parser=world.parser,
        clock=world.clock,
        dice=world.dice,
        limits=PollLimits(
            every=settings.polling.every,
            concurrency=settings.polling.concurrency,
            per_host=settings.polling.per_host,
            fetch=fetch_limits(settings),
        ),
    )


def build_publish(
    settings: Settings,
    world: World,
    store: Store,
    pacer: Pacer,
    *,
    adapters: Mapping[str, Adapter],
    passages: Mapping[str, Passage],
) -> PublishBeat:
    """Make the beat that publishes, by the adapters that can send."""
    return PublishBeat(
        store=store,
        adapters=adapters,
        pacer=pacer,
        clock=world.clock,
        dice=world.dice,
        reached=world.reached,
        owner=f"{socket.gethostname()}:{os.getpid()}",
        limits=PublishLimits(
            lanes={
                "telegram": TELEGRAM_LANES,
                "webhook": settings.webhooks.in_flight,
                **dict.fromkeys((chat.kind for chat in CHATS), CHAT_LANES),
                "console": 1,
            },
        ),
        passages=passages,
    )
