"""/why and forwarded posts: the way of a story, and what can still be done about it."""

from datetime import timedelta

import pytest

from feeds.model import DeliveryState, FeedState, SeenKeys
from tests.commands.chat import CHANNEL, OWNER, STRANGER, Chat, open_chat
from tests.commands.news import rss
from tests.commands.published import LINK, TITLE, a_new_story, a_post, found
from tests.commands.troubles import a_channel, a_doubt
from tests.store.situations import a_place, a_poll, a_source, claim, send, states

SENT, WAITING = DeliveryState.SENT, DeliveryState.WAITING
DROPPED, HELD = DeliveryState.DROPPED, DeliveryState.HELD
GONE_POST = 9_999


async def forwards(
    chat: Chat, message: int, user: int = OWNER, channel: int = CHANNEL
) -> list[str]:
    await chat.until_heard(chat.telegram.control.forward(user, channel, message))
    return chat.told(user)


async def test_a_link_tells_the_way_stage_by_stage_in_the_command_lines_order(chat: Chat) -> None:
    await a_post(chat)

    (told,) = await chat.says(f"/why {LINK}?utm_source=x")

    lines = told.split("\n")
    assert lines[0] == TITLE
    assert [line[:1] for line in lines[1:4]] == ["🔎", "🧭", "📥"]
    assert "its link was new" in lines[1]
    assert "daily-berita → daily-berita" in lines[2]
    assert "number 1" in lines[3]
    assert "try 1 – sent, status 200" in lines[4]
    assert lines[-3:-1][0].startswith("✅ Sent")
    assert lines[-1] == "It has arrived."


async def test_a_story_is_found_by_its_id_its_number_and_its_posts_own_link(chat: Chat) -> None:
    delivery, message = await a_post(chat)
    told = await chat.store.delivery_story(delivery)
    assert told is not None
    assert told.story is not None
    inside = str(CHANNEL).removeprefix("-100")
    ways = (told.story.story_id, f"#{delivery}", f"https://t.me/c/{inside}/{message}")

    answers = [await chat.says(f"/why {way}") for way in ways]

    assert [answer[0].split("\n")[0] for answer in answers] == [TITLE] * 3


async def test_a_post_is_found_by_its_public_link(chat: Chat) -> None:
    chat.telegram.control.channel(CHANNEL, "@dailyberita", "Daily Berita")
    await a_post(chat)
    chat.telegram.backend.chats.find(CHANNEL).username = "dailyberita"

    (told,) = await chat.says("/why t.me/dailyberita/1")

    assert told.startswith(TITLE)


async def test_a_forwarded_post_tells_its_way(chat: Chat) -> None:
    _, message = await a_post(chat)

    (told,) = await forwards(chat, message)

    assert told.startswith(TITLE)


async def test_a_forwarded_post_that_is_not_ours_says_what_could_be(chat: Chat) -> None:
    await a_post(chat)

    (told,) = await forwards(chat, GONE_POST)

    assert told.startswith("I did not send that post")
    assert "/why LINK" in told


async def test_a_story_in_several_places_is_offered_place_by_place(chat: Chat) -> None:
    first, second = await a_channel(chat), await a_channel(chat, -100124, "Berita Kedua")
    feed = await a_source(chat.store, "daily-berita", to=[first.id, second.id])
    await chat.store.record_polls([a_poll(feed, a_new_story())], now=chat.clock.at)

    (told,) = await chat.says(f"/why {LINK}")
    rows = await chat.store.list_deliveries()
    (way,) = await chat.taps(f"way:show:{rows[0].id}:")

    assert told == f"“{TITLE}” went to 2 places. Which one?"
    assert way.startswith(TITLE)


async def test_a_story_that_went_nowhere_says_so(chat: Chat) -> None:
    await found(chat, None, a_new_story())

    (told,) = await chat.says(f"/why {LINK}")

    assert told.startswith("I know this story, but its feed went nowhere")


async def test_what_was_there_before_says_so(chat: Chat) -> None:
    await chat.catalog.add_feed("https://berita.example/feed/", name="daily")
    feed = await chat.catalog.feed("daily")
    seen = SeenKeys(keys=a_new_story().keys)
    await chat.store.record_polls([a_poll(feed, seen=(seen,))], now=chat.clock.at)

    (told,) = await chat.says(f"/why {LINK}")

    assert told.startswith("daily showed this before")


async def test_an_unknown_link_is_looked_for_in_the_feeds_of_its_site(chat: Chat) -> None:
    await chat.catalog.add_feed("https://berita.example/feed/", name="daily")
    chat.serve("berita.example", rss("Daily Berita", "Satu"))

    (has,) = await chat.says("/why https://berita.example/1/")
    (lacks,) = await chat.says("/why https://berita.example/77/")
    chat.serve("berita.example", "gone", status=500)
    (silent,) = await chat.says("/why https://berita.example/77/")
    await chat.catalog.pause_feed("daily")
    (rests,) = await chat.says("/why https://berita.example/77/")

    assert "daily has it right now" in has
    assert "daily does not have it now" in lacks
    assert "Perhaps the feed names it by another link" in lacks
    assert "daily does not answer now" in silent
    assert "daily rests" in rests


async def test_a_link_of_a_site_without_a_feed_says_how_to_add_one(chat: Chat) -> None:
    (told,) = await chat.says("/why https://lain.example/1/")

    assert "None of my feeds is from lain.example" in told
    assert "/addfeed https://lain.example/" in told


