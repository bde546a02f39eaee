"""Answers stay within what one message holds, whatever there is to tell."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.commands import status
from bot.commands.answers import ENTITIES_MAX, TEXT_MAX
from bot.commands.border import told
from bot.commands.listing import card, list_feeds, paged
from bot.commands.words import Tongues
from bot.health import Health
from bot.locales import LANGUAGES
from feeds.errors import BeritaError
from feeds.model import DeliveryState, DestinationState, FeedState, Pace, PollMemory
from feeds.store.rows import DestinationRow, FeedRow, Status
from tests.builders import NOON, a_destination, a_feed

TONGUES = Tongues(default="id", time_zone=ZoneInfo("Asia/Jakarta"))
HOUR = timedelta(hours=1)
LONG = "@panjang /sekali 😀 " * 200
NAME = "n" * 60


def a_row(number: int) -> FeedRow:
    """A feed of which everything is as long as it can be."""
    feed = a_feed(
        id=number,
        name=f"{NAME}{number}",
        title=LONG,
        state=FeedState.PAUSED,
        state_reason=LONG,
        memory=PollMemory(last_error=LONG),
    )
    return FeedRow(feed=feed, next_poll_why="", destinations=(NAME,) * 9)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "row", [a_row, lambda n: FeedRow(feed=a_feed(name=str(n)), next_poll_why="")]
)
def test_each_feed_is_on_one_page_in_order_and_each_page_is_one_message(
    row: object, language: str
) -> None:
    words = TONGUES[language]
    rows = [row(number) for number in range(100, 145)]
    pages = len(list(paged([card(each, words, HOUR) for each in rows])))

    listed = []
    for page in range(1, pages + 1):
        said = list_feeds(rows, page=page, words=words, every=HOUR)
        assert len(said) <= TEXT_MAX
        _, entities = said.render()
        assert len(entities) <= ENTITIES_MAX
        coded = said.as_kwargs()["text"].encode("utf-16-le")
        listed += [
            coded[2 * e.offset : 2 * (e.offset + e.length)].decode("utf-16-le") for e in entities
        ]

    assert listed == [each.name for each in rows]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_status_is_one_message(language: str) -> None:
    place = a_destination(name="n" * 64, title=LONG, state=DestinationState.PARKED)
    place = replace(place, state_reason=LONG)
    many = 10**9
    found = Status(
        feeds=many,
        feeds_failing=many,
        destinations=many,
        destinations_closed=many,
        deliveries=dict.fromkeys(DeliveryState, many),
        oldest_waiting_at=NOON,
        closed=(Pace(scope=LONG, not_before=NOON + HOUR, reason=LONG),) * 50,
    )

    said = status.tell(
        found,
        [DestinationRow(destination=place, waiting=many, in_doubt=many)] * 50,
        Health(ok=False, problems=(LONG,) * 50),
        words=TONGUES[language],
        now=NOON + 100 * HOUR,
    )

    assert len(said) <= TEXT_MAX


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_error_is_one_message(language: str) -> None:
    assert len(told(BeritaError(LONG * 10), TONGUES[language])) <= TEXT_MAX
