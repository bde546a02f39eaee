"""Dialogues about places to publish: their settings, webhooks, deliveries, whole set-ups."""

import json

from feeds.model import DeliveryState
from tests.builders import NOON
from tests.commands.chat import CHANNEL, FOREIGN, OWNER, Chat
from tests.commands.published import a_post
from tests.commands.troubles import a_channel, given_up, waiting


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


async def deliveries_and_a_replay(chat: Chat) -> None:
    """All of them, those that failed, the way of one; then what a place was given up, once more."""
    place = await a_channel(chat)
    await a_post(chat)
    await given_up(chat, place, "Harga Beras Naik Lagi di Jakarta")
    await waiting(chat, place, "Gempa Guncang Maluku")
    await chat.says("/deliveries")
    failed = (await chat.store.list_deliveries(state=DeliveryState.FAILED))[0].id
    for data in ("dl:show:0:f0", f"way:show:{failed}:dlf0.0", "dl:show:0:f0"):
        await chat.taps(data)
    await chat.says("/channels")
    for data in ("ch:show:{}:", "dl:show:{}:w0", "ch:show:{}:", "ra:show:{}:", "ra:ask:{}:72"):
        await chat.taps(data.format(place.id))
    await chat.taps(f"ra:go:{place.id}:72")


async def a_set_up_by_file(chat: Chat) -> None:
    """Refused while it is none, told, taken in as far as it may be, known the next time."""
    urls = ("https://satu.example/rss", "javascript:alert(1)")
    whole = {
        "berita": 1,
        "feeds": [{"url": url, "name": f"feed-{no}"} for no, url in enumerate(urls)] + [{}],
        "destinations": [
            {"name": "kanal", "kind": "telegram", "address": str(CHANNEL)},
            {"name": "lain", "kind": "telegram", "address": str(FOREIGN)},
            {"name": "obrolan", "kind": "discord"},
        ],
        "routes": [{"feed": "feed-0", "destination": name} for name in ("kanal", "lain")],
    }
    await chat.sends("berita.json", b"{}")
    for _ in range(2):
        await chat.sends("berita.json", json.dumps(whole).encode())
        at = chat.telegram.control.posts(OWNER)[-1]["message_id"]
        await chat.taps(f"bd:take:{at}:")
    await chat.taps(f"bd:take:{at}:")
    await chat.says("/export json")


SCENES_OF_PLACES = (
    a_channels_settings,
    a_webhook_by_its_url,
    deliveries_and_a_replay,
    a_set_up_by_file,
)
