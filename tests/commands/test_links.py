"""A link that is simply sent becomes a card, and a tap later a feed that goes somewhere."""

from typing import Any

import pytest
from aiogram.types import Update

from bot.commands.links import links_in
from bot.commands.listening import Listener
from bot.commands.rights import may
from tests.commands.chat import CHANNEL, FEED, OWNER, STRANGER, Chat
from tests.commands.news import rss
from tests.commands.troubles import hears

PAGE = (
    '<html><head><link rel="alternate" type="application/rss+xml" title="Semua" href="/feed/">'
    '<link rel="alternate" type="application/rss+xml" title="Komentar" href="/comments/">'
)
SECOND = -100124


async def with_channels(chat: Chat, *numbers: int) -> list[int]:
    for number in numbers:
        if number == SECOND:
            chat.telegram.control.channel(SECOND, "@kedua", "Kanal Kedua")
            chat.telegram.control.standing(SECOND, OWNER, "creator")
        await chat.catalog.add_destination("telegram", str(number))
    return [row.id for row in await chat.store.list_destinations()]


def buttons(chat: Chat, post: int = -1) -> list[str]:
    rows = (chat.telegram.control.posts(OWNER)[post]["markup"] or {}).get("inline_keyboard", ())
    return [each["callback_data"].removeprefix("c:") for row in rows for each in row]


def card_number(chat: Chat) -> int:
    return int(chat.telegram.control.posts(OWNER)[-1]["message_id"])


async def test_a_link_becomes_a_card_with_title_headlines_and_pace(chat: Chat) -> None:
    await with_channels(chat, CHANNEL)

    (card,) = await chat.says("berita.example/feed/")

    assert card.split("\n") == [
        "📰 Daily Berita",
        "https://berita.example/feed/",
        "• Kim Jong Un Janji Dukung Penuh Putin",
        "• Harga Beras Naik Lagi",
    ]
    assert await chat.store.list_feeds() == ()


async def test_with_one_channel_one_tap_publishes_there(chat: Chat) -> None:
    (place,) = await with_channels(chat, CHANNEL)
    await chat.says(FEED)

    (done,) = await chat.taps(f"fn:publish:{card_number(chat)}:{place}")

    assert done.startswith("✅ 1 feed goes to “Daily Berita”.\nFrom now on every new story")
    (feed,) = await chat.store.list_feeds()
    assert (feed.feed.start, feed.destinations) == (0, ("daily-berita",))


async def test_with_several_channels_one_is_chosen(chat: Chat) -> None:
    first, second = await with_channels(chat, CHANNEL, SECOND)
    await chat.says(FEED)
    at = card_number(chat)
    assert f"fn:publish:{at}:{first}" not in buttons(chat)

    await chat.taps(f"fn:choose:{at}:")
    await chat.taps(f"fn:publish:{at}:{second}")

    (feed,) = await chat.store.list_feeds()
    assert feed.destinations == ("kanal-kedua",)


async def test_without_a_channel_one_is_asked_for_and_the_card_comes_back(chat: Chat) -> None:
    await chat.says(FEED)
    at = card_number(chat)

    await chat.taps(f"fn:channel:{at}:")
    await chat.chooses(CHANNEL)

    (place,) = await chat.store.list_destinations()
    await chat.taps(f"fn:publish:{at}:{place.id}")
    (feed,) = await chat.store.list_feeds()
    assert feed.destinations == ("daily-berita",)


@pytest.mark.parametrize(("taps", "start"), [(0, 0), (1, 1), (2, 3), (3, 10), (4, None), (5, 0)])
async def test_a_feed_starts_from_now_with_its_newest_or_with_all(
    taps: int, start: int | None, chat: Chat
) -> None:
    (place,) = await with_channels(chat, CHANNEL)
    await chat.says(FEED)
    at = card_number(chat)

    for _ in range(taps):
        await chat.taps(f"fn:start:{at}:")
    await chat.taps(f"fn:publish:{at}:{place}")

    (feed,) = await chat.store.list_feeds()
    assert feed.feed.start == start


async def test_a_preview_is_the_real_post_and_goes_to_the_admin_alone(chat: Chat) -> None:
    await with_channels(chat, CHANNEL)
    await chat.says(FEED)

    (sample,) = await chat.taps(f"fn:preview:{card_number(chat)}:")

    assert sample.startswith("Kim Jong Un Janji Dukung Penuh Putin\n")
    assert chat.telegram.control.posts(CHANNEL) == []
    assert await chat.store.list_feeds() == ()


