from datetime import timedelta

import pytest

from feeds.catalog import Catalog
from feeds.errors import AnotherFeed, BadRequest, Conflict, FeedRefused, UnknownName, WebErrorKind
from feeds.model import FeedState, Origin, PollMemory, PollRecord, SeenKeys, Validators
from feeds.novelty import keys_of
from tests.unit.catalog.situations import FEED_URL, a_file_declares, a_story_is_published
from tests.world.web import SimWeb


async def test_a_feed_is_added_under_its_title_due_now_and_shown(catalog: Catalog) -> None:
    added = await catalog.add_feed(FEED_URL)

    assert added.feed.name == "daily-berita"
    assert added.feed.origin is Origin.ADMIN
    assert added.feed.next_poll_at == catalog.clock.now()
    assert added.entries == 4
    assert added.headlines == ("Satu", "Dua", "Tiga")
    assert added.to == ()


async def test_a_feed_comes_with_its_routes_at_once(catalog: Catalog) -> None:
    await catalog.add_destination("console", "", name="here")
    await catalog.add_destination("webhook", "https://partner.example/hook", name="there")

    added = await catalog.add_feed(FEED_URL, to=("here", "there", "here"))

    routes = await catalog.list_routes()
    assert [(row.feed, row.destination) for row in routes] == [
        ("daily-berita", "here"),
        ("daily-berita", "there"),
    ]
    assert [place.name for place in added.to] == ["here", "there"]


async def test_an_unknown_destination_adds_no_feed_and_asks_nobody(
    catalog: Catalog, web: SimWeb
) -> None:
    await catalog.add_destination("console", "", name="channel")

    with pytest.raises(UnknownName, match="did you mean channel"):
        await catalog.add_feed(FEED_URL, to=("chanel",))

    assert await catalog.store.list_feeds() == ()
    assert not web.requests


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://berita.example/html", "page|HTML"),
        ("https://berita.example/empty", "empty"),
        ("https://berita.example/none", "404|not there|not found"),
        ("https://berita.example/huge", "large"),
        ("https://berita.example/loop", "redirect"),
        ("https://nobody.example/feed", "name_not_found"),
    ],
)
async def test_what_gives_no_feed_is_refused_with_the_reason(
    catalog: Catalog, url: str, said: str
) -> None:
    with pytest.raises(FeedRefused, match=f"(?i){said}") as refused:
        await catalog.add_feed(url)

    assert "\n" not in str(refused.value)
    assert await catalog.store.list_feeds() == ()


async def test_a_slow_or_private_server_is_refused(catalog: Catalog, web: SimWeb) -> None:
    for kind in (WebErrorKind.TIMED_OUT, WebErrorKind.REFUSED_ADDRESS):
        web.fail_next("berita.example", kind, request_left=False)

        with pytest.raises(FeedRefused, match=kind):
            await catalog.add_feed(FEED_URL)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("file:///etc/passwd", "configuration file"),
        ("FILE:///etc/passwd", "configuration file"),
        ("ftp://berita.example/", "http"),
        ("not a url", "space|URL"),
        ("https://user:secret@berita.example/feed", "user|password|name"),
        ("", "URL"),
    ],
)
async def test_what_is_no_url_is_a_wrong_call(catalog: Catalog, url: str, said: str) -> None:
    with pytest.raises(BadRequest, match=said) as refused:
        await catalog.add_feed(url)

    assert "secret" not in str(refused.value)


async def test_a_missing_scheme_is_supplied(catalog: Catalog) -> None:
    added = await catalog.add_feed("berita.example/feed/")

    assert added.feed.url == FEED_URL


async def test_the_query_of_a_url_is_not_told_in_an_error(catalog: Catalog) -> None:
    with pytest.raises(FeedRefused) as refused:
        await catalog.add_feed("https://berita.example/x?token=s3cret")

    assert "s3cret" not in str(refused.value)


async def test_the_same_url_is_added_once_and_asked_once(catalog: Catalog, web: SimWeb) -> None:
    await catalog.add_feed(FEED_URL)

    with pytest.raises(Conflict, match="daily-berita"):
        await catalog.add_feed(FEED_URL, name="again")

    assert len(web.requests) == 1


@pytest.mark.parametrize("every", [timedelta(seconds=59), timedelta(days=31)])
async def test_an_interval_out_of_bounds_is_a_wrong_call(
    catalog: Catalog, every: timedelta
) -> None:
    with pytest.raises(BadRequest, match="every_min"):
        await catalog.add_feed(FEED_URL, every=every)


async def test_a_feed_is_found_by_its_id_too(catalog: Catalog) -> None:
    added = await catalog.add_feed(FEED_URL)

    row = await catalog.feed_row(str(added.feed.id))

    assert row.name == "daily-berita"


@pytest.mark.parametrize("newest", [-1, 1_001])
async def test_more_than_can_go_out_after_a_rest_is_told_in_its_own_words(
    catalog: Catalog, newest: int
) -> None:
    await catalog.add_feed(FEED_URL)
    await catalog.pause_feed("daily-berita")

    with pytest.raises(BadRequest, match=r"newest 0 to 1,000 can go out: give a number"):
        await catalog.resume_feed("daily-berita", newest=newest)

    assert (await catalog.feed("daily-berita")).state is FeedState.PAUSED


async def test_pause_resume_and_remove_do_what_they_say(catalog: Catalog) -> None:
    await catalog.add_feed(FEED_URL)

    paused = await catalog.pause_feed("daily-berita")
    resumed = await catalog.resume_feed("daily-berita")
    await catalog.remove_feed("daily-berita")

    assert paused.state is FeedState.PAUSED
    assert resumed.state is FeedState.ACTIVE
    with pytest.raises(UnknownName):
        await catalog.feed("daily-berita")


