"""Hears what admins say: long polls, each person in his turn, through whatever Telegram does.

aiogram's own `start_polling` starts tasks of its own, gives up at a first 401 and writes a line at
every try; so the loop is ours, and its Dispatcher does the rest.
"""

import asyncio
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any, Final

import structlog
from aiogram import Bot, Dispatcher
from aiogram.exceptions import ClientDecodeError, TelegramConflictError
from aiogram.methods import GetUpdates, Response
from aiogram.types import Message, ResultChatMemberUnion, TelegramObject, Update, User
from pydantic import ValidationError

from bot.commands.cards.scenes import Scenes
from bot.commands.cutting_off import tell_all_cut_off, tell_cut_off
from bot.commands.deps import CommandDeps
from bot.commands.errands import Errands
from bot.commands.errands.works import WORKS
from bot.commands.incident import INTERNAL, PAUSE_FIRST, SECOND, Incident, cause_of
from bot.commands.membership import Members
from bot.commands.menu import set_menu
from bot.commands.notices import Teller
from bot.commands.once import OncePerUpdate
from bot.commands.people import all_chosen, words_of
from bot.commands.reasons import sentences
from bot.commands.rights import may
from bot.commands.rivalry import Rivalry, is_rival
from bot.commands.routing import router
from bot.commands.throttle import DEEDS_MAX, Throttle, Unhurried, asker_of
from bot.commands.turns import Turns
from bot.commands.words import Tongues
from bot.health import STALLED_AFTER, BeatSign
from feeds.errors import StoreError
from feeds.model.people import Taken

POLL_SECONDS: Final = 25  # one long poll; Telegram takes up to 50
ANSWER_SECONDS: Final = 10  # on top, for the answer to arrive
HANDLING_MAX: Final = timedelta(seconds=120)  # one update, with its looks and answers

log = structlog.get_logger()


