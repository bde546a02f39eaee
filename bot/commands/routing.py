"""All that is heard, under one roof: who may speak, what they may say, and where errors end."""

from aiogram import F, Router

from bot.commands import deciding, feeds, preview, sightings, standing, start, status, why
from bot.commands.access import OwnersOnly, bearer_of, speaker_of
from bot.commands.border import Border
from bot.commands.cards import deck
from bot.commands.deps import CommandDeps
from bot.commands.notices import Teller
from bot.commands.wizards import hearing
from bot.commands.words import Tongues


def router(deps: CommandDeps, tongues: Tongues, teller: Teller) -> Router:
    """Make a new router of all that is heard; it asks for messages, presses and own standings.

    What Telegram itself says of a chat comes first: it is nobody's wish, and gets no answer.
    """
    made = Router(name="chat")
    made.include_router(sightings.router(deps))
    made.include_router(standing.router(deps, teller))
    made.include_router(_forwards(deps, tongues, teller))
    made.include_router(_owners(deps, tongues, teller))
    return made


def _forwards(deps: CommandDeps, tongues: Tongues, teller: Teller) -> Router:
    """Make the router of what owners forward: a post to ask about, and never a command."""
    made = why.forwards_router()
    made.message.outer_middleware(OwnersOnly(deps, tongues, teller, whose=bearer_of))
    made.message.outer_middleware(Border())
    made.message.filter(F.forward_origin)
    return made


def _owners(deps: CommandDeps, tongues: Tongues, teller: Teller) -> Router:
    """Make the router of what owners say and press."""
    made = Router(name="owners")
    guard, border = OwnersOnly(deps, tongues, teller, whose=speaker_of), Border()
    for heard in (made.message, made.callback_query):
        heard.outer_middleware(guard)
        heard.outer_middleware(border)
    for topic in (start, feeds, preview, status, why, deck, deciding, hearing):
        made.include_router(topic.router())
    made.include_router(start.last_router())
    return made
