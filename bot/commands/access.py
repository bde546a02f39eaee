"""Who is heard: owners, and admins of channels whom they invited, each in his private chat.

Owners come from the configuration as ids: names change hands. Where it names none, whoever opens
the link of `berita claim` first is the owner. Others are known by an invitation or the allow-list,
and as long as Telegram calls them admins (`membership`). A stranger who says /start is told his own
id, once in a while, so that the operator can make him an owner; everything else is silence.
Every press of a button is judged anew, by who presses: whoever the message was once written to. In
groups and channels nobody is heard: an anonymous admin proves that he is one, and not which.
"""

import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from aiogram import BaseMiddleware
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.enums import ChatType
from aiogram.types import CallbackQuery, Message, TelegramObject, User

from bot.commands.answers import answer, toast
from bot.commands.cards import deck
from bot.commands.cards.scenes import Scenes
from bot.commands.menu import set_menu_of
from bot.commands.people import chosen_by, remember_language, words_of
from bot.commands.places import called
from bot.commands.words import Words, copyable
from feeds.errors import StoreUnavailable

# Telegram itself, "Group Anonymous Bot" and "Channel Bot" stand in for others: they prove nobody.
SERVICE_IDS: Final = frozenset({777000, 1087968824, 136817688})
GREETING_PAUSE: Final = timedelta(minutes=10)  # a stranger who keeps knocking hears nothing new
TRIES_MAX: Final = 5  # of codes, by one stranger within GREETING_PAUSE
STRANGERS_MAX: Final = 1_000  # remembered at once; the longest unheard go first
INVITES: Final = "invite-"  # how a code begins that lets its bearer look after a channel
_START: Final = re.compile(r"/start(?:@\w+)?(?:\s|$)")
_CODE: Final = re.compile(r"/start(?:@\w+)?\s+([A-Za-z0-9_-]{16,64})\s*")

