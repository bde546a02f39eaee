"""All that is heard, under one roof: who may speak, what they may say, and where errors end."""

from aiogram import F, Router

from bot.commands import (
    channels,
    deciding,
    feeds,
    hooks,
    language,
    links,
    lists,
    overview,
    preview,
    sightings,
    standing,
    start,
    status,
    stewarding,
    why,
)
from bot.commands.access import KnownOnly, bearer_of, speaker_of
from bot.commands.border import Border
from bot.commands.cards import deck
from bot.commands.cards.scenes import Scenes
from bot.commands.rights import owners_alone
from bot.commands.wizards import hearing


def router(scenes: Scenes) -> Router:
    """Make a new router of all that is heard; it asks for messages, presses and own standings.

    What Telegram itself says of a chat comes first: it is nobody's wish, and gets no answer. Topics
    that the same people are heard with share a router: aiogram asks one after another, each time.
    """
    made = Router(name="chat")
    made.include_router(sightings.router(scenes.deps))
    made.include_router(standing.router(scenes))
    made.include_router(_forwards(scenes))
    made.include_router(_people(scenes))
    return made


def _forwards(scenes: Scenes) -> Router:
    """Make the router of what people forward: a post to ask about, and never a command."""
    made = why.forwards_router()
    made.message.outer_middleware(KnownOnly(scenes, whose=bearer_of))
    made.message.outer_middleware(Border())
    made.message.filter(F.forward_origin)
    return made


def _people(scenes: Scenes) -> Router:
    """Make the router of what people say and press; what is typed or tapped is judged there."""
    made = Router(name="people")
    guard, border = KnownOnly(scenes, whose=speaker_of), Border()
    for heard in (made.message, made.callback_query):
        heard.outer_middleware(guard)
        heard.outer_middleware(border)
    start.register(made)
    made.include_router(_owners())
    made.include_router(_everybody())
    return made


def _owners() -> Router:
    """Make the router of what owners alone are heard with."""
    made = Router(name="owners")
    made.message.filter(owners_alone)
    made.callback_query.filter(owners_alone)
    for topic in (feeds, hooks, lists, preview, status):
        topic.register(made)
    return made


def _everybody() -> Router:
    """Make the router of what is heard of owners and others, once no owner's command it was."""
    made = Router(name="everybody")
    for topic in (stewarding, language, deciding, channels, why, overview, deck, hearing, links):
        topic.register(made)
    for last in (deciding, start):
        last.register_last(made)
    return made
