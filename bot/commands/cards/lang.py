"""The card on which everybody who is heard chooses the language that the bot speaks to him."""

from dataclasses import replace
from typing import Final

from aiogram.types import InlineKeyboardButton

from bot.commands.cards.scene import Scene, Shown, Turn
from bot.commands.cards.taps import Tap, back, button
from bot.commands.menu import set_menu_of
from bot.commands.people import chosen_by, words_for
from bot.locales import LANGUAGES, name_in_itself

CARD: Final = "lang"
CHOSEN: Final = "✓ "


async def show(scene: Scene, on: int, more: str = "") -> Shown:  # noqa: ARG001  # as every card
    """Show which languages there are, and which of them was chosen."""
    words = scene.words
    chosen = await chosen_by(scene.catalog.store, scene.person)
    key = "lang.chosen" if chosen in LANGUAGES else "lang.followed"
    choices = [_choice(scene, each, name_in_itself(each), chosen) for each in LANGUAGES]
    follow = _choice(scene, None, words.label("tap.lang.follow"), chosen)
    said = words.say(key, language=name_in_itself(words.language))
    return Shown(text=said, rows=(choices, [follow], [back(words, "home")]))


async def press(scene: Scene, tap: Tap) -> Turn:
    """Speak as was chosen, from this very answer on."""
    if tap.deed != "speak" or tap.more not in ("", *LANGUAGES):
        return Turn(card=await show(scene, 0))
    spoken = await speak(scene, tap.more or None)
    return Turn(said=spoken.words.label("lang.done"), card=await show(spoken, 0))


async def speak(scene: Scene, language: str | None) -> Scene:
    """Remember which of LANGUAGES somebody chose, None: to follow his Telegram.

    Gives his scene as it is from then on. Raises StoreUnavailable.
    """
    assert language is None or language in LANGUAGES, "what is typed or pressed is checked"
    await scene.catalog.choose_language(language)
    await set_menu_of(scene.bot, scene.tongues, scene.who, language)
    words = await words_for(scene.catalog.store, scene.tongues, scene.person)
    return replace(scene, words=words)


async def place_of(scene: Scene, tap: Tap) -> int | None:  # noqa: ARG001  # as every card
    """Concern nobody but who presses."""
    return None


def _choice(
    scene: Scene, language: str | None, label: str, chosen: str | None
) -> InlineKeyboardButton:
    mark = CHOSEN if language == chosen else ""
    return button(scene.words, CARD, "speak", 0, language or "", label=f"{mark}{label}")
