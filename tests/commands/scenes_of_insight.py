"""Dialogues of who wants to know: why a story stands where it does, what waits, who did it; and
of who helps: an invitation, and what a steward sees."""

from bot.commands.membership import BELIEVED
from feeds.model import DeliveryState
from tests.commands.chat import CHANNEL, OWNER, Chat
from tests.commands.published import LINK, a_post
from tests.commands.stewards import BUDI, OTHER, an_invitation, is_demoted
from tests.commands.test_forwards import GROUP, a_group, forwards, published
from tests.commands.troubles import (
    HEADLINES,
    MINUTE,
    SEEN,
    a_channel,
    doubts,
    let_go,
    refuse,
    undecided,
    waiting,
)
from tests.store.situations import a_place, claim, send


async def why_a_story_was_published(chat: Chat) -> None:
    """By its link, then by its post; sent again, deleted, its feed paused."""
    delivery, message = await a_post(chat)
    chat.clock.at += MINUTE
    await chat.says("/why")
    await chat.says(f"/why {LINK}")
    await chat.taps(f"way:resend:{delivery}:")
    await chat.taps(f"way:show:{delivery}:")
    await chat.taps(f"way:delete:{delivery}:")
    await chat.taps(f"way:delete:{delivery}:yes")
    await chat.taps(f"way:rest:{delivery}:")
    chat.transcript.append("> (a post of the channel, forwarded)")
    await chat.until_heard(chat.telegram.control.forward(OWNER, CHANNEL, message + 1))
    chat.told()


async def a_word_of_a_post_filtered(chat: Chat) -> None:
    """A post is forwarded; a word of its title is tried, then others, and kept."""
    delivery, message = await a_post(chat)
    (row,) = await chat.store.list_routes()
    chat.transcript.append("> (a post of the channel, forwarded)")
    await chat.until_heard(chat.telegram.control.forward(OWNER, CHANNEL, message))
    chat.told()
    await chat.taps(f"fw:show:{delivery}:")
    (word,) = [data for (_, data), (_, said) in chat.phone.buttons.items() if said == "Putin"]
    await chat.taps(word.removeprefix("c:"))
    await chat.says("Kim Jong Un")
    await chat.taps(f"rf:save:{row.route.id}:")
    await chat.taps(f"fw:own:{delivery}:")
    await chat.says("/cancel")


async def posts_of_a_group(chat: Chat) -> None:
    """Of a group's post Telegram names no message: its links tell, or they are asked for."""
    kita = await a_group(chat)
    message = await published(chat, kita)
    bare = await chat.bot.send_message(GROUP, "Halo semua")
    for number in (message, bare.message_id):
        chat.transcript.append("> (a post of the group, forwarded)")
        await forwards(chat, number)


async def why_a_story_was_not_published(chat: Chat) -> None:
    """What could be: no feed of that site, not in the feed, in it by now."""
    await chat.says("/why https://lain.example/1/")
    await chat.catalog.add_feed("https://berita.example/feed/", name="daily")
    await chat.says("/why https://berita.example/77/")
    await chat.says("/why berita.example/1/")


async def what_waits_and_who_did_it(chat: Chat) -> None:
    """All that waits on one card, decided by taps; then the log, and an undo."""
    place = await a_channel(chat)
    await undecided(chat, await doubts(chat, place, HEADLINES[0]), SEEN)
    await waiting(
        chat,
        await a_channel(chat, OTHER, "Berita Kedua"),
        *HEADLINES[:2],
        hold="burst: 2 new at once",
    )
    hook = await a_place(chat.store, "mitra")
    await waiting(chat, hook, *HEADLINES[:2])
    for lane in await claim(chat.store, now=chat.clock.at):
        for parcel in lane.parcels:
            await send(chat.store, lane, DeliveryState.FAILED, parcel, now=chat.clock.at)
        await let_go(chat, lane)
    await refuse(chat)
    await chat.says("/failures")
    (burst,) = await chat.catalog.bursts()
    await chat.taps(f"fail:skip:{burst.id}:")
    await chat.taps(f"fail:all:{hook.id}:")
    await chat.taps(f"fail:all:{hook.id}:yes")
    await chat.catalog.pause_feed("feed-of-mitra")
    await chat.says("/log")
    (change, *_) = await chat.catalog.log()
    await chat.taps(f"log:undo:{change.id}:")


async def somebody_helps(chat: Chat) -> None:
    """An invitation, what its bearer sees, and what becomes of him when he is demoted."""
    first, _ = await a_channel(chat), await a_channel(chat, OTHER, "Berita Kedua")
    code = await an_invitation(chat, first)
    await chat.says(f"/start {code}", BUDI)
    chat.telegram.control.standing(CHANNEL, BUDI, "administrator", can_post_messages=True)
    chat.clock.at += BELIEVED
    await chat.says(f"/start {code}", BUDI)
    await chat.says("/start", BUDI)
    await chat.says("/channels", BUDI)
    await chat.taps(f"ch:show:{first.id}:", BUDI)
    await chat.says("/removefeed x", BUDI)
    is_demoted(chat)
    chat.clock.at += BELIEVED
    await chat.says("/channels", BUDI)
    await chat.taps(f"adm:show:{first.id}:")
    await chat.taps(f"adm:away:{first.id}:{BUDI}")


SCENES_OF_INSIGHT = (
    why_a_story_was_published,
    a_word_of_a_post_filtered,
    posts_of_a_group,
    why_a_story_was_not_published,
    what_waits_and_who_did_it,
    somebody_helps,
)
