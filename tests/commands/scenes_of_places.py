"""Dialogues about places to publish: their settings, webhooks, deliveries, whole set-ups."""

from tests.builders import NOON
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


async def a_webhook_by_its_url(chat: Chat) -> None:
    """Refused while it is wrong, asked about where it may be two things; its secret shown."""
    await chat.says("/channels")
    await chat.taps("chs:hook:0:")
    await chat.says("http://partner.example/hook")
    await chat.says("https://discord.com/channels/1/2")
    await chat.says("https://chat.example/hooks/9f86d081884c7d65")
    await chat.taps("wh:as:0:mattermost")
    await chat.says("/addwebhook https://partner.example/hook")
    place = await chat.catalog.destination("partner-example")
    await chat.store.set_secret(place.id, "whsec_Y29udG9o", now=NOON)
    await chat.taps(f"cs:show:{place.id}:")
    for deed in ("tell", "hide", "show"):
        await chat.taps(f"sec:{deed}:{place.id}:")
    for deed in ("show:{}:", "events:{}:", "events:{}:5.1"):
        await chat.taps(f"cs:{deed.format(place.id)}")


SCENES_OF_PLACES = (a_channels_settings, a_webhook_by_its_url)
