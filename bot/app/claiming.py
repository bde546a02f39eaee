"""A bot that nobody owns yet offers itself at its start, where only the operator can see it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.adapters.telegram import get_me_plain
from feeds.catalog import Catalog
from feeds.errors import BeritaError, StoreError

if TYPE_CHECKING:
    from bot.app.application import App

ShowClaim = Callable[[str, str], None]  # (the bot's name or "", the code)


async def offer_claim(app: "App", show: ShowClaim) -> None:
    """Show a new one-time code, if the bot could be claimed; an older one is void from then on."""
    if app.owners is None or not app.owners.claimable:
        return
    settings, world = app.settings, app.world
    catalog = Catalog(store=app.store, clock=world.clock, every_min=settings.polling.every_min)
    try:
        claim = await catalog.make_claim(world.dice)
    except StoreError:
        return  # whatever ails the store is told elsewhere; `berita claim` comes later
    show(await _username(app), claim.code)


async def _username(app: "App") -> str:
    telegram = app.settings.telegram
    try:
        me = await get_me_plain(app.world.web, telegram.api_base, telegram.token.get_secret_value())
    except BeritaError:
        return ""
    return me.username
