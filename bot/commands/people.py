"""In which language each person is spoken to: the one he chose, else that of his Telegram.

What he chose is the store's `Person.language`; what his Telegram said when he last spoke is a note.
"""

from collections.abc import Iterable, Mapping

from aiogram.types import User

from bot.commands.words import Tongues, Words
from feeds.errors import StoreUnavailable
from feeds.store import Store


async def remember_language(store: Store, person: int, language: str) -> None:
    """Keep the language of the Telegram of someone who has just spoken."""
    if await store.note(_name(person)) != language:
        await store.set_note(_name(person), language)


async def words_of(store: Store, tongues: Tongues, person: User) -> Words:
    """Give the words for someone who has just spoken; as his Telegram says if we cannot look."""
    try:
        chosen = await chosen_by(store, person.id)
    except StoreUnavailable:
        chosen = None
    return tongues.of(chosen or person.language_code)


async def words_for(store: Store, tongues: Tongues, person: int) -> Words:
    """Give the words for someone who may have been silent for long, or has never spoken."""
    chosen = await chosen_by(store, person)
    return tongues.of(chosen or await store.note(_name(person)))


async def chosen_by(store: Store, person: int) -> str | None:
    """Tell which language somebody chose; None: to follow his Telegram."""
    found = await store.person(person)
    return None if found is None else found.language


async def all_chosen(store: Store, people: Iterable[int]) -> Mapping[int, str | None]:
    """Tell which language each of some people chose."""
    return {person: await chosen_by(store, person) for person in people}


def _name(person: int) -> str:
    return f"language:{person}"
