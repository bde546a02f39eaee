"""What is remembered of owners: the language that each of them last spoke."""

from bot.commands.words import Tongues, Words
from feeds.store import Store


async def remember_language(store: Store, person: int, language: str) -> None:
    """Keep the language of someone who has just spoken."""
    if await store.note(_name(person)) != language:
        await store.set_note(_name(person), language)


async def words_for(store: Store, tongues: Tongues, person: int) -> Words:
    """Give the words for someone who may have been silent for long, or has never spoken."""
    return tongues.of(await store.note(_name(person)))


def _name(person: int) -> str:
    return f"language:{person}"