async def test_previews_are_bounded_and_more_of_them_are_refused_in_words(chat: Chat) -> None:
    await with_channels(chat, CHANNEL)
    await chat.says(FEED)
    at = card_number(chat)

    for _ in range(12):
        await chat.taps(f"fn:preview:{at}:")

    assert chat.toast == "Can't: that is a lot at once; please try again in a minute"


async def test_cancel_adds_nothing_and_the_old_card_is_over(chat: Chat) -> None:
    (place,) = await with_channels(chat, CHANNEL)
    await chat.says(FEED)
    at = card_number(chat)

    (said,) = await chat.taps(f"fn:cancel:{at}:")
    (over,) = await chat.taps(f"fn:publish:{at}:{place}")

    assert said == "All right, nothing was added."
    assert over == "This is over. Send me the link again."
    assert await chat.store.list_feeds() == ()


async def test_several_links_at_once_are_one_card_and_one_tap(chat: Chat) -> None:
    (place,) = await with_channels(chat, CHANNEL)
    chat.serve("lain.example", rss("Berita Lain"))
    chat.serve("lost.example", "gone", status=404)

    (card,) = await chat.says(f"{FEED}\nlain.example/rss https://lost.example/feed")
    await chat.taps(f"fn:publish:{card_number(chat)}:{place}")

    assert "📰 Daily Berita" in card
    assert "📰 Berita Lain" in card
    assert "⚠️ https://lost.example/feed: no feed at this address (404)" in card
    assert [row.name for row in await chat.store.list_feeds()] == ["berita-lain", "daily-berita"]


async def test_a_page_offers_the_feeds_it_names(chat: Chat) -> None:
    (place,) = await with_channels(chat, CHANNEL)
    chat.serve("page.example", PAGE)
    (card,) = await chat.says("https://page.example/")
    at = card_number(chat)
    chat.serve("page.example", rss("Komentar"))

    picked = await chat.taps(f"fn:pick:{at}:1")
    await chat.taps(f"fn:publish:{at}:{place}")

    assert card == "That is a web page, and it names 2 feeds. Which one?"
    assert picked[-1].startswith("📰 Komentar\nhttps://page.example/comments/")
    (feed,) = await chat.store.list_feeds()
    assert feed.url == "https://page.example/comments/"


WRONG = {
    "a page without a feed": ("https://page.example/", "an HTML page, not a feed"),
    "nothing there": ("https://lost.example/", "no feed at this address (404)"),
    "a private address": ("http://192.168.0.1/feed", "192.168.0.1"),
    "a file": ("file:///etc/passwd", "file: URL"),
    "another scheme": ("ftp://berita.example/", "http"),
    "no such host": ("https://nirgendwo.example/", "nirgendwo.example"),
}


@pytest.mark.parametrize(("url", "why"), WRONG.values(), ids=WRONG)
async def test_a_wrong_link_is_answered_with_the_reason_and_the_next_step(
    url: str, why: str, chat: Chat
) -> None:
    chat.serve("page.example", "<!doctype html><html><body>Halo</body></html>")
    chat.serve("lost.example", "gone", status=404)

    *_, card = await chat.says(url)

    assert card.startswith("⚠️ ")
    assert why in card
    assert card.endswith("I look for its feed there.")
    assert [each.split(":")[1] for each in buttons(chat)] == ["again", "cancel"]


async def test_look_again_looks_again(chat: Chat) -> None:
    await with_channels(chat, CHANNEL)
    chat.serve("late.example", "gone", status=404)
    await chat.says("late.example")
    chat.serve("late.example", rss("Terlambat"))

    *_, card = await chat.taps(f"fn:again:{card_number(chat)}:")

    assert card.startswith("📰 Terlambat")


async def test_eleven_links_are_too_many_for_one_message(chat: Chat) -> None:
    (told,) = await chat.says("\n".join(f"https://{n}.example/feed" for n in range(11)))

    assert told == "Please send 10 links at a time; more of them as an OPML file."


async def test_a_link_that_was_being_looked_at_when_the_bot_died_is_looked_at_again(
    chat: Chat,
) -> None:
    await with_channels(chat, CHANNEL)
    asked = chat.listener.scenes
    await chat.store.set_note("errands", f'[[{OWNER}, "look", 77]]')
    await chat.store.set_note(
        f"find:{OWNER}:77",
        f'{{"at": 77, "links": ["{FEED}"], "looked": false, "feeds": [], "offered": [],'
        ' "refused": [], "start": 0}',
    )

    anew = Listener(chat.bot, chat.deps)
    await anew.errands.take_up_again(anew.scenes.later, may)

    assert chat.told()[-1].startswith("📰 Daily Berita")
    assert await chat.store.note("errands") == "[]"
    assert asked is not anew.scenes


