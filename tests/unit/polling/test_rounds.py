"""Feeds polled beside one another, and redirects that are seen without a new document."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise

import pytest

from feeds.errors import WebError
from feeds.ports import WebResponse
from tests.unit.polling.newsroom import Newsroom, Publisher
from tests.world.web import Server

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def timed(publisher: Publisher, moments: list[float]) -> Server:
    """Note when each request comes in, in seconds of the loop."""

    def answer(
        method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> WebResponse | WebError:
        moments.append(asyncio.get_running_loop().time())
        return publisher.answer(method, url, headers, body)

    return answer


@pytest.mark.parametrize("head_start", [timedelta(0), SECOND / 2], ids=["together", "slow first"])
async def test_what_falls_due_beside_a_slow_feed_is_polled_all_the_same(
    newsroom: Newsroom, head_start: timedelta
) -> None:
    await newsroom.feed("lambat", every=timedelta(hours=1))
    newsroom.web.places["lambat.example"].latency = 12 * SECOND
    moments: list[float] = []

    async with asyncio.TaskGroup() as tasks:
        if head_start:
            tasks.create_task(newsroom.beat.round())
            await asyncio.sleep(head_start.total_seconds())
        fast = await newsroom.feed("cepat", every=SECOND)
        newsroom.web.places["cepat.example"].server = timed(fast, moments)
        if not head_start:
            tasks.create_task(newsroom.beat.round())

    gaps = [later - sooner for sooner, later in pairwise(moments)]
    assert len(moments) >= 5
    assert max(gaps) <= 2.5


@pytest.mark.parametrize("published", [0, 1], ids=["not modified", "new documents"])
async def test_a_permanent_move_counts_whatever_the_answer_at_its_end(
    newsroom: Newsroom, published: int
) -> None:
    old = await newsroom.feed()
    new = await newsroom.feed("baru", numbers=range(5))
    await newsroom.store.remove_feed((await newsroom.row("baru")).id, now=newsroom.now())
    old.moved_to = "https://baru.example/feed"

    for number in range(3):
        await newsroom.beat.round()
        new.publish(*range(number * 10, number * 10 + published))
        await newsroom.wait(DAY)

    assert new.not_modified == (0 if published else 2)
    assert (await newsroom.seen()).url == "https://baru.example/feed"


async def test_a_permanent_move_counts_where_the_very_same_body_comes_back(
    newsroom: Newsroom,
) -> None:
    old = await newsroom.feed()
    new = await newsroom.feed("baru", numbers=range(5))
    await newsroom.store.remove_feed((await newsroom.row("baru")).id, now=newsroom.now())
    old.moved_to = "https://baru.example/feed"
    new.body = b"<rss version='2.0'><channel><title>Baru</title></channel></rss>"

    for _ in range(3):
        await newsroom.beat.round()
        await newsroom.wait(DAY)

    assert newsroom.parser.parsed == 1
    assert (await newsroom.seen()).url == "https://baru.example/feed"
