"""A question that was put ends when it is answered or called off; nothing said in it is lost."""

from datetime import timedelta

import pytest

from tests.commands.chat import CHANNEL, FEED, OWNER, Chat
from tests.commands.news import rss
from tests.commands.test_links import card_number, with_channels

WORDS = f"Daily Berita 📰 Kabar terkini\n{FEED}"


async def asked(chat: Chat, what: str) -> None:
    await chat.says("/start")
    await chat.taps(f"home:{what}:0:")


async def test_done_by_link_the_question_is_over(chat: Chat) -> None:
    await asked(chat, "channel")
    await chat.until_heard(chat.telegram.control.bot(CHANNEL, "left"))
    control = chat.telegram.control
    await chat.until_heard(control.bot(CHANNEL, "administrator", by=OWNER, can_post_messages=True))
    chat.told()

    assert await chat.says("terima kasih") == ["I do not know that. All commands: /help"]
    assert await chat.says("/cancel") == ["There is nothing to cancel. What I can do: /start"]


async def test_a_cancelled_question_forgets_the_find_that_waited(chat: Chat) -> None:
    await chat.says(FEED)
    await chat.taps(f"fn:channel:{card_number(chat)}:")
    await chat.says("/cancel")
    chat.clock.at += timedelta(days=3)
    await asked(chat, "channel")

    seen = await chat.chooses(CHANNEL)

    assert seen[0] == "✅ Done: I may post in “Daily Berita”."
    assert seen[1].startswith("📢 Daily Berita")


async def test_a_channel_asked_for_anew_brings_back_no_find(chat: Chat) -> None:
    await chat.says(FEED)
    await chat.taps(f"fn:channel:{card_number(chat)}:")
    await asked(chat, "channel")

    seen = await chat.chooses(CHANNEL)

    assert seen[1].startswith("📢 Daily Berita")


async def test_cancel_takes_the_choosing_keyboard_away(chat: Chat) -> None:
    await asked(chat, "channel")

    await chat.says("/cancel")

    markup = chat.telegram.control.posts(OWNER)[-1]["markup"] or {}
    assert markup.get("remove_keyboard")


@pytest.mark.parametrize("what", ["feed", "channel"])
async def test_no_link_is_lost_in_a_wizard(what: str, chat: Chat) -> None:
    await asked(chat, what)
    links = [f"https://s{n}.example/f" for n in range(12)]

    assert await chat.says(" ".join(links)) == [
        "Please send 10 links at a time; more of them as an OPML file."
    ]

    chat.serve("s11.example", rss("Situs 11"))
    seen = await chat.says(links[11])  # the question stands
    assert seen[-1].startswith("📰 Situs 11")


@pytest.mark.parametrize("what", ["feed", "channel", None])
async def test_a_headline_shared_with_its_link_is_looked_at(what: str | None, chat: Chat) -> None:
    await with_channels(chat, CHANNEL)
    if what is not None:
        await asked(chat, what)

    seen = await chat.says(WORDS)

    assert seen[-1].startswith("📰 Daily Berita")


async def test_a_chat_named_among_words_is_not_taken_for_a_channel(chat: Chat) -> None:
    await asked(chat, "feed")

    (told,) = await chat.says("Ikuti kami: https://t.me/dailyberita")

    assert told.startswith("Can't: that is no link.")
    assert await chat.store.list_destinations() == ()


async def test_a_channel_that_threw_us_out_is_not_called_fine(chat: Chat) -> None:
    await with_channels(chat, CHANNEL)
    await chat.until_heard(chat.telegram.control.bot(CHANNEL, "kicked"))
    await asked(chat, "channel")

    (told,) = await chat.says(str(CHANNEL))

    assert told.startswith("Can't: ")
    assert "/cancel" in str(await chat.says("halo halo"))  # the question stands
