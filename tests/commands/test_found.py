"""What is said of links and lists is true, fits into one message, and bears a double tap."""

from datetime import timedelta

from tests.commands.chat import CHANNEL, FEED, OWNER, Chat
from tests.commands.news import rss
from tests.commands.test_links import SECOND, card_number, with_channels
from tests.commands.test_lists import opml

LONG = "Kabar dari daerah yang sangat jauh sekali di timur " * 2
HEADLINE = "Pemerintah menetapkan sesuatu yang sangat panjang judulnya hari ini " * 3


async def twice(chat: Chat, data: str) -> list[str]:
    """Tap a button of the newest card twice, the second time before there is an answer."""
    at = card_number(chat)
    chat.telegram.control.press(OWNER, OWNER, at, f"c:{data}")
    await chat.until_heard(chat.telegram.control.press(OWNER, OWNER, at, f"c:{data}"))
    await chat.errands_done()
    return chat.told()


async def test_what_is_said_of_a_known_feed_is_true(chat: Chat) -> None:
    _, second = sorted(await with_channels(chat, CHANNEL, SECOND))
    await chat.says(f"/addfeed {FEED} @dailyberita")
    await chat.catalog.pause_feed("daily-berita")
    await chat.catalog.pause_destination(f"{second}")
    await chat.says(FEED)
    at = card_number(chat)
    for _ in range(2):
        await chat.taps(f"fn:start:{at}:")  # the 3 newest
    await chat.taps(f"fn:choose:{at}:")

    (done,) = await chat.taps(f"fn:publish:{at}:{second}")

    assert done.split("\n") == [
        "✅ 1 feed goes to “Kanal Kedua”.",
        "⏸ “Kanal Kedua” is paused. Resume it: /channels",
        "⏸ “daily-berita” was here before and rests: nothing of it is posted until it is woken.",
    ]


async def test_of_a_new_feed_beside_a_known_one_both_are_told(chat: Chat) -> None:
    (place,) = await with_channels(chat, CHANNEL)
    await chat.says(f"/addfeed {FEED}")
    chat.serve("satu.example", rss("Satu"))
    await chat.says(f"{FEED} https://satu.example/feed")

    (done,) = await chat.taps(f"fn:publish:{card_number(chat)}:{place}")

    assert done.split("\n") == [
        "✅ 2 feeds go to “Daily Berita”.",
        "From now on every new story is posted there; nothing old is.",
        "• “daily-berita” was here before: nothing old of it is posted.",
    ]


async def test_ten_links_of_a_usual_length_are_shown(chat: Chat) -> None:
    await with_channels(chat, CHANNEL)
    for n in range(10):
        chat.serve(f"situs{n}.example", rss(LONG, HEADLINE))
    links = [f"https://situs{n}.example/feed/?kategori={'berita-nasional-' * 9}" for n in range(10)]

    seen = await chat.says("\n".join(links))

    assert seen[-1].count("📰") + int(seen[-1].partition("… and ")[2].split(" ")[0] or 0) == 10


async def test_dead_links_with_long_addresses_are_summed_up(chat: Chat) -> None:
    await with_channels(chat, CHANNEL)
    urls = [f"https://dead-{n}.example/feed?q={'x' * 450}" for n in range(12)]
    await chat.sends("feeds.opml", opml(*urls))

    seen = await chat.taps(f"om:nowhere:{card_number(chat)}:")

    assert "12 addresses" in seen[-1]
    assert "https://dead-9.example/feed" in seen[-1]
    assert "… and 2 more" in seen[-1]


async def test_a_double_tap_on_publish_does_not_hide_that_it_was_done(chat: Chat) -> None:
    (place,) = await with_channels(chat, CHANNEL)
    await chat.says(FEED)

    seen = await twice(chat, f"fn:publish:{card_number(chat)}:{place}")

    assert seen[-1].startswith("✅ 1 feed goes to “Daily Berita”.\nFrom now on every new story")


async def test_a_double_tap_on_a_list_counts_it_once(chat: Chat) -> None:
    (place,) = await with_channels(chat, CHANNEL)
    chat.serve("satu.example", rss("Satu"))
    await chat.sends("feeds.opml", opml("https://satu.example/feed", FEED))
    chat.web.places["satu.example"].latency = timedelta(milliseconds=100)

    seen = await twice(chat, f"om:to:{card_number(chat)}:{place}")

    assert seen[-1].startswith("✅ 2 feeds added.")
    assert "already" not in seen[-1]


async def test_a_tap_on_a_list_that_is_over_tells_what_came_of_it(chat: Chat) -> None:
    (place,) = await with_channels(chat, CHANNEL)
    await chat.sends("feeds.opml", opml(FEED))
    data = f"om:to:{card_number(chat)}:{place}"
    await chat.taps(data)

    await chat.taps(data)

    assert chat.telegram.control.posts(OWNER)[-1]["text"].startswith("✅ 1 feed added.")
