"""All commands under one roof: who may speak, what they may say, and where errors end."""

from aiogram import Router

from bot.commands import feeds, preview, start, status
from bot.commands.access import OwnersOnly
from bot.commands.border import Border
from bot.commands.deps import CommandDeps
from bot.commands.words import Tongues


def router(deps: CommandDeps, tongues: Tongues | None = None) -> Router:
    """Make a new router of every command; it asks for messages and nothing else."""
    found = tongues or Tongues(default=deps.language, time_zone=deps.time_zone)
    made = Router(name="commands")
    made.message.outer_middleware(OwnersOnly(deps, found))
    made.message.outer_middleware(Border())
    for topic in (start, feeds, preview, status):
        made.include_router(topic.router())
    made.include_router(start.last_router())
    return made
