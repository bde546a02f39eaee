"""Who somebody is: an owner, or an admin by Telegram's word, which is believed for a minute."""

from collections import OrderedDict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramBadRequest, TelegramForbiddenError

from bot.commands.adding import administers
from bot.commands.judging import Who
from bot.owners import Owners
from feeds.errors import StoreUnavailable
from feeds.model.people import Role
from feeds.ports import Clock
from feeds.store import Store

KIND: Final = "telegram"
BELIEVED: Final = timedelta(seconds=60)
KEPT_MAX: Final = 1_000  # answers; the oldest go first
CHANNELS_MAX: Final = 20  # of one steward that are asked about


class Members:
    """Knows people by what the store and Telegram say of them."""

    def __init__(
        self, bot: Bot, store: Store, clock: Clock, *, owners: Owners, allowed: Collection[int]
    ) -> None:
        self._bot = bot
        self._store = store
        self._clock = clock
        self._owners = owners
        self._allowed = frozenset(allowed)
        self._known: OrderedDict[tuple[int, int], tuple[datetime, bool]] = OrderedDict()

    async def who(self, person: int) -> Who:
        """Tell who somebody is; of channels only those count where he may post right now."""
        if person in self._owners:
            return Who(person=person, role=Role.OWNER)
        mine = {
            place: chat
            for place, chat in (await self._looked_after(person))[:CHANNELS_MAX]
            if await self.posts(chat, person)
        }
        return Who(
            person=person,
            role=Role.STEWARD if mine else Role.GUEST,
            listed=person in self._allowed,
            looks_after=frozenset(mine),
        )

    async def posts(self, chat: int, person: int) -> bool:
        """Tell whether a person may post in a chat as its admin; unheard is no."""
        now = self._clock.now()
        known = self._known.get((chat, person))
        if known is not None and timedelta(0) <= now - known[0] < BELIEVED:
            return known[1]
        try:
            may = administers(await self._bot.get_chat_member(chat_id=chat, user_id=person))
        except (TelegramBadRequest, TelegramForbiddenError):
            may = False  # the chat knows him not, or not us
        except AiogramError:
            return False  # asked again the next time
        self._known[chat, person] = (now, may)
        self._known.move_to_end((chat, person))
        while len(self._known) > KEPT_MAX:
            self._known.popitem(last=False)
        return may

    async def _looked_after(self, person: int) -> list[tuple[int, int]]:
        """List destinations and their chats; while the store cannot be read he is a stranger."""
        try:
            return await self._store.chats_looked_after(person, KIND)
        except StoreUnavailable:
            return []