async def test_the_card_of_a_link_works_after_a_restart(chat: Chat) -> None:
    (place,) = await with_channels(chat, CHANNEL)
    await chat.says(FEED)
    at = card_number(chat)
    anew = Listener(chat.bot, chat.deps)

    await hears(chat, anew, "callback_query", press(f"c:fn:publish:{at}:{place}", at))

    assert [row.name for row in await chat.store.list_feeds()] == ["daily-berita"]


async def test_the_same_press_told_twice_has_one_effect(chat: Chat) -> None:
    (place,) = await with_channels(chat, CHANNEL)
    await chat.says(FEED)
    at = card_number(chat)
    update = {"update_id": 5_000_000, "callback_query": press(f"c:fn:publish:{at}:{place}", at)}

    for _ in range(2):
        await feed_raw(chat, update)

    (feed,) = await chat.store.list_feeds()
    edits = chat.telegram.control.calls("editMessageText")
    assert feed.destinations == ("daily-berita",)
    assert len(edits) == 2, "“Looking” became the card, the card became “done”"


async def test_asked_for_a_feed_what_is_no_link_is_answered_and_the_question_stands(
    chat: Chat,
) -> None:
    await chat.says("/start")
    await chat.taps("home:feed:0:")

    (wrong,) = await chat.says("halo apa kabar")
    right = await chat.says(FEED)

    assert wrong.startswith("Can't: that is no link.")
    assert right[-1].startswith("📰 Daily Berita")


async def test_the_question_for_a_feed_stands_after_a_restart(chat: Chat) -> None:
    await chat.says("/start")
    await chat.taps("home:feed:0:")
    anew = Listener(chat.bot, chat.deps)
    person = {"id": OWNER, "is_bot": False, "first_name": "Ani", "language_code": "en"}
    where = {"id": OWNER, "type": "private", "first_name": "Ani"}
    said = {"message_id": 900, "date": 1, "chat": where, "from": person, "text": FEED}

    await hears(chat, anew, "message", said)

    assert chat.told()[-1].startswith("📰 Daily Berita")
    assert await chat.store.talk(OWNER, now=chat.clock.at) is None


async def test_a_demoted_admin_publishes_nothing_by_an_old_card(chat: Chat) -> None:
    (place,) = await with_channels(chat, CHANNEL)
    await chat.says(FEED)
    chat.telegram.control.standing(CHANNEL, OWNER, "administrator", can_post_messages=False)

    await chat.taps(f"fn:publish:{card_number(chat)}:{place}")

    assert "you are no administrator of “Daily Berita”" in chat.toast
    assert await chat.store.list_feeds() == ()


async def test_who_is_no_owner_any_more_has_no_errands_taken_up_again(chat: Chat) -> None:
    await chat.says(FEED)
    await chat.store.set_note("errands", f'[[{STRANGER}, "look", {card_number(chat)}]]')
    anew = Listener(chat.bot, chat.deps)

    await anew.errands.take_up_again(anew.scenes.later, may)

    assert chat.told(STRANGER) == []
    assert await chat.store.note("errands") == "[]"


async def test_a_link_sent_too_soon_after_many_is_refused_before_anything_is_asked(
    chat: Chat,
) -> None:
    for _ in range(12):
        await chat.says(FEED)
    asked = len(chat.web.requests)

    told = await chat.says(FEED)

    assert told == ["Can't: that is a lot at once; please try again in a minute"]
    assert len(chat.web.requests) == asked


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("https://a.example/feed", ["https://a.example/feed"]),
        ("a.example", ["a.example"]),
        ("a.example/feed b.example", ["a.example/feed", "b.example"]),
        ("a.example a.example", ["a.example"]),
        ("see a.example", []),
        ("halo", []),
        ("3.14", []),
        ("", []),
        (None, []),
        ("@kanal", []),
        ("/feeds", []),
        ("x" * 3_000 + ".example", []),
    ],
)
def test_what_is_nothing_but_links_is_told_from_what_is_not(
    text: str | None, links: list[str]
) -> None:
    assert links_in(text) == links


def press(data: str, at: int) -> dict[str, Any]:
    person = {"id": OWNER, "is_bot": False, "first_name": "Ani", "language_code": "en"}
    chat = {"id": OWNER, "type": "private", "first_name": "Ani"}
    message = {"message_id": at, "date": 1, "chat": chat, "text": "?"}
    return {
        "id": "q9",
        "from": person,
        "chat_instance": "1",
        "message": message,
        "data": data,
    }


async def feed_raw(chat: Chat, update: dict[str, Any]) -> None:
    read = Update.model_validate(update, context={"bot": chat.bot})
    await chat.listener.hear(read)
    await chat.listener.until_done(read.update_id)
