"""Titles of which nothing can be seen, as a feed or a page may give them, break no card."""

import pytest

from feeds.model import PollMemory, PollRecord
from tests.builders import NOON
from tests.commands.chat import CHANNEL, Chat
from tests.commands.news import rss
from tests.commands.test_links import buttons, with_channels
from tests.store.situations import a_source

pytestmark = pytest.mark.parametrize("title", ["\u2800", "\u3164", "\u2060 \u200b"])


async def test_a_feed_with_an_unseen_title_does_not_break_its_channels_card(
    title: str, chat: Chat
) -> None:
    (place,) = await with_channels(chat, CHANNEL)
    feed = await a_source(chat.store, "hostile", to=[place])
    record = PollRecord(
        feed=feed.id, next_poll_at=NOON, next_poll_why="interval", memory=PollMemory(), title=title
    )
    await chat.store.record_polls([record], now=NOON)
    await chat.says("/channels")

    (card,) = await chat.taps(f"ch:show:{place}:")

    assert "• hostile" in card
    assert f"fd:show:{feed.id}:" in buttons(chat)
    (card,) = await chat.taps(f"fd:show:{feed.id}:")
    assert card.startswith("📰 hostile")


async def test_a_link_to_a_feed_with_an_unseen_title_is_shown_by_its_address(
    title: str, chat: Chat
) -> None:
    chat.serve("hostile.example", rss(title))

    seen = await chat.says("https://hostile.example/feed")

    assert seen[-1].startswith("📰 https://hostile.example/feed")


async def test_a_page_that_names_its_feed_by_nothing_seen(title: str, chat: Chat) -> None:
    link = f'<link rel="alternate" type="application/rss+xml" title="{title}" href="/a/">'
    chat.serve("page.example", f"<html><head>{link}")

    seen = await chat.says("https://page.example/")

    assert "1 feed" in seen[-1]
    assert any(each.startswith("fn:pick:") for each in buttons(chat))


async def test_a_channel_with_an_unseen_title_goes_by_its_name(title: str, chat: Chat) -> None:
    chat.telegram.control.channel(CHANNEL, "@dailyberita", title)
    (place,) = await with_channels(chat, CHANNEL)

    await chat.says("/channels")

    assert await chat.taps(f"ch:show:{place}:") != []
