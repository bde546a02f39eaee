"""/failures and /log: what waits for somebody, and who changed what, decided by taps."""

from datetime import timedelta
from pathlib import Path

import pytest

from feeds.catalog import RouteChanges
from feeds.model import DeliveryState, DestinationState, FeedState, PollMemory
from tests.commands.chat import OWNER, Chat, open_chat
from tests.commands.published import a_new_story, found
from tests.commands.troubles import (
    HEADLINES,
    a_channel,
    doubts,
    let_go,
    refuse,
    undecided,
    waiting,
)
from tests.store.situations import a_place, a_poll, a_source, claim_one, send, states

FAILED, WAITING = DeliveryState.FAILED, DeliveryState.WAITING
DROPPED = DeliveryState.DROPPED
BURST = "burst: 12 new at once"


async def fails(chat: Chat, times: int = 1) -> None:
    """Let posts to a webhook be given up."""
    place = await a_place(chat.store)
    await waiting(chat, place, *HEADLINES[:times])
    lane = await claim_one(chat.store, now=chat.clock.at)
    for parcel in lane.parcels:
        await send(chat.store, lane, FAILED, parcel, reason="400 Bad Request", now=chat.clock.at)
    await let_go(chat, lane)


async def a_failing_feed(chat: Chat) -> None:
    feed = await a_source(chat.store, "sick")
    memory = PollMemory(failures=3, last_error="502 Bad Gateway", last_poll_at=chat.clock.at)
    await chat.store.record_polls([a_poll(feed, memory=memory)], now=chat.clock.at)


async def test_nothing_waiting_is_good_news(chat: Chat) -> None:
    assert await chat.says("/failures") == [
        "Nothing waits for you: no doubt, nothing held, nothing refused."
    ]


async def test_all_that_waits_stands_on_one_card(chat: Chat) -> None:
    await undecided(chat, await doubts(chat, await a_channel(chat), HEADLINES[0]))
    await waiting(chat, await a_channel(chat, -100124, "Kedua"), *HEADLINES[:2], hold=BURST)
    await refuse(chat)
    await a_failing_feed(chat)
    await fails(chat)

    (told,) = await chat.says("/failures")

    assert told.startswith("1 in doubt · 1 held burst · 1 closed place · 1 failing feed · 1 given")
    assert "partner-1 refuses me: 410 Gone" in told
    assert "sick fails: 502 Bad Gateway" in told
    assert "400 Bad Request" in told


async def test_its_numbers_are_those_of_status(chat: Chat) -> None:
    await fails(chat, 3)

    (told,) = await chat.says("/failures")
    status = await chat.store.status(now=chat.clock.at)

    assert told.startswith("3 given up")
    assert status.deliveries[FAILED] == 3


async def test_a_burst_is_decided_from_it(chat: Chat) -> None:
    place = await a_channel(chat)
    await waiting(chat, place, *HEADLINES, hold=BURST)
    await chat.says("/failures")
    (burst,) = await chat.catalog.bursts()

    (told,) = await chat.taps(f"fail:skip:{burst.id}:")

    assert await states(chat.store) == [DROPPED] * 3
    assert told.startswith("Nothing waits for you")
    assert chat.toast == "Skipped: they are not sent."


async def test_a_burst_that_was_decided_meanwhile_says_so(chat: Chat) -> None:
    await waiting(chat, await a_channel(chat), *HEADLINES, hold=BURST)
    await chat.says("/failures")
    (burst,) = await chat.catalog.bursts()
    await chat.catalog.decide_burst(burst.id, "publish")

    await chat.taps(f"fail:skip:{burst.id}:")

    assert await states(chat.store) == [WAITING] * 3
    assert chat.toast == "That was decided already."


async def test_a_place_that_refused_is_opened_from_it(chat: Chat) -> None:
    place = await refuse(chat)
    await chat.says("/failures")

    await chat.taps(f"fail:resume:{place.id}:")

    assert (await chat.catalog.destination(place.name)).state is DestinationState.OPEN


async def test_all_failures_of_a_place_go_out_again_after_a_question(chat: Chat) -> None:
    await fails(chat, 3)
    place = (await chat.store.list_destinations())[0]
    await chat.says("/failures")

    (asked,) = await chat.taps(f"fail:all:{place.id}:")
    assert await states(chat.store) == [FAILED] * 3
    await chat.taps(f"fail:all:{place.id}:yes")

    assert asked.startswith("Send again everything that was given up for partner?")
    assert await states(chat.store) == [WAITING] * 3
    assert chat.toast == "3 go out again."
    (line, *_) = await chat.catalog.log()
    assert (line.change.what, line.change.after) == ("delivery.retry", {"count": 3})


