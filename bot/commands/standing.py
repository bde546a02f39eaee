"""Our own standing in chats: one that shuts us out is parked at once, let in again it goes on.

Only chats that are destinations matter; who did it does not, and nothing is said in the chat.
"""

from typing import Final

import structlog
from aiogram import Router
from aiogram.enums import ChatType
from aiogram.types import Chat, ChatMemberMember, ChatMemberUpdated, ResultChatMemberUnion

from bot.commands.adding import may_post
from bot.commands.answers import CannotAnswer
from bot.commands.border import Unanswered, told
from bot.commands.cards.scenes import Scenes
from bot.commands.channels import hear_promoted
from bot.commands.rights import may
from feeds.errors import BeritaError, StoreError

KIND: Final = "telegram"

log = structlog.get_logger()


def router(scenes: Scenes) -> Router:
    """Make the router of our own standing."""
    made = Router(name="standing")
    made.my_chat_member.outer_middleware(Unanswered())
    made.my_chat_member.register(Standing(scenes).change)
    return made


class Standing:
    """Parks and opens a chat's destinations by what Telegram says of us."""

    def __init__(self, scenes: Scenes) -> None:
        self._scenes = scenes
        self._deps = scenes.deps
        self._teller = scenes.teller

    async def change(self, event: ChatMemberUpdated) -> None:
        """Note a new standing.

        Only a change from "may not post" to "may" opens: what was parked for another reason, a
        closed topic for one, is not mended by a promotion.
        """
        chat, now = event.chat, self._deps.clock.now()
        place, store = str(chat.id), self._deps.catalog.store
        if not lets_us_post(chat, event.new_chat_member):
            reason = self._deps.refusal(chat.type, event.new_chat_member.status)
            changed = await store.shut_out(KIND, place, reason=reason, now=now)
        elif not lets_us_post(chat, event.old_chat_member):
            self._teller.meet(chat.id)  # an owner who had blocked us is back
            changed = await store.let_in(KIND, place, now=now)
        else:
            return
        for each in changed:
            log.info("standing in a chat changed", destination=each.name, state=each.state)
        if changed:
            self._deps.ring_notices()
        elif lets_us_post(chat, event.new_chat_member) and chat.type != ChatType.PRIVATE:
            await self._offer(event)

    async def _offer(self, event: ChatMemberUpdated) -> None:
        """Take a chat in, or offer to, where somebody who may bring one has just let us post."""
        person = event.from_user
        if person.is_bot:
            return
        scene = await self._scenes.later(person.id, person.full_name)
        if not await may(scene, "talk.channel", None):
            return
        try:
            await hear_promoted(scene, event.chat.id, event.chat.title or "")
        except CannotAnswer as error:
            log.warning("an answer was not sent", why=type(error).__name__)
        except StoreError:
            raise
        except BeritaError as error:
            await scene.say(told(error, scene.words))


def lets_us_post(chat: Chat, standing: ResultChatMemberUnion) -> bool:
    """Judge a standing; in a channel only administrators post."""
    if chat.type == ChatType.CHANNEL and isinstance(standing, ChatMemberMember):
        return False
    return may_post(standing)