class Listener:
    """The bot's ears: `run` listens until cancelled, `sign` shows whether it lives.

    `teller` tells owners what they did not ask for; what they press under it is heard here.
    """

    def __init__(
        self,
        bot: Bot,
        deps: CommandDeps,
        *,
        pause_first: timedelta = PAUSE_FIRST,
        deeds_max: int = DEEDS_MAX,
    ) -> None:
        self._bot = bot
        self._clock = deps.clock
        self._tongues = Tongues(default=deps.language, time_zone=deps.time_zone)
        self._dispatcher = Dispatcher(disable_fsm=True)
        store = deps.catalog.store
        members = Members(bot, store, deps.clock, owners=deps.owners, allowed=deps.allowed)
        throttle = Throttle(deeds_max)
        self._unhurried = Unhurried(
            throttle, self._tongues, deps.clock, store=store, members=members
        )
        self._once, self._turns = OncePerUpdate(store, deps.clock), Turns()
        self.teller = Teller(bot, deps, self._tongues, members=members)
        self.errands = Errands(WORKS, store=store, clock=deps.clock)
        self.scenes = Scenes(
            bot=bot,
            deps=deps,
            tongues=self._tongues,
            teller=self.teller,
            errands=self.errands,
            members=members,
        )
        self._dispatcher.include_router(router(self.scenes))
        self._asking = GetUpdates(
            timeout=POLL_SECONDS, allowed_updates=self._dispatcher.resolve_used_update_types()
        )
        self._incident = Incident(pause_first)
        sentences()  # read from their catalogue now: the first reason told waits for no file
        self._rivalry, self._give_up = Rivalry(), deps.give_up
        self._menu_is_due, self._menu_is_set = True, False
        self._rounds = 0
        self._all_told = True  # who is to hear that a stop cut his wish off
        self._alive_at: datetime | None = None

    async def run(self) -> None:
        """Listen until cancelled, which ends even a poll under way at once.

        Ends by itself where another program listened with this token before us.
        """
        _keep_models()
        async with self.errands.beside(), self._turns.beside():
            await self._take_up_errands()
            self._all_told = await tell_all_cut_off(self.scenes)
            await self._listen()

    async def _take_up_errands(self) -> None:
        try:
            await self.errands.take_up_again(self.scenes.later, may)
        except StoreError as error:
            log.warning("errands of an earlier run are lost", why=str(error))

    async def _listen(self) -> None:
        while True:
            try:
                self._rivalry.begin(now=self._clock.now())
                await self._set_menu()
                updates = await self._ask()
            except Exception as error:  # noqa: BLE001  # a beat of its own; `_rest` logs it
                if self._came_second(error):
                    self._give_up(SECOND)
                    return
                await self._rest(error)
            else:
                self._heard()
                await self._tell_the_rest()
                for update in updates:
                    await self._hear(update)

    async def hear(self, update: Update) -> None:
        """Hear one update, once; what somebody waits for is done in his turn, the rest at once."""
        await self._unhurried(self._take_up, update, {})

    async def until_done(self, update: int) -> None:
        """Wait until nothing is under way about an update that was heard."""
        await self._turns.over(update)

    def sign(self) -> BeatSign:
        """Show what health is judged by."""
        cause = self._incident.cause
        poll = timedelta(seconds=POLL_SECONDS + ANSWER_SECONDS)
        return BeatSign(
            name="commands",
            rounds=self._rounds,
            alive_at=self._alive_at,
            quiet_max=poll + HANDLING_MAX + STALLED_AFTER,
            trouble=cause.text if cause else None,
        )

    async def _ask(self) -> list[Update]:
        """Poll once; an answer that cannot be read as a whole is read update by update."""
        try:
            updates = await self._bot(self._asking, request_timeout=POLL_SECONDS + ANSWER_SECONDS)
        except ClientDecodeError as error:
            raw = _raw_updates(error.data)
            if raw is None:
                raise
            updates = [found for each in raw if (found := self._read(each)) is not None]
        self._rounds += 1
        self._alive_at = self._clock.now()
        return updates

    def _read(self, raw: dict[str, Any]) -> Update | None:
        """Read one update; one that our aiogram does not understand is passed over for good."""
        try:
            return Update.model_validate(raw, context={"bot": self._bot})
        except ValidationError:
            log.warning("an update was passed over: it cannot be read", update=raw["update_id"])
            self._asking.offset = raw["update_id"] + 1
            return None

    async def _hear(self, update: Update) -> None:
        try:
            await self.hear(update)
        except Exception:
            # Whatever one update meets, the next one is heard.
            log.exception("an update was not heard", update=update.update_id)
        self._asking.offset = max(self._asking.offset or 0, update.update_id + 1)

    async def _take_up(self, update: TelegramObject, _data: object) -> None:
        """Take it up before Telegram is told so: what a stop cuts off from then on is known."""
        assert isinstance(update, Update), "heard as one"
        whose = asker_of(update)
        taken = await self._once.take_up(update.update_id, whose.id if whose is not None else None)
        if taken is Taken.BEFORE:
            return
        if whose is None:
            await self._handle(update)  # nobody's wish: done again where it was cut off
        elif taken is Taken.CUT_OFF:
            await self._end(update, cut_off=whose)
        else:
            await self._turns.take(whose.id, update.update_id, partial(self._handle, update, whose))

    async def _handle(self, update: Update, whose: User | None = None) -> None:
        cut_off = None
        try:
            async with asyncio.timeout(HANDLING_MAX.total_seconds()):
                await self._dispatcher.feed_update(self._bot, update)
        except Exception as error:
            # As above; a handler's own errors end at the border.
            log.exception("an update was not handled", update=update.update_id)
            cut_off = whose if isinstance(error, TimeoutError) else None
        await self._end(update, cut_off=cut_off)

    async def _end(self, update: Update, *, cut_off: User | None) -> None:
        try:
            if cut_off is not None:
                store = self.scenes.deps.catalog.store
                words = await words_of(store, self._tongues, cut_off)
                await tell_cut_off(self.scenes, cut_off.id, words)
            await self._once.done(update.update_id)
        except StoreError as error:
            log.warning("an update may count as cut off", why=str(error))

    def _came_second(self, error: Exception) -> bool:
        if not isinstance(error, TelegramConflictError) or not is_rival(error.message):
            return False
        return self._rivalry.lose(now=self._clock.now())

    async def _rest(self, error: Exception) -> None:
        cause = cause_of(error)
        if self._incident.note(cause):
            fault = error if cause.kind == INTERNAL else None
            log.error("commands are not heard", kind=cause.kind, why=cause.text, exc_info=fault)
        await asyncio.sleep(self._incident.pause().total_seconds())

    async def _tell_the_rest(self) -> None:
        """Tell who could not be told of a wish cut off, now that Telegram answers the first time.

        From now on wishes are taken up here: what is not done may just be under way.
        """
        if not self._all_told:
            self._all_told = True
            await tell_all_cut_off(self.scenes)

    def _heard(self) -> None:
        tries = self._incident.tries
        if self._incident.end():
            log.info("commands are heard again", tries=tries)
            self._menu_is_due = not self._menu_is_set

    async def _set_menu(self) -> None:
        """Set it once: at the start, else after the next trouble that ends."""
        if self._menu_is_due:
            self._menu_is_due = False
            deps = self.scenes.deps
            try:
                owners = await all_chosen(deps.catalog.store, deps.owners)
            except StoreError as error:
                log.warning("the menu of commands was not set", why=str(error))
                return
            self._menu_is_set = await set_menu(self._bot, self._tongues, owners)


async def listen(bot: Bot, deps: CommandDeps) -> None:
    """Listen to admins until cancelled; raises nothing that the world does."""
    await Listener(bot, deps).run()


@cache
def _keep_models() -> tuple[type, ...]:
    """Hold on to the models of the answers we get.

    pydantic forgets a generic model that nobody holds, and aiogram would have it made anew at every
    call, which takes 20 ms.
    """
    answers = (Response[list[Update]], Response[Message], Response[bool])
    return (*answers, Response[ResultChatMemberUnion])


def _raw_updates(data: object) -> list[dict[str, Any]] | None:
    """Find the updates in an answer as JSON; None if it holds none that have a number."""
    found = data.get("result") if isinstance(data, dict) and data.get("ok") is True else None
    if not isinstance(found, list) or not found:
        return None
    numbered = [e for e in found if isinstance(e, dict) and isinstance(e.get("update_id"), int)]
    return numbered if len(numbered) == len(found) else None
