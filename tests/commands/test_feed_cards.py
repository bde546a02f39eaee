"""The card of a feed: it rests and goes on as one says, shows itself, and ends in words."""

import pytest

from tests.commands.chat import CHANNEL, FEED, INTERVAL, Chat
from tests.commands.first_story import poll
from tests.commands.news import rss
from tests.commands.test_links import SECOND, with_channels

OLD = ("Dua", "Satu")
MISSED = ("Enam", "Lima", "Empat", "Tiga")


async def a_feed(chat: Chat) -> int:
    """One that goes to a channel, was polled, and whose card is open."""
    await with_channels(chat, CHANNEL)
    chat.serve("berita.example", rss("Daily Berita", *OLD))
    await chat.says(f"/addfeed {FEED} daily-berita")
    await poll(chat)
    await chat.says("/start")
    await chat.taps("fds:show:0:")
    (row,) = await chat.store.list_feeds()
    await chat.taps(f"fd:show:{row.id}:")
    return row.id


async def waiting(chat: Chat) -> list[str | None]:
    return [row.title for row in reversed(await chat.store.list_deliveries(limit=100))]


GOING_ON = {
    "catching up": ("all", ["Tiga", "Empat", "Lima", "Enam"]),
    "with the newest three": ("3", ["Empat", "Lima", "Enam"]),
    "skipping": ("0", []),
}


@pytest.mark.parametrize(("how", "published"), GOING_ON.values(), ids=GOING_ON)
async def test_what_came_while_it_rested_is_published_as_one_says(
    how: str, published: list[str], chat: Chat
) -> None:
    feed = await a_feed(chat)
    await chat.taps(f"fd:pause:{feed}:")
    chat.clock.at += INTERVAL * 2
    chat.serve("berita.example", rss("Daily Berita", *MISSED, *OLD))
    await poll(chat)
    assert await waiting(chat) == [], "it rests"

    (asked,) = await chat.taps(f"fd:resume:{feed}:")
    (card,) = await chat.taps(f"fd:resuming:{feed}:{how}")
    await poll(chat)

    assert asked == "“Daily Berita” has rested. What about the stories that came meanwhile?"
    assert "🟢 every 15 minutes" in card
    assert await waiting(chat) == published


@pytest.mark.parametrize(("how", "_"), GOING_ON.values(), ids=GOING_ON)
async def test_whatever_was_skipped_the_next_new_story_goes_out_once(
    how: str, _: list[str], chat: Chat
) -> None:
    feed = await a_feed(chat)
    await chat.taps(f"fd:pause:{feed}:")
    chat.serve("berita.example", rss("Daily Berita", *MISSED, *OLD))
    await chat.taps(f"fd:resume:{feed}:")
    await chat.taps(f"fd:resuming:{feed}:{how}")
    await poll(chat)
    chat.clock.at += INTERVAL * 2

    chat.serve("berita.example", rss("Daily Berita", "Tujuh", *MISSED, *OLD))
    await poll(chat)

    assert (await waiting(chat)).count("Tujuh") == 1


async def test_the_card_shows_where_it_goes_and_its_newest_headlines(chat: Chat) -> None:
    feed = await a_feed(chat)
    chat.clock.at += INTERVAL * 2
    chat.serve("berita.example", rss("Daily Berita", *MISSED, *OLD))
    await poll(chat)

    (card,) = await chat.taps(f"fd:show:{feed}:")

    assert card.split("\n") == [
        "📰 Daily Berita",
        FEED,
        "🟢 every 15 minutes · daily-berita",
        "→ Daily Berita",
        "• Enam",
        "• Lima",
        "• Empat",
    ]


async def test_a_preview_comes_to_the_admin_alone(chat: Chat) -> None:
    feed = await a_feed(chat)

    (sample,) = await chat.taps(f"fd:preview:{feed}:")

    assert sample.startswith("Dua\n")
    assert chat.telegram.control.posts(CHANNEL) == []


async def test_a_feed_goes_to_one_more_channel(chat: Chat) -> None:
    feed = await a_feed(chat)
    await with_channels(chat, SECOND)
    second = next(
        row.id for row in await chat.store.list_destinations() if row.name != "daily-berita"
    )

    await chat.taps(f"fd:choose:{feed}:")
    (card,) = await chat.taps(f"fd:to:{feed}:{second}")

    assert "→ Daily Berita\n→ Kanal Kedua" in card
    assert chat.toast == "Its new stories go to “Kanal Kedua” now."


async def test_a_feed_is_removed_after_one_more_question(chat: Chat) -> None:
    feed = await a_feed(chat)

    (sure,) = await chat.taps(f"fd:remove:{feed}:")
    (removed,) = await chat.taps(f"fd:removing:{feed}:")

    assert sure.startswith("Remove “Daily Berita”? What waits of it is dropped")
    assert removed == f"“Daily Berita” is removed. To add it again: {FEED}"
    assert await chat.store.list_feeds() == ()


@pytest.mark.parametrize("deed", ["pause:{}:", "resuming:{}:all", "preview:{}:", "removing:{}:"])
async def test_a_removed_feeds_card_says_so_and_what_to_do(deed: str, chat: Chat) -> None:
    feed = await a_feed(chat)
    await chat.taps(f"fd:pause:{feed}:")
    for each in ("resume", "remove"):
        await chat.taps(f"fd:{each}:{feed}:")
        await chat.taps(f"fd:show:{feed}:")
    await chat.catalog.resume_feed("daily-berita")
    await chat.taps(f"fd:show:{feed}:")
    await chat.catalog.remove_feed("daily-berita")

    (said,) = await chat.taps(f"fd:{deed.format(feed)}")

    assert said == "This feed was removed. Send me its link to add it again: it repeats nothing."


async def test_two_who_press_one_card_see_it_as_it_is_by_now(chat: Chat) -> None:
    feed = await a_feed(chat)
    await chat.catalog.pause_feed("daily-berita")  # somebody else did, elsewhere

    (card,) = await chat.taps(f"fd:pause:{feed}:")

    assert "⏸" in card
    (row,) = await chat.store.list_feeds()
    assert row.feed.state == "paused"
