"""Dialogues about places to publish: their settings, webhooks, deliveries, whole set-ups."""

from tests.commands.chat import Chat
from tests.commands.troubles import a_channel


async def a_channels_settings(chat: Chat) -> None:
    """Looked at, set by taps and by a word, taken back."""
    place = await a_channel(chat)
    await chat.says("/channels")
    await chat.taps(f"ch:show:{place.id}:")
    for deed in ("show:{}:", "doubt:{}:", "doubt:{}:a.-", "age:{}:", "type:{}:age"):
        await chat.taps(f"cs:{deed.format(place.id)}")
    await chat.says("lusa")
    await chat.says("36h")
    change = (await chat.catalog.log())[0].id
    await chat.taps(f"cs:undo:{place.id}:{change}")


SCENES_OF_PLACES = (a_channels_settings,)