async def test_a_single_failure_is_looked_at_and_sent_again(chat: Chat) -> None:
    await fails(chat)
    (row,) = await chat.store.list_deliveries()
    await chat.says("/failures")

    (way,) = await chat.taps(f"way:show:{row.id}:")
    await chat.taps(f"way:retry:{row.id}:")

    assert "❌ Given up: 400 Bad Request" in way
    assert await states(chat.store) == [WAITING]


async def test_many_are_shown_in_pages_that_turn(chat: Chat) -> None:
    place = await a_channel(chat)
    await undecided(chat, await doubts(chat, place, *(f"Berita {no}" for no in range(12))))

    (first,) = await chat.says("/failures")
    (second,) = await chat.taps("fail:show:0:1")
    (third,) = await chat.taps("fail:show:0:2")

    assert "1. " in first
    assert "6. " in second
    assert "11. " in third
    assert "12. " in third
    assert "13. " not in third


@pytest.mark.parametrize("language", ["id", "en"])
async def test_the_longest_of_everything_fits_into_a_message(language: str, tmp_path: Path) -> None:
    async with open_chat(tmp_path, language=language) as chat:
        place = await a_channel(chat, title="K" * 200, name="k" * 60)
        found_ = await doubts(chat, place, *("\U0001f600" * 300 for _ in range(6)))
        await undecided(chat, found_)

        (told,) = await chat.says("/failures")

    assert len(told.encode("utf-16-le")) // 2 <= 4_096


async def test_the_log_says_who_changed_what_and_undoes_it(chat: Chat) -> None:
    await a_source(chat.store, "daily")
    mine = chat.catalog.on_behalf_of(OWNER)
    await chat.store.meet(OWNER, "Ani", now=chat.clock.at)
    await chat.catalog.pause_feed("daily")
    chat.clock.at += timedelta(minutes=1)
    await mine.resume_feed("daily")

    (told,) = await chat.says("/log")
    (line, *_) = await chat.catalog.log()
    (after,) = await chat.taps(f"log:undo:{line.id}:")

    assert told.split("\n")[1:] == [
        "1. 13 Sep 19:01:00 · Ani: resumed the feed daily",
        "2. 13 Sep 19:00:00 · command line: paused the feed daily",
    ]
    assert "1. 13 Sep 19:01:00 · Ani: undid: resumed the feed daily" in after
    assert "2. 13 Sep 19:01:00 · Ani: resumed the feed daily (undone)" in after
    assert (await chat.catalog.feed("daily")).state is FeedState.PAUSED


async def test_settings_are_named_with_what_they_were(chat: Chat) -> None:
    await found(chat, await a_channel(chat), a_new_story())
    await chat.catalog.set_route("daily-berita", "daily-berita", RouteChanges(summary_max=100))

    (told,) = await chat.says("/log")

    assert "changed how daily-berita looks in daily-berita" in told
    assert "summary_max: – → 100" in told


async def test_an_undo_that_would_overrule_somebody_says_so(chat: Chat) -> None:
    await a_source(chat.store, "daily")
    await chat.catalog.pause_feed("daily")
    (line, *_) = await chat.catalog.log()
    await chat.says("/log")
    await chat.catalog.resume_feed("daily")

    await chat.taps(f"log:undo:{line.id}:")

    assert "it was changed again since" in chat.toast
    assert (await chat.catalog.feed("daily")).state is FeedState.ACTIVE


async def test_the_log_turns_its_pages(chat: Chat) -> None:
    await a_source(chat.store, "daily")
    for _ in range(6):
        await chat.catalog.pause_feed("daily")
        await chat.catalog.resume_feed("daily")

    (first,) = await chat.says("/log")
    newest = await chat.catalog.log(limit=8)
    (second,) = await chat.taps(f"log:show:0:{newest[-1].id}")

    assert first.count("\n") == 8
    assert second.count("\n") == 4


async def test_an_empty_log_says_so(chat: Chat) -> None:
    assert await chat.says("/log") == ["Nobody has changed anything yet."]