log = structlog.get_logger()

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class KnownOnly(BaseMiddleware):
    """Lets known people's own messages and presses pass, with their scene."""

    def __init__(self, scenes: Scenes, *, whose: Callable[[Message], User | None]) -> None:
        self._whose = whose
        self._scenes = scenes
        self._deps = scenes.deps
        self._tongues = scenes.tongues
        self._teller = scenes.teller
        self._names: dict[int, str] = {}  # of people who are known: few
        self._greeted: OrderedDict[int, datetime] = OrderedDict()
        self._tries: OrderedDict[int, tuple[datetime, int]] = OrderedDict()

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Pass it on, greet a stranger, or do nothing at all."""
        assert isinstance(event, Message | CallbackQuery), "registered for no other"
        person = self._whose(event) if isinstance(event, Message) else presser_of(event)
        who = await self._scenes.members.who(person.id) if person is not None else None
        code = _code_in(event) if isinstance(event, Message) else None
        if (
            person is not None
            and who is not None
            and who.is_known
            and (who.is_owner or not self._is_tried(code))
        ):
            words = await self._meet(person)
            scene = self._scenes.of(event, person, words, who)
            known = {"deps": scene.deps, "words": words, "teller": self._teller, "scene": scene}
            return await handler(event, data | known)
        if self._whose is not speaker_of:
            return UNHANDLED  # whoever else wrote may be heard elsewhere
        if isinstance(event, CallbackQuery):
            await toast(event)  # an answer that says nothing: the button stops waiting
        elif person is not None and code and self._may_try(person.id):
            await self._try_code(event, person, code)
        elif person is not None and _says_start(event) and self._may_greet(person.id):
            await self._greet(event, person)
        return None

    def _is_tried(self, code: str | None) -> bool:
        """Tell whether a code may be of use to who is known: one more channel, or a bot to own."""
        return code is not None and (code.startswith(INVITES) or self._deps.owners.claimable)

    async def _meet(self, owner: User) -> Words:
        """Note that an owner is there, and the language of his Telegram; gives his words."""
        store = self._deps.catalog.store
        words = await words_of(store, self._tongues, owner)
        with suppress(StoreUnavailable):  # what he wants may still be possible
            spoken = self._tongues.of(owner.language_code)
            await remember_language(store, owner.id, spoken.language)
            if self._names.get(owner.id) != owner.full_name:  # the log names him
                await store.meet(owner.id, owner.full_name, now=self._deps.clock.now())
                self._names[owner.id] = owner.full_name
        self._teller.meet(owner.id)
        return words

    async def _greet(self, message: Message, stranger: User) -> None:
        log.info("a stranger said /start", user=stranger.id)
        words = self._tongues.of(stranger.language_code)
        await answer(message, words.say("start.stranger", user=copyable(str(stranger.id))))

    async def _try_code(self, message: Message, stranger: User, code: str) -> None:
        """Let a one-time code make him an owner; what is wrong with it is nobody's business."""
        owners, catalog = self._deps.owners, self._deps.catalog
        words = self._tongues.of(stranger.language_code)
        try:
            if code.startswith(INVITES) and not await self._may_join(message, stranger, code):
                return
            used = await catalog.use_code(
                code, stranger.id, stranger.full_name, claimable=owners.claimable
            )
            await owners.load(catalog.store)
        except StoreUnavailable:
            await answer(message, words.say("start.later"))
            return
        log.info("a code was tried", user=stranger.id, good=used is not None)
        if used is None:
            await answer(message, words.say("start.void"))
            return
        words = await self._meet(stranger)
        who = await self._scenes.members.who(stranger.id)
        scene = self._scenes.of(message, stranger, words, who)
        if used.destination is not None:
            await answer(message, words.say("start.joined"))
        else:
            await answer(message, words.say("start.claimed"))
            await deck.show(scene, "home")
        chosen = await chosen_by(catalog.store, stranger.id)
        await set_menu_of(self._scenes.bot, self._tongues, who, chosen)

    async def _may_join(self, message: Message, stranger: User, code: str) -> bool:
        """Let Telegram say whether the bearer of an invitation is an admin there; else it stays."""
        place = await self._deps.catalog.invited_to(code)
        if place is None:
            return True  # a void code is answered as any other
        chat = int(place.address.partition("/")[0])
        if await self._scenes.members.posts(chat, stranger.id):
            return True
        words = self._tongues.of(stranger.language_code)
        await answer(message, words.say("start.no_admin", place=called(place)))
        return False

    def _may_try(self, stranger: int) -> bool:
        """Bound the tries: a code has 128 bits, and guessing costs us a look at the store."""
        now = self._deps.clock.now()
        begun_at, tries = self._tries.get(stranger, (now, 0))
        if now - begun_at >= GREETING_PAUSE:
            begun_at, tries = now, 0
        self._tries[stranger] = (begun_at, tries + 1)
        self._tries.move_to_end(stranger)
        while len(self._tries) > STRANGERS_MAX:
            self._tries.popitem(last=False)
        return tries < TRIES_MAX

    def _may_greet(self, stranger: int) -> bool:
        now = self._deps.clock.now()
        last_at = self._greeted.get(stranger)
        if last_at is not None and now - last_at < GREETING_PAUSE:
            return False
        self._greeted[stranger] = now
        self._greeted.move_to_end(stranger)
        while len(self._greeted) > STRANGERS_MAX:
            self._greeted.popitem(last=False)
        return True


def speaker_of(message: Message) -> User | None:
    """Tell who wrote a private message in his own words; None where that is not beyond doubt.

    A forwarded message, or one made by another bot, is someone else's words in this person's hand.
    """
    if message.forward_origin is not None or message.via_bot is not None:
        return None
    return _writer_of(message)


def bearer_of(message: Message) -> User | None:
    """Tell who forwarded a message to the bot in private: what it says is not his word."""
    return _writer_of(message) if message.forward_origin is not None else None


def _writer_of(message: Message) -> User | None:
    user = message.from_user
    if message.chat.type != ChatType.PRIVATE or user is None or user.id != message.chat.id:
        return None
    if user.is_bot or user.id in SERVICE_IDS or message.sender_chat is not None:
        return None
    return user


def presser_of(query: CallbackQuery) -> User | None:
    """Tell who pressed a button in his own private chat; None where that is not beyond doubt."""
    user, message = query.from_user, query.message
    if user.is_bot or user.id in SERVICE_IDS or message is None:
        return None
    if message.chat.type != ChatType.PRIVATE or message.chat.id != user.id:
        return None
    return user


def _code_in(message: Message) -> str | None:
    found = _CODE.fullmatch(message.text or "")
    return found[1] if found else None


def _says_start(message: Message) -> bool:
    return bool(_START.match(message.text or ""))