async def test_a_feed_is_renamed_and_given_an_interval(catalog: Catalog) -> None:
    await catalog.add_feed(FEED_URL)

    changed = await catalog.set_feed("daily-berita", rename="berita", every=timedelta(hours=1))
    back = await catalog.set_feed("berita", default_every=True)

    assert (changed.name, changed.every) == ("berita", timedelta(hours=1))
    assert back.every is None
    with pytest.raises(BadRequest, match="Nothing to change"):
        await catalog.set_feed("berita")


async def test_the_same_feed_elsewhere_goes_on(catalog: Catalog) -> None:
    added = await catalog.add_feed(FEED_URL, start=3)
    await _polled_once(catalog, FEED_URL)

    moved = await catalog.set_feed(added.feed.name, url="https://berita.example/pindah/")

    assert moved.url == "https://berita.example/pindah/"
    assert moved.memory.baseline_at is not None
    assert moved.memory.validators.etag is None
    assert moved.next_poll_at == catalog.clock.now()


async def test_another_feed_under_the_name_begins_with_a_baseline_that_publishes_nothing(
    catalog: Catalog,
) -> None:
    added = await catalog.add_feed(FEED_URL, start=3)
    await _polled_once(catalog, FEED_URL)

    moved = await catalog.set_feed(added.feed.name, url="https://berita.example/lain/")

    assert moved.memory.baseline_at is None
    assert moved.start == 0


async def test_where_only_the_same_feed_is_wanted_another_is_refused(catalog: Catalog) -> None:
    await catalog.add_feed(FEED_URL)
    never_polled = await catalog.set_feed(
        "daily-berita", url="https://berita.example/lain/", same=True
    )
    await catalog.set_feed("daily-berita", url=FEED_URL)
    await _polled_once(catalog, FEED_URL)

    with pytest.raises(AnotherFeed, match="is it another feed"):
        await catalog.set_feed("daily-berita", url="https://berita.example/lain/", same=True)
    moved = await catalog.set_feed("daily-berita", url="https://berita.example/pindah/", same=True)

    assert never_polled.url == "https://berita.example/lain/", "it has nothing to lose"
    assert moved.memory.baseline_at is not None


async def test_what_is_so_already_is_no_change_in_the_log(catalog: Catalog) -> None:
    await catalog.add_feed(FEED_URL, every=timedelta(hours=1))

    await catalog.set_feed("daily-berita", rename="daily-berita", every=timedelta(hours=1))

    assert [line.change.what for line in await catalog.log()] == ["feed.add"]


async def test_back_at_the_default_interval_a_healthy_feed_is_due(catalog: Catalog) -> None:
    added = await catalog.add_feed(FEED_URL, every=timedelta(days=1))
    later = catalog.clock.now() + timedelta(days=1)
    await catalog.store.set_feed(added.feed.id, next_poll_at=later)

    well = await catalog.set_feed("daily-berita", default_every=True)
    await catalog.store.set_feed(
        added.feed.id,
        every=timedelta(days=1),
        next_poll_at=later,
        memory=PollMemory(failures=1, last_error="429"),
    )
    ill = await catalog.set_feed("daily-berita", default_every=True)

    assert well.next_poll_at == catalog.clock.now()
    assert ill.next_poll_at == later, "whoever asked us to wait is not asked sooner"


async def test_a_new_url_that_is_no_feed_changes_nothing(catalog: Catalog) -> None:
    await catalog.add_feed(FEED_URL)

    with pytest.raises(FeedRefused):
        await catalog.set_feed("daily-berita", url="https://berita.example/html")

    assert (await catalog.feed("daily-berita")).url == FEED_URL


async def test_what_the_file_declares_is_changed_there_but_may_be_paused_here(
    catalog: Catalog,
) -> None:
    await a_file_declares(catalog)

    with pytest.raises(Conflict, match=r"berita\.toml"):
        await catalog.remove_feed("filed")
    with pytest.raises(Conflict, match=r"berita\.toml"):
        await catalog.set_feed("filed", rename="mine")
    paused = await catalog.pause_feed("filed")

    assert paused.state is FeedState.PAUSED


async def _polled_once(catalog: Catalog, url: str) -> None:
    """Its first poll saw the whole document and remembered it."""
    feed = await catalog.store.find_feed_by_url(url)
    assert feed is not None
    document = await catalog.look(url)
    now = catalog.clock.now()
    record = PollRecord(
        feed=feed.id,
        polled_url=url,
        next_poll_at=now + timedelta(hours=1),
        next_poll_why="interval",
        memory=PollMemory(baseline_at=now, validators=Validators(etag='"1"')),
        seen=tuple(SeenKeys(keys=keys.all()) for keys in keys_of(document)),
    )
    await catalog.store.record_polls([record], now=now)
    assert (await catalog.feed(feed.name)).memory.validators.etag == '"1"'


async def test_removing_a_feed_drops_what_waits(catalog: Catalog) -> None:
    await catalog.add_destination("console", "", name="here")
    added = await catalog.add_feed(FEED_URL, to=("here",))
    waiting = await a_story_is_published(catalog, added.feed)

    await catalog.remove_feed(added.feed.name)

    story = await catalog.delivery_story(waiting.id)
    assert (story.delivery.state, story.delivery.reason) == ("dropped", "feed removed")
