"""Posts of ours seen from outside: Telegram copies a channel's posts into its discussion group.

Such a copy proves that a post arrived, whatever became of the answer to it; its absence proves
nothing. Telegram makes it, not a person: no owner is needed for it, and nothing is answered.
"""

from typing import Final

from aiogram import F, Router
from aiogram.types import Message, MessageOriginChannel

from bot.commands.border import Unanswered
from bot.commands.deps import CommandDeps
from feeds.model import Sighting

KIND: Final = "telegram"


def router(deps: CommandDeps) -> Router:
    """Make the router of copies that Telegram makes."""
    made = Router(name="sightings")
    made.message.outer_middleware(Unanswered())
    made.message.register(Watch(deps).see, F.is_automatic_forward)
    return made


class Watch:
    """Keeps what may settle a doubt."""

    def __init__(self, deps: CommandDeps) -> None:
        self._deps = deps

    async def see(self, message: Message) -> None:
        """Keep a copy of a channel's post, if a delivery to that channel is not settled."""
        deps, origin, said = self._deps, message.forward_origin, message.text or message.caption
        if not isinstance(origin, MessageOriginChannel) or not said:
            return
        if message.sender_chat is None or message.sender_chat.id != origin.chat.id:
            return  # the channel itself passed on another's post
        sighting = Sighting(message_id=str(origin.message_id), mark=deps.mark(said))
        store, now, mark_body = deps.catalog.store, deps.clock.now(), deps.mark_body
        place = str(origin.chat.id)
        if await store.sight(KIND, place, sighting, mark_body=mark_body, now=now):
            deps.ring_doubts()
