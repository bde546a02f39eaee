import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from feeds.errors import StoreUnavailable, StoreUnusable, WebError, WebErrorKind
from feeds.model import DeliveryState, FeedState
from feeds.poll.findings import INTERNAL_ERROR
from feeds.ports import WebResponse
from tests.unit.polling.newsroom import MINUTE, QUARTER, Newsroom, Publisher
from tests.world.web import Server

DAY = timedelta(days=1)
FULL = StoreUnavailable("The disk is full: free some space; nothing was half-written.")


async def test_a_first_poll_of_fifty_entries_publishes_nothing(newsroom: Newsroom) -> None:
    await newsroom.feed(numbers=range(50))
    await newsroom.route("berita")

    report = await newsroom.beat.round()

    assert (report.polled, report.changed, report.stories, report.failed) == (1, 1, 0, 0)
    assert await newsroom.titles() == []
    assert (await newsroom.seen()).memory.entries_seen == 50


async def test_a_first_poll_asked_for_three_publishes_the_newest_oldest_first(
    newsroom: Newsroom,
) -> None:
    await newsroom.feed(numbers=range(50), start=3)
    await newsroom.route("berita")

    report = await newsroom.beat.round()

    assert report.stories == 3
    assert await newsroom.titles() == ["Berita 47", "Berita 48", "Berita 49"]


async def test_a_new_entry_is_published_once(newsroom: Newsroom) -> None:
    publisher = await newsroom.feed()
    await newsroom.route("berita")
    await newsroom.beat.round()

    publisher.publish(5, 6)
    for _ in range(4):
        await newsroom.wait()
        await newsroom.beat.round()

    assert await newsroom.titles() == ["Berita 5", "Berita 6"]


async def test_a_publisher_that_goes_to_https_publishes_nothing(newsroom: Newsroom) -> None:
    publisher = await newsroom.feed(numbers=range(30))
    await newsroom.route("berita")
    await newsroom.beat.round()

    publisher.scheme = "https"
    await newsroom.wait()
    report = await newsroom.beat.round()

    assert (report.changed, report.stories) == (1, 0)


async def test_a_burst_is_held_but_for_its_newest(newsroom: Newsroom) -> None:
    publisher = await newsroom.feed()
    await newsroom.route("berita")
    await newsroom.beat.round()

    publisher.publish(*range(5, 30))
    await newsroom.wait()
    await newsroom.beat.round()

    rows = await newsroom.deliveries()
    assert [row.state for row in rows] == [DeliveryState.HELD] * 5 + [DeliveryState.WAITING] * 20
    assert {row.reason for row in rows[:5]} == {"burst: 25 new at once"}


async def test_validators_are_kept_with_what_they_stand_for_and_sent_back(
    newsroom: Newsroom,
) -> None:
    publisher = await newsroom.feed()
    await newsroom.beat.round()
    first = await newsroom.seen()

    await newsroom.wait()
    report = await newsroom.beat.round()

    assert first.memory.validators.etag == 'W/"5-http"'
    assert first.memory.body_digest is not None
    assert publisher.not_modified == 1
    assert (report.polled, report.changed) == (1, 0)
    assert newsroom.parser.parsed == 1
    assert newsroom.unsteady.records[-1].seen == ()


async def test_what_cannot_be_read_leaves_the_old_validators(newsroom: Newsroom) -> None:
    publisher = await newsroom.feed()
    await newsroom.route("berita")
    await newsroom.beat.round()
    before = await newsroom.seen()

    publisher.publish(5)
    publisher.body = b"<!doctype html><title>Sedang diperbaiki</title><p>Kembali nanti."
    await newsroom.wait()
    report = await newsroom.beat.round()
    broken = await newsroom.seen()
    publisher.body = None
    await newsroom.wait(3 * QUARTER)
    await newsroom.beat.round()
    well = await newsroom.seen()

    assert report.failed == 1
    assert broken.memory.validators == before.memory.validators
    assert broken.memory.body_digest == before.memory.body_digest
    assert broken.memory.failures == 1
    assert broken.memory.last_error
    assert (well.memory.failures, well.memory.last_error) == (0, None)
    assert await newsroom.titles() == ["Berita 5"]


async def test_a_crash_between_fetch_and_record_loses_nothing(newsroom: Newsroom) -> None:
    publisher = await newsroom.feed()
    await newsroom.route("berita")
    await newsroom.beat.round()
    publisher.publish(5)
    await newsroom.wait()

    newsroom.unsteady.fail["record_polls"] = FULL
    lost = await newsroom.beat.round()
    del newsroom.unsteady.fail["record_polls"]
    newsroom.beat = newsroom.new_beat()
    await newsroom.wait()
    await newsroom.beat.round()

    assert (lost.polled, lost.stories, lost.failed) == (0, 0, 1)
    assert await newsroom.titles() == ["Berita 5"]