@pytest.mark.parametrize("asked", ["", " a b", " http://[::1", " #999", " sty_" + "0" * 22])
async def test_what_cannot_be_asked_is_answered_with_the_next_step(asked: str, chat: Chat) -> None:
    (told,) = await chat.says(f"/why{asked}")

    assert len(told) > 20


async def test_in_indonesian_the_way_is_told_in_indonesian(tmp_path: object) -> None:
    async with open_chat(tmp_path, language="id") as chat:  # type: ignore[arg-type]
        await a_post(chat)
        (told,) = await chat.says(f"/why {LINK}")

    assert "tautannya baru" in told
    assert told.endswith("Sudah sampai.")


async def test_a_waiting_one_is_dropped_and_sent_after_all_by_taps(chat: Chat) -> None:
    delivery = await found(chat, await a_channel(chat), a_new_story())
    await chat.says(f"/why {LINK}")

    (dropped,) = await chat.taps(f"way:drop:{delivery}:")
    (again,) = await chat.taps(f"way:retry:{delivery}:")

    assert "🗑 Not sent: an admin did not want it" in dropped
    assert "⏳ Waits to be sent" in again
    assert chat.toast == "It goes out again."
    logged = [(line.change.what, line.change.person) for line in await chat.catalog.log()]
    assert logged == [("delivery.retry", OWNER), ("delivery.drop", OWNER)]


async def test_a_doubt_is_settled_from_its_way(chat: Chat) -> None:
    delivery = await a_doubt(chat)
    (told,) = await chat.says(f"/why {delivery}")

    await chat.taps(f"way:confirm:{delivery}:")

    assert "🚫" in told, "what was looked for is told"
    assert await states(chat.store) == [SENT]


async def test_sending_again_warns_first_that_it_doubles(chat: Chat) -> None:
    delivery, message = await a_post(chat)
    await forwards(chat, message)

    (asked,) = await chat.taps(f"way:resend:{delivery}:")
    assert await states(chat.store) == [SENT]
    (told,) = await chat.taps(f"way:resend:{delivery}:yes")

    assert "readers see it twice" in asked
    assert "⏳ Waits to be sent" in told
    assert await states(chat.store) == [WAITING]


async def test_a_post_is_deleted_from_the_channel_after_a_question(chat: Chat) -> None:
    delivery, message = await a_post(chat)
    await forwards(chat, message)
    await chat.taps(f"way:delete:{delivery}:")

    (told,) = await chat.taps(f"way:delete:{delivery}:yes")

    assert chat.telegram.posts(CHANNEL) == []
    assert "an admin deleted the post" in told
    assert await states(chat.store) == [SENT], "that it was sent stays true"


async def test_a_post_that_is_gone_already_is_deleted_all_the_same(chat: Chat) -> None:
    delivery, message = await a_post(chat)
    await forwards(chat, message)
    await chat.taps(f"way:delete:{delivery}:")
    chat.telegram.backend.chats.find(CHANNEL).posts.clear()

    await chat.taps(f"way:delete:{delivery}:yes")

    assert chat.toast == "The post is deleted."


async def test_a_post_that_may_not_be_deleted_says_what_to_do(chat: Chat) -> None:
    delivery, message = await a_post(chat)
    await forwards(chat, message)
    await chat.taps(f"way:delete:{delivery}:")
    chat.telegram.control.fault(
        "answer",
        method="deleteMessage",
        code=400,
        description="Bad Request: message can't be deleted",
    )

    await chat.taps(f"way:delete:{delivery}:yes")

    assert "by hand" in chat.toast
    assert len(chat.telegram.posts(CHANNEL)) == 1


async def test_the_feed_of_a_post_is_paused_from_it(chat: Chat) -> None:
    delivery, message = await a_post(chat)
    await forwards(chat, message)

    await chat.taps(f"way:rest:{delivery}:")

    feed = await chat.catalog.feed("daily-berita")
    assert feed.state is FeedState.PAUSED
    assert "/resume daily-berita" in chat.toast


async def test_a_strangers_forward_gets_nothing(chat: Chat) -> None:
    _, message = await a_post(chat)

    assert await forwards(chat, message, STRANGER) == []


async def test_a_webhooks_delivery_can_be_sent_again_and_not_deleted(chat: Chat) -> None:
    place = await a_place(chat.store)
    delivery = await found(chat, place, a_new_story())
    await chat.store.decide([delivery], deed="drop", now=chat.clock.at)
    await chat.says(f"/why {LINK}")

    assert f"c:way:retry:{delivery}:" in str(chat.phone.buttons)
    assert f"c:way:delete:{delivery}:" not in str(chat.phone.buttons)


async def test_many_tries_are_told_by_the_first_and_the_last(chat: Chat) -> None:
    delivery = await found(chat, await a_channel(chat), a_new_story())
    (lane,) = await claim(chat.store, now=chat.clock.at)
    for _ in range(12):
        await send(chat.store, lane, WAITING, due_at=chat.clock.at, now=chat.clock.at)
        chat.clock.at += timedelta(seconds=1)

    (told,) = await chat.says(f"/why #{delivery}")

    assert told.count("➡️") == 6
    assert "… 6 more tries" in told
    assert "try 12" in told
