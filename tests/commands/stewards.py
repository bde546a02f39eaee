"""People besides the owner: who was invited to a channel, and what he is in Telegram."""

import re

from feeds.model import Destination
from tests.commands.chat import CHANNEL, STRANGER, Chat
from tests.commands.troubles import a_channel

BUDI = STRANGER
OTHER = -100124


async def two_channels(chat: Chat) -> tuple[Destination, Destination]:
    """Two channels of ours; Budi is an admin of the first in Telegram."""
    first, second = await a_channel(chat), await a_channel(chat, OTHER, "Berita Kedua")
    chat.telegram.control.standing(CHANNEL, BUDI, "administrator", can_post_messages=True)
    chat.speaks("en", BUDI)
    return first, second


async def an_invitation(chat: Chat, place: Destination) -> str:
    """The owner makes one by a button of the channel's card; gives its code."""
    await chat.says("/channels")
    await chat.taps(f"ch:show:{place.id}:")
    await chat.taps(f"adm:show:{place.id}:")
    (told,) = await chat.taps(f"adm:invite:{place.id}:")
    found = re.search(r"\?start=(\S+)", told)
    assert found is not None
    return found[1]


async def a_steward(chat: Chat) -> tuple[Destination, Destination]:
    """Budi looks after the first of two channels."""
    first, second = await two_channels(chat)
    code = await an_invitation(chat, first)
    await chat.says(f"/start {code}", BUDI)
    return first, second


def is_demoted(chat: Chat) -> None:
    """Take the channel from Budi in Telegram; what was believed of him is too old by now."""
    chat.telegram.control.standing(CHANNEL, BUDI, "member")


async def admins(chat: Chat, place: Destination) -> list[int]:
    return [each.id for each in await chat.store.stewards_of(place.id)]