async def test_a_crash_after_the_record_doubles_nothing(newsroom: Newsroom) -> None:
    publisher = await newsroom.feed()
    await newsroom.route("berita")
    await newsroom.beat.round()
    publisher.publish(5)
    await newsroom.wait()

    newsroom.unsteady.lose["record_polls"] = RuntimeError("killed")
    await newsroom.beat.round()
    newsroom.unsteady.lose.clear()
    newsroom.beat = newsroom.new_beat()
    await newsroom.wait()
    await newsroom.beat.round()

    assert await newsroom.titles() == ["Berita 5"]


@pytest.mark.parametrize("method", ["claim_feeds", "known_keys", "record_polls", "release_feeds"])
async def test_polling_rests_while_the_store_takes_nothing_and_goes_on_after(
    newsroom: Newsroom, method: str
) -> None:
    publishers = [await newsroom.feed(f"berita-{n}") for n in range(4)]
    await newsroom.route(*(f"berita-{n}" for n in range(4)))
    await newsroom.beat.round()
    for publisher in publishers:
        publisher.publish(5)
    await newsroom.wait()
    newsroom.unsteady.fail[method] = FULL
    if method == "release_feeds":
        newsroom.unsteady.fail["record_polls"] = FULL

    reports = [await newsroom.beat.round() for _ in range(3)]
    reasons = newsroom.beat.paused_reason
    newsroom.unsteady.fail.clear()
    for _ in range(3):
        await newsroom.wait(QUARTER)
        last = await newsroom.beat.round()

    assert all(report.stories == 0 for report in reports)
    assert all(report.paused_for > timedelta(0) for report in reports)
    assert reasons == str(FULL)
    assert newsroom.beat.paused_reason is None
    assert last.paused_for == timedelta(0)
    assert sorted(await newsroom.titles()) == ["Berita 5"] * 4


async def test_the_waits_grow_while_the_store_takes_nothing(newsroom: Newsroom) -> None:
    await newsroom.feed()
    newsroom.unsteady.fail["record_polls"] = FULL

    waits = []
    for _ in range(9):
        report = await newsroom.beat.round()
        waits.append(report.paused_for.total_seconds())
        await newsroom.wait(report.paused_for)

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


async def test_after_a_rest_one_feed_is_tried_before_all_are(newsroom: Newsroom) -> None:
    for number in range(6):
        await newsroom.feed(f"berita-{number}")
    newsroom.unsteady.fail["record_polls"] = FULL
    await newsroom.beat.round()
    asked = len(newsroom.web.requests)

    await newsroom.wait(MINUTE)
    await newsroom.beat.round()
    tried = len(newsroom.web.requests) - asked
    newsroom.unsteady.fail.clear()
    await newsroom.wait(MINUTE)
    report = await newsroom.beat.round()

    assert tried == 1
    assert report.polled == 6


@pytest.mark.parametrize("method", ["claim_feeds", "known_keys", "record_polls"])
async def test_a_store_that_will_never_do_is_told_to_the_caller(
    newsroom: Newsroom, method: str
) -> None:
    await newsroom.feed()
    newsroom.unsteady.fail[method] = StoreUnusable("The database is damaged.")

    with pytest.raises(StoreUnusable, match="damaged"):
        await newsroom.beat.round()


async def test_one_feed_that_breaks_us_holds_up_no_other(newsroom: Newsroom) -> None:
    bad = await newsroom.feed("buruk", numbers=range(666, 667))
    good = await newsroom.feed("baik")
    await newsroom.route("buruk", "baik")
    await newsroom.beat.round()
    newsroom.parser.breaks_on = b"Berita 666"
    for publisher in (bad, good):
        publisher.publish(5)
    await newsroom.wait()

    report = await newsroom.beat.round()

    assert (report.polled, report.failed, report.stories) == (2, 1, 1)
    assert (await newsroom.seen("buruk")).memory.last_error == INTERNAL_ERROR
    assert (await newsroom.row("buruk")).next_poll_why == "backoff"


async def test_a_slow_feed_occupies_one_slot_and_no_other(newsroom: Newsroom) -> None:
    await newsroom.feed("lambat")
    newsroom.web.places["lambat.example"].latency = timedelta(seconds=19)
    for number in range(20):
        await newsroom.feed(f"cepat-{number}")
    newsroom.beat = newsroom.new_beat(concurrency=2)
    began_at = newsroom.now()

    report = await newsroom.beat.round()

    fast = [await newsroom.seen(f"cepat-{number}") for number in range(20)]
    assert report.polled == 21
    assert max(feed.memory.last_poll_at - began_at for feed in fast) < timedelta(seconds=10)


