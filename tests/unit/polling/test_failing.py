"""A feed that fails for long is an incident: begun once, over when it is well."""

from datetime import timedelta

from structlog.testing import capture_logs

from feeds.model import NoticeKind
from tests.unit.polling.newsroom import Newsroom

DAY = timedelta(days=1.1)  # longer than any pause


async def polled(newsroom: Newsroom, times: int) -> list[int]:
    """Poll once a day; gives how many incidents were open after each poll."""
    counts = []
    for _ in range(times):
        await newsroom.beat.round()
        counts.append(len(await newsroom.store.open_notices(NoticeKind.FEED_FAILING)))
        await newsroom.wait(DAY)
    return counts


async def test_a_feed_is_said_to_fail_from_the_fifth_time_in_a_row_until_it_is_well(
    newsroom: Newsroom,
) -> None:
    publisher = await newsroom.feed()

    with capture_logs() as logs:
        for status, expected in ((500, [0, 0, 0, 0, 1, 1]), (None, [0]), (500, [0, 0, 0, 0, 1])):
            publisher.status = status
            assert await polled(newsroom, len(expected)) == expected

    told = [entry for entry in logs if entry["event"] == "feed failing"]
    assert [(entry["failures"], entry["log_level"]) for entry in told] == [(5, "warning")] * 2


async def test_a_feed_that_is_gone_is_an_incident_at_once(newsroom: Newsroom) -> None:
    publisher = await newsroom.feed()
    publisher.status = 410

    assert await polled(newsroom, 3) == [0, 1, 1]

    (notice,) = await newsroom.store.open_notices(NoticeKind.FEED_FAILING)
    assert "410" in notice.incident.details["error"]


async def test_a_sick_feed_that_is_removed_or_well_under_another_url_is_no_incident_any_more(
    newsroom: Newsroom,
) -> None:
    for name in ("satu", "dua"):
        (await newsroom.feed(name)).status = 500
    assert (await polled(newsroom, 5))[-1] == 2
    await newsroom.feed("tiga")
    well = (await newsroom.row("tiga")).feed
    await newsroom.store.remove_feed(well.id, now=newsroom.now())

    await newsroom.store.set_feed((await newsroom.row("satu")).id, url=well.url)
    assert await polled(newsroom, 1) == [1]
    await newsroom.store.remove_feed((await newsroom.row("dua")).id, now=newsroom.now())

    assert await newsroom.store.open_notices(NoticeKind.FEED_FAILING) == []
