"""/resume, typed: asks how to go on where something can have been missed, or is told at once."""

from pathlib import Path

import pytest

from feeds.model import FeedState
from tests.commands.chat import FEED, INTERVAL, Chat, open_chat
from tests.commands.first_story import poll
from tests.commands.news import rss
from tests.commands.test_feed_cards import MISSED, OLD, a_feed, waiting
from tests.commands.test_links import buttons

AGAIN = "I watch “Daily Berita” again, every 15 minutes."
ASKED = "“Daily Berita” has rested. What about the stories that came meanwhile?"
GOING_ON = {
    "all": (
        ["Tiga", "Empat", "Lima", "Enam"],
        "What came meanwhile goes out, too; if it is very much, I ask you first.",
    ),
    "2": (
        ["Lima", "Enam"],
        "Of what it holds now the newest 2 go out, those that are new.",
    ),
    "None": ([], "What came meanwhile is skipped."),
    "0": ([], "What came meanwhile is skipped."),
}


async def a_rest(chat: Chat) -> int:
    """A feed that rested while four stories came."""
    feed = await a_feed(chat)
    await chat.says("/pause daily-berita")
    chat.clock.at += INTERVAL * 2
    chat.serve("berita.example", rss("Daily Berita", *MISSED, *OLD))
    await poll(chat)
    assert await waiting(chat) == [], "it rests"
    return feed


async def state(chat: Chat) -> FeedState:
    return (await chat.catalog.feed("daily-berita")).state


@pytest.mark.parametrize(("how", "out", "outcome"), [(k, *v) for k, v in GOING_ON.items()])
async def test_told_how_it_goes_on_at_once_and_says_what_goes_out(
    how: str, out: list[str], outcome: str, chat: Chat
) -> None:
    await a_rest(chat)

    (told,) = await chat.says(f"/resume daily-berita {how}")
    await poll(chat)

    assert told == f"{AGAIN}\n{outcome}"
    assert await waiting(chat) == out


async def test_not_told_how_it_asks_and_goes_on_by_a_tap(chat: Chat) -> None:
    feed = await a_rest(chat)

    asked = await chat.says("/resume daily-berita")
    before = await state(chat)
    (card,) = await chat.taps(f"fd:resuming:{feed}:3")
    await poll(chat)

    assert asked == [ASKED]
    assert before is FeedState.PAUSED
    assert "🟢 every 15 minutes" in card
    assert chat.toast == (
        "I watch it again. Of what it holds now the newest 3 go out, those that are new."
    )
    assert await waiting(chat) == ["Empat", "Lima", "Enam"]


async def test_what_never_began_has_missed_nothing_and_goes_on_at_once(chat: Chat) -> None:
    await chat.catalog.add_feed(FEED, name="daily-berita")
    await chat.says("/pause daily-berita")

    told = await chat.says("/resume daily-berita")
    went_on = await state(chat)
    await chat.says("/pause daily-berita")
    (newest,) = await chat.says("/resume daily-berita 1")
    await poll(chat)

    assert told == ["I watch “daily-berita” again, every 15 minutes."]
    assert went_on is FeedState.ACTIVE
    assert newest.endswith("the newest 1 goes out, if it is new.")
    assert (await chat.catalog.feed("daily-berita")).start == 1


async def test_what_does_not_rest_is_asked_nothing(chat: Chat) -> None:
    await a_feed(chat)

    assert await chat.says("/resume daily-berita") == [AGAIN]
    assert await chat.says("/resume daily-berita all") == [AGAIN]


WRONG = {
    "/resume": "Which feed shall I watch again?",
    "/resume daily-berita soon": "Which feed shall I watch again?",
    "/resume daily-berita -1": "Which feed shall I watch again?",
    "/resume daily-berita 3 4": "Which feed shall I watch again?",
    "/resume daily-brita": "Can't: no feed is called “daily-brita”",
    "/resume daily-brita all": "Can't: no feed is called “daily-brita”",
    "/resume daily-berita 1001": "Can't: of what a feed holds by now the newest 0 to 1000",
    "/resume daily-berita "
    + "9" * 4_000: "Can't: of what a feed holds by now the newest 0 to 1000",
}


@pytest.mark.parametrize("text", WRONG, ids=lambda text: text[:30])
async def test_what_cannot_be_says_how_it_is_written_and_the_feed_rests_on(
    text: str, chat: Chat
) -> None:
    await a_rest(chat)

    (told,) = await chat.says(text)

    assert told.startswith(WRONG[text])
    assert await state(chat) is FeedState.PAUSED


async def test_there_is_nothing_to_skip_where_it_does_not_rest(chat: Chat) -> None:
    await a_feed(chat)

    (told,) = await chat.says("/resume daily-berita none")

    assert told.startswith("Can't: “daily-berita” is not paused: there is nothing to skip.")


async def test_of_two_who_answer_the_later_skips_nothing(chat: Chat) -> None:
    feed = await a_rest(chat)
    await chat.says("/resume daily-berita")
    await chat.catalog.resume_feed("daily-berita")

    await chat.taps(f"fd:resuming:{feed}:0")
    await poll(chat)

    assert "is not paused: there is nothing to skip." in chat.toast
    assert await waiting(chat) == ["Tiga", "Empat", "Lima", "Enam"]


async def test_in_indonesian_it_is_asked_and_told_in_indonesian(tmp_path: Path) -> None:
    async with open_chat(tmp_path, language="id") as chat:
        feed = await a_rest(chat)

        (asked,) = await chat.says("/resume daily-berita")
        offered = buttons(chat)
        (told,) = await chat.says("/resume daily-berita none")

        assert asked.startswith("“Daily Berita” tadi dijeda.")
        assert f"fd:resuming:{feed}:all" in offered
        assert told.endswith("\nYang datang selama itu dilewati.")