async def test_no_host_is_asked_more_at_once_than_allowed(newsroom: Newsroom) -> None:
    publisher = await newsroom.feed()
    for number in range(6):
        url = f"https://{publisher.host}/feed-{number}"
        await newsroom.store.add_feed(f"lagi-{number}", url, now=newsroom.now())
    at_once: list[int] = []
    newsroom.web.places[publisher.host].server = counting(publisher, at_once)

    report = await newsroom.beat.round()

    assert report.polled == 7
    assert max(at_once) == 2


def counting(publisher: Publisher, at_once: list[int]) -> Server:
    """Count the requests that overlap: each lasts the place's 50 ms."""
    moments: list[float] = []

    def answer(
        method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> WebResponse | WebError:
        now = asyncio.get_running_loop().time()
        moments.append(now)
        at_once.append(sum(now - moment < 0.049 for moment in moments))
        return publisher.answer(method, url, headers, body)

    return answer


async def test_a_round_ends_with_its_budget_and_the_next_goes_on(newsroom: Newsroom) -> None:
    for number in range(10):
        await newsroom.feed(f"berita-{number}")
    newsroom.beat = newsroom.new_beat(concurrency=1, budget=timedelta(milliseconds=200))

    first = await newsroom.beat.round()
    rest = [await newsroom.beat.round() for _ in range(10)]

    assert 0 < first.polled < 10
    assert first.polled + sum(report.polled for report in rest) == 10


async def test_a_stopped_beat_claims_nothing_more(newsroom: Newsroom) -> None:
    await newsroom.feed()

    newsroom.beat.stop()
    report = await newsroom.beat.round()

    assert report.polled == 0
    assert newsroom.unsteady.calls["claim_feeds"] == 0


async def test_a_cancelled_round_gives_its_claims_back(newsroom: Newsroom) -> None:
    await newsroom.feed()
    newsroom.web.places["berita.example"].latency = timedelta(seconds=15)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(3):
            await newsroom.beat.round()
    newsroom.web.places["berita.example"].latency = timedelta(0)
    report = await newsroom.new_beat().round()

    assert report.polled == 1


async def test_max_age_of_a_304_keeps_us_away(newsroom: Newsroom) -> None:
    publisher = await newsroom.feed()
    await newsroom.beat.round()
    publisher.headers["cache-control"] = "max-age=43200"
    await newsroom.wait()

    await newsroom.beat.round()

    row = await newsroom.row()
    assert row.next_poll_why == "max-age"
    assert row.next_poll_at > newsroom.now() + 11 * timedelta(hours=1)


async def test_a_publisher_that_asks_to_wait_is_obeyed(newsroom: Newsroom) -> None:
    publisher = await newsroom.feed()
    publisher.status = 429
    publisher.headers["retry-after"] = "7200"

    await newsroom.beat.round()

    row = await newsroom.row()
    assert row.next_poll_why == "Retry-After"
    assert row.next_poll_at >= newsroom.now() + timedelta(hours=1.9)


async def test_a_feed_gone_for_a_day_is_asked_no_more(newsroom: Newsroom) -> None:
    publisher = await newsroom.feed()
    publisher.status = 410

    for _ in range(3):
        await newsroom.beat.round()
        await newsroom.wait(DAY)
    asked = len(newsroom.web.requests)
    await newsroom.beat.round()

    feed = await newsroom.seen()
    assert feed.state is FeedState.GONE
    assert "410" in (feed.state_reason or "")
    assert len(newsroom.web.requests) == asked


@pytest.mark.parametrize(
    ("apart", "polls"),
    [
        pytest.param(timedelta(hours=6), 5, id="a whole day"),
        pytest.param(2 * DAY, 3, id="three polls"),
    ],
)
async def test_a_permanent_move_is_adopted_after_three_polls_and_a_day(
    newsroom: Newsroom, apart: timedelta, polls: int
) -> None:
    old = await newsroom.feed()
    new = await newsroom.feed("baru", numbers=range(5))
    await newsroom.store.remove_feed((await newsroom.row("baru")).id, now=newsroom.now())
    await newsroom.beat.round()
    old.moved_to = "https://baru.example/feed"

    urls = []
    for _ in range(6):
        await newsroom.wait(apart)
        new.publish(len(new.numbers))
        await newsroom.beat.round()
        urls.append((await newsroom.seen()).url)

    assert urls.index("https://baru.example/feed") == polls - 1
    assert set(urls[polls:]) == {"https://baru.example/feed"}
    assert (await newsroom.seen()).memory.moved_url is None


async def test_a_passing_redirect_is_followed_and_never_adopted(newsroom: Newsroom) -> None:
    old = await newsroom.feed()
    await newsroom.feed("baru")
    await newsroom.beat.round()

    for turn in range(6):
        old.moved_to = "https://baru.example/feed" if turn % 2 else None
        await newsroom.wait(DAY)
        await newsroom.beat.round()

    assert (await newsroom.seen()).url == "https://berita.example/feed"


async def test_a_move_to_a_url_that_another_feed_has_changes_nothing(newsroom: Newsroom) -> None:
    old = await newsroom.feed()
    await newsroom.feed("baru")
    old.moved_to = "https://baru.example/feed"

    reports = []
    for _ in range(6):
        reports.append(await newsroom.beat.round())
        await newsroom.wait(DAY)

    assert (await newsroom.seen()).url == "https://berita.example/feed"
    assert all(report.failed == 0 for report in reports)


async def test_a_silent_network_is_no_feeds_fault(newsroom: Newsroom) -> None:
    for number in range(8):
        await newsroom.feed(f"berita-{number}")
    await newsroom.beat.round()
    for place in newsroom.web.places.values():
        place.down = True

    for _ in range(30):
        await newsroom.wait(MINUTE * 1.2)
        await newsroom.beat.round()
    dark = [await newsroom.seen(f"berita-{number}") for number in range(8)]
    for place in newsroom.web.places.values():
        place.down = False
    await newsroom.wait(MINUTE * 1.2)
    report = await newsroom.beat.round()

    assert all(feed.memory.failures <= 1 for feed in dark)  # before it was plain to see
    assert sum(feed.memory.failures for feed in dark) < 5
    assert report.polled == 8
    assert report.failed == 0


async def test_an_outage_shows_also_when_feeds_come_due_one_by_one(newsroom: Newsroom) -> None:
    for number in range(10):
        await newsroom.feed(f"berita-{number}")
        await newsroom.beat.round()
        await newsroom.wait(MINUTE)
    for place in newsroom.web.places.values():
        place.down = True

    with capture_logs() as logs:
        for _ in range(300):
            await newsroom.wait(MINUTE / 6)
            await newsroom.beat.round()

    rows = [await newsroom.row(f"berita-{number}") for number in range(10)]
    assert sum(row.feed.memory.failures for row in rows) < 5
    assert {row.next_poll_why for row in rows} == {"outage"}
    assert [entry["event"] for entry in logs].count("network outage") == 1


async def test_dead_hosts_among_living_ones_are_excused_once(newsroom: Newsroom) -> None:
    for number in range(8):
        await newsroom.feed(f"berita-{number}")
    await newsroom.beat.round()
    for number in range(6):
        newsroom.web.places[f"berita-{number}.example"].down = True
    await newsroom.wait()
    await newsroom.beat.round()
    excused = await newsroom.row("berita-0")

    for _ in range(3):
        await newsroom.wait(QUARTER)
        await newsroom.beat.round()

    assert excused.next_poll_why == "outage"
    assert (await newsroom.seen("berita-0")).memory.failures > 0
    assert (await newsroom.row("berita-0")).next_poll_why == "backoff"


async def test_few_hosts_prove_no_outage(newsroom: Newsroom) -> None:
    for number in range(4):
        await newsroom.feed(f"berita-{number}")
        newsroom.web.places[f"berita-{number}.example"].down = True

    report = await newsroom.beat.round()

    assert report.failed == 4
    assert (await newsroom.seen("berita-0")).memory.failures == 1


async def test_refusals_are_failures_and_no_outage(newsroom: Newsroom) -> None:
    for number in range(8):
        publisher = await newsroom.feed(f"berita-{number}")
        publisher.status = 500

    report = await newsroom.beat.round()

    assert report.failed == 8
    assert (await newsroom.seen("berita-0")).memory.failures == 1


async def test_a_feed_given_another_url_meanwhile_records_nothing_of_the_old(
    newsroom: Newsroom,
) -> None:
    await newsroom.feed(start=None)
    other = await newsroom.feed("lain", numbers=range(100, 102))
    await newsroom.store.remove_feed((await newsroom.row("lain")).id, now=newsroom.now())
    await newsroom.route("berita")
    feed = await newsroom.seen()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(newsroom.beat.round())
        await asyncio.sleep(0.01)
        await newsroom.store.set_feed(feed.id, url=f"https://{other.host}/feed")

    assert await newsroom.titles() == ["Berita 100", "Berita 101"]


async def test_a_timed_out_feed_says_so(newsroom: Newsroom) -> None:
    await newsroom.feed()
    newsroom.web.fail_next("berita.example", WebErrorKind.TIMED_OUT, request_left=True)

    await newsroom.beat.round()

    feed = await newsroom.seen()
    assert feed.memory.last_error
    assert feed.memory == replace(
        feed.memory, failures=1, baseline_at=None, last_success_at=None, last_full_at=None
    )
