"""The running bot: aiogram's Bot over our session, the sender of posts, the admin's chat.

Imported only with a token: it brings aiogram, which takes about 3 s to load.
"""

from dataclasses import dataclass

from aiogram import Bot

from bot.adapter import Scope
from bot.adapters.telegram.asking import bot_id
from bot.adapters.telegram.send import TelegramSender
from bot.adapters.telegram.session import Gate
from bot.pace import telegram_bot_limit, telegram_chat_limit
from bot.pacer import Pacer
from bot.world import World
from config import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningBot:
    """One token at work."""

    bot: Bot
    sender: TelegramSender

    async def close(self) -> None:
        """Close its connections."""
        await self.bot.session.close()


def start_bot(settings: Settings, world: World, pacer: Pacer) -> RunningBot:
    """Make the bot; nothing is asked of Telegram yet."""
    token = settings.telegram.token.get_secret_value()
    session = world.telegram_session(settings.telegram.api_base, _gate(settings, token, pacer))
    bot = Bot(token, session=session)
    return RunningBot(bot=bot, sender=TelegramSender(bot))


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
