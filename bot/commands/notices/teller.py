"""The round that tells owners what they are to hear, and stewards of their channels, each once.

An intent is committed before a message leaves, and noted as told once it was taken. One whose fate
is unknown, by a restart in between or an answer not heard, is told again a minute later: a notice
may double in that one case, and is never lost. An owner who cannot be reached is tried again with
growing pauses, and at once when he speaks.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import EditMessageReplyMarkup, EditMessageText, SendMessage

from bot.commands.answers import NO_PREVIEW, CannotAnswer, edit, send
from bot.commands.deps import CommandDeps
from bot.commands.membership import Members
from bot.commands.notices.affairs import look_up
from bot.commands.notices.groups import Group, grouped
from bot.commands.notices.kinds import KINDS
from bot.commands.notices.messages import Said, compose, news_of_end, page_of
from bot.commands.notices.patience import Patience
from bot.commands.people import words_for
from bot.commands.words import Tongues, Words
from feeds.errors import BeritaError
from feeds.model import Notice, NoticeKind, Telling, Told

TELLINGS_MAX: Final = 100  # of one person in one round
SEND_MAX: Final = timedelta(seconds=60)  # one message, with its wait for the pace

log = structlog.get_logger()


class Teller:
    """Tells owners; `round` does all that is due, `refresh` brings one message up to date."""

    def __init__(self, bot: Bot, deps: CommandDeps, tongues: Tongues, *, members: Members) -> None:
        self._bot = bot
        self._deps = deps
        self._store = deps.catalog.store
        self._tongues = tongues
        self._members = members
        self._patience = Patience()
        self._shown: dict[int, Mapping[str, str]] = {}  # notice → what its messages say of it

    async def round(self) -> int:
        """Tell everybody what he is still to be told; gives how many messages were dealt with."""
        now = self._deps.clock.now()
        persons = [who for who in self._deps.owners if self._patience.is_over(who, now)]
        due = await self._store.notices_to_tell(persons, now=now, limit=TELLINGS_MAX)
        due += await self._for_stewards(set(self._deps.owners))
        by_person: dict[int, list[Telling]] = defaultdict(list)
        for each in due:
            by_person[each.person].append(each)
        done = sum([await self._tell(who, tellings) for who, tellings in by_person.items()])
        return done + await self._tell_changes()

    async def _for_stewards(self, owners: set[int]) -> list[Telling]:
        """List what stewards are still to be told: of channels that Telegram says are theirs."""
        now, due = self._deps.clock.now(), list[Telling]()
        for person, places in (await self._store.all_stewards()).items():
            if person in owners or not self._patience.is_over(person, now):
                continue
            found = await self._store.notices_to_tell(
                [person], now=now, limit=TELLINGS_MAX, among=places
            )
            due += [each for each in found if await self._concerns(person, each.notice)]
        return due

    async def _concerns(self, person: int, notice: Notice) -> bool:
        """Tell whether somebody is to hear of a notice: an owner, or who looks after its place."""
        who = await self._members.who(person)
        return who.is_owner or notice.incident.destination in who.looks_after

    def meet(self, person: int) -> None:
        """Note that an owner is there: what could not be told him is told now."""
        if self._patience.end(person):
            self._deps.ring_notices()

    def retry(self) -> None:
        """Leave nobody alone any longer: what kept messages from going out is over."""
        self._patience = Patience()
        self._deps.ring_notices()

    async def refresh(self, person: int, message_id: int) -> None:
        """Bring a message up to date; one of which nothing is known any more loses its buttons."""
        notices = await self._store.told_by(person, str(message_id))
        if notices:
            words = await words_for(self._store, self._tongues, person)
            await self._change(person, message_id, await self._said(notices, words))
        else:
            bare = EditMessageReplyMarkup(chat_id=person, message_id=message_id)
            await edit(self._bot, bare)

    async def refresh_held(self) -> None:
        """Bring up to date what owners were told of bursts that are held and not all decided."""
        for notice in await self._store.open_notices(NoticeKind.HELD):
            for person, message_id in await self._store.told_where(notice.id):
                if await self._concerns(person, notice):
                    await self.refresh(person, int(message_id))

    async def _tell_changes(self) -> int:
        """Bring up to date what tells of endpoints whose time runs out; gives how many messages.

        After a restart each is edited once more, which changes nothing.
        """
        open_now = {n.id: n for n in await self._store.open_notices(NoticeKind.ENDPOINT_FAILING)}
        self._shown = {id_: said for id_, said in self._shown.items() if id_ in open_now}
        changed = {
            id_: await self._store.told_where(id_)
            for id_, notice in open_now.items()
            if self._shown.get(id_) != notice.incident.details
        }
        missed: set[tuple[int, str]] = set()
        messages = {where for told in changed.values() for where in told}
        for person, message_id in sorted(messages):
            if person in self._deps.owners and not await self._show(person, int(message_id)):
                missed.add((person, message_id))
        for id_, told in changed.items():
            if not missed.intersection(told):
                self._shown[id_] = open_now[id_].incident.details
        return len(messages) - len(missed)

    async def _show(self, person: int, message_id: int) -> bool:
        """Bring one message up to date; False: its reader is out of reach for now."""
        if not self._patience.is_over(person, self._deps.clock.now()):
            return False
        try:
            await self.refresh(person, message_id)
        except (CannotAnswer, TimeoutError) as error:
            self._give_up(person, error)
            return False
        return True

    async def _tell(self, person: int, tellings: Sequence[Telling]) -> int:
        """Tell one person, message by message, until he turns out to be out of reach."""
        words = await words_for(self._store, self._tongues, person)
        begun_by = await self._begun_by(person, tellings)
        done = failed = 0
        for group in grouped(tellings, begun_by, now=self._deps.clock.now()):
            try:
                await self._deal_with(person, group, words)
                done += 1
            except (CannotAnswer, TimeoutError) as error:
                failed += 1
                self._give_up(person, error)
                if not isinstance(error, TelegramBadRequest):
                    break  # a bad request may be about one message; anything else is about all
            except BeritaError:
                raise  # the store: nothing can be told now
            except Exception as error:
                # One notice that cannot be told must not silence all others.
                failed += 1
                log.exception("a notice could not be made", kind=group.kind)
                self._give_up(person, error)
        if done and not failed:
            self._patience.end(person)
        return done

    def _give_up(self, person: int, error: Exception) -> None:
        pause = self._patience.fail(person, self._deps.clock.now(), error)
        why = getattr(error, "message", "") or type(error).__name__
        log.warning("an owner was not told", person=person, why=why, again_in=str(pause))

    async def _begun_by(self, person: int, tellings: Sequence[Telling]) -> dict[int, int]:
        """Find the messages that told of the begin of what is over."""
        found: dict[int, int] = {}
        for each in tellings:
            if each.what is Told.OVER:
                where = dict(await self._store.told_where(each.notice.id))
                if person in where:
                    found[each.notice.id] = int(where[person])
        return found

    async def _deal_with(self, person: int, group: Group, words: Words) -> None:
        await self._store.begin_tellings(group.tellings, now=self._deps.clock.now())
        if group.is_over:
            message_id = await self._tell_over(person, group, words)
        else:
            said = await self._said([each.notice for each in group.tellings], words)
            message_id = await self._send(person, said)
        told = None if message_id is None else str(message_id)
        now = self._deps.clock.now()
        await self._store.note_told(group.tellings, message_id=told, now=now)

    async def _tell_over(self, person: int, group: Group, words: Words) -> int | None:
        """Say in the old message how it ended, and by a new one what is good to hear at once.

        The edit comes first: to repeat it changes nothing.
        """
        if group.message_id is not None:
            notices = await self._store.told_by(person, str(group.message_id))
            await self._change(person, group.message_id, await self._said(notices, words))
        affairs = [await look_up(self._store, each.notice) for each in group.tellings]
        news = news_of_end(KINDS[group.kind], affairs, person=person, words=words)
        return None if news is None else await self._send(person, Said(text=news))

    async def _said(self, notices: Sequence[Notice], words: Words) -> Said:
        """Make a message of what is known by now."""
        shown = [await look_up(self._store, notices[at]) for at in page_of(notices)]
        return compose(KINDS[notices[0].incident.kind], notices, shown, words=words)

    async def _send(self, person: int, said: Said) -> int:
        method = SendMessage(
            chat_id=person,
            **said.text.as_kwargs(),
            link_preview_options=NO_PREVIEW,
            reply_markup=said.markup,
        )
        async with asyncio.timeout(SEND_MAX.total_seconds()):
            return (await send(self._bot, method)).message_id

    async def _change(self, person: int, message_id: int, said: Said) -> None:
        method = EditMessageText(
            chat_id=person,
            message_id=message_id,
            **said.text.as_kwargs(),
            link_preview_options=NO_PREVIEW,
            reply_markup=said.markup,
        )
        async with asyncio.timeout(SEND_MAX.total_seconds()):
            await edit(self._bot, method)
