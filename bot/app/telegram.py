"""The running bot: aiogram's Bot over our session, the sender of posts, the admin's chat.

Imported only with a token: it brings aiogram, which takes about 3 s to load.
"""

from collections.abc import Callable
from dataclasses import dataclass

from aiogram import Bot

from bot.adapter import Adapter, Scope
from bot.adapters.telegram.asking import bot_id
from bot.adapters.telegram.send import TelegramSender
from bot.adapters.telegram.session import Gate
from bot.commands import CommandDeps, Listener
from bot.health import Health
from bot.pace import telegram_bot_limit, telegram_chat_limit
from bot.pacer import Pacer
from bot.preview import preview, stage
from bot.world import World
from config import Settings
from feeds.catalog import Catalog, Outside
from feeds.model import Origin, RouteOptions
from feeds.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningBot:
    """One token at work."""

    bot: Bot
    sender: TelegramSender

    def listener(self, deps: CommandDeps) -> Listener:
        """Make the bot's ears, not yet listening."""
        return Listener(self.bot, deps)

    async def close(self) -> None:
        """Close its connections."""
        await self.bot.session.close()


def start_bot(settings: Settings, world: World, pacer: Pacer) -> RunningBot:
    """Make the bot; nothing is asked of Telegram yet."""
    token = settings.telegram.token.get_secret_value()
    session = world.telegram_session(settings.telegram.api_base, _gate(settings, token, pacer))
    bot = Bot(token, session=session)
    return RunningBot(bot=bot, sender=TelegramSender(bot))


def command_deps(
    settings: Settings,
    *,
    store: Store,
    world: World,
    outside: Outside,
    adapter: Adapter,
    health: Callable[[], Health],
) -> CommandDeps:
    """Put together what the admin's chat needs."""

    async def look(
        url: str, *, origin: Origin, options: RouteOptions, language: str | None
    ) -> bytes | None:
        found = await preview(
            url, last=1, outside=outside, now=world.clock.now(), options=options, origin=origin
        )
        if not found.parcels:
            return None
        here = stage(kind=adapter.kind, now=world.clock.now(), language=language)
        return adapter.render(here, found.parcels[-1])

    return CommandDeps(
        catalog=Catalog(
            store=store,
            clock=world.clock,
            every_min=settings.polling.every_min,
            outside=outside,
        ),
        preview=look,
        health=health,
        clock=world.clock,
        owners=frozenset(settings.telegram.owners),
        language=settings.messages.language,
        time_zone=settings.messages.time_zone,
        every=settings.polling.every,
    )


def _gate(settings: Settings, token: str, pacer: Pacer) -> Gate:
    """Count the admin's answers against the same paces as the posts."""
    per_bot = Scope(
        name=f"telegram:bot:{bot_id(token)}",
        limit=telegram_bot_limit(settings.telegram.max_per_second),
    )
    chat_limit = telegram_chat_limit(settings.telegram.max_per_chat_minute)

    async def gate(method: str, chat: int | str | None) -> None:  # noqa: ARG001  # Gate's words
        scopes = [per_bot]
        if chat is not None:
            scopes.append(Scope(name=f"telegram:chat:{chat}", limit=chat_limit))
        await pacer.wait_and_take(scopes)

    return gate
