"""`berita claim`: a link that makes whoever opens it first the owner of the bot."""

from typing import TYPE_CHECKING

import typer

from bot.cli import show
from bot.cli.office import ask, open_world_of, settings_of

if TYPE_CHECKING:
    from config import Settings


def claim(context: typer.Context) -> None:
    """Print a link that makes whoever opens it first the owner; it lasts 15 minutes, once."""
    import asyncio
    from secrets import SystemRandom

    from feeds.errors import Conflict

    settings = settings_of(context)
    if settings.telegram.owners:
        raise Conflict("The configuration names the owners (telegram.owners): change them there.")
    if not settings.telegram.token.get_secret_value():
        raise Conflict("There is no bot yet: set telegram.token, or BERITA_TELEGRAM__TOKEN, first.")
    bot = asyncio.run(_username(settings))
    made = ask(context, lambda catalog: catalog.make_claim(SystemRandom()))
    show.say(claim_text(bot, made.code))


def claim_text(bot: str, code: str) -> str:
    """Say what to open, or to send; `bot` is empty where Telegram did not tell its name."""
    if not bot:
        return f"To become the owner, send your bot this message (15 minutes, once): /start {code}"
    return (
        f"Open this link on your phone to become the owner of @{bot} (15 minutes, once):\n"
        f"https://t.me/{bot}?start={code}\n"
        f"Or send @{bot} this message: /start {code}"
    )


async def _username(settings: "Settings") -> str:
    from bot.adapters.telegram import get_me_plain

    async with open_world_of(settings) as world:
        token = settings.telegram.token.get_secret_value()
        me = await get_me_plain(world.web, settings.telegram.api_base, token)
    return me.username
