"""Makes a Scene for whoever speaks, presses, or is to hear of something."""

from dataclasses import dataclass, replace

from aiogram import Bot
from aiogram.types import CallbackQuery, Message, User

from bot.commands.cards.scene import Scene
from bot.commands.deps import CommandDeps
from bot.commands.errands import Errands
from bot.commands.judging import Who
from bot.commands.membership import Members
from bot.commands.notices import Teller
from bot.commands.people import words_for
from bot.commands.words import Tongues, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenes:
    """What all scenes of one bot share."""

    bot: Bot
    deps: CommandDeps
    tongues: Tongues
    teller: Teller
    errands: Errands
    members: Members

    def of(self, event: Message | CallbackQuery, person: User, words: Words, who: Who) -> Scene:
        """Make the scene of somebody's own message or press."""
        pressed = event.message if isinstance(event, CallbackQuery) else None
        at = pressed.message_id if pressed is not None else None
        return self._scene(who, person.full_name, words, at)

    async def later(self, person: int, name: str = "") -> Scene:
        """Make the scene of somebody who has said nothing just now."""
        words = await words_for(self.deps.catalog.store, self.tongues, person)
        return self._scene(await self.members.who(person), name, words, None)

    def _scene(self, who: Who, name: str, words: Words, at: int | None) -> Scene:
        deps = replace(self.deps, catalog=self.deps.catalog.on_behalf_of(who.person))
        return Scene(
            bot=self.bot,
            deps=deps,
            teller=self.teller,
            errands=self.errands,
            tongues=self.tongues,
            words=words,
            person=who.person,
            name=name,
            who=who,
            at=at,
        )
