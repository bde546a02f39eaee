import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from bot.adapters import is_key
from feeds.catalog import (
    Catalog,
    DestinationChanges,
    Imported,
    RouteChanges,
    kind_of_file,
    read_file,
)
from feeds.errors import BadRequest, UnknownName
from feeds.model import DestinationState, FeedState, RouteOptions
from feeds.store import Store, open_store
from tests.unit.catalog.situations import FEED_URL
from tests.world.refusing import RefusingStore

HOOK = "https://partner.example/hook"


async def _import(catalog: Catalog, data: bytes, kind: str, *to: str) -> list[Imported]:
    bundle = read_file(data, kind_of_file(f"x.{kind}"))
    return [item async for item in catalog.import_bundle(bundle, to=to)]


async def _elsewhere(catalog: Catalog, folder: Path) -> Catalog:
    store = await open_store(f"sqlite:///{folder}/elsewhere.db", inline=True)
    return Catalog(
        store=store,
        clock=catalog.clock,
        every_min=catalog.every_min,
        outside=catalog.outside,
    )


def _outcomes(items: list[Imported]) -> list[tuple[str, str]]:
    return [(item.what, item.outcome) for item in items]


async def test_everything_goes_out_and_comes_in_again(catalog: Catalog, tmp_path: Path) -> None:
    keyed = HOOK.replace("//", "//berita:s3cret@")
    await catalog.add_destination("webhook", keyed, name="partner")
    await catalog.add_destination("telegram", "@dailyberita", name="channel")
    wanted = DestinationChanges(events=("story.published", "feed.failing"), format="cloudevents")
    await catalog.set_destination("partner", wanted)
    await catalog.add_feed(FEED_URL, every=timedelta(minutes=5), start=None, to=("channel",))
    looks = RouteChanges(
        silent=True, summary_max=9, layout="title", hashtags=("berita",), filter=("any: a",)
    )
    await catalog.add_route("daily-berita", "partner", looks)
    await catalog.pause_feed("daily-berita")
    await catalog.set_destination(
        "channel", DestinationChanges(max_age=timedelta(hours=24), backlog="roll_up")
    )
    exported = await catalog.export_file("json", with_secrets=True)
    other = await _elsewhere(catalog, tmp_path)

    done = await _import(other, exported, "json")

    assert {item.outcome for item in done} == {"added"}
    feed = await other.feed("daily-berita")
    assert (feed.url, feed.every, feed.start) == (FEED_URL, timedelta(minutes=5), None)
    assert feed.state is FeedState.PAUSED
    assert await other.secret_of("partner") == await catalog.secret_of("partner")
    here, there = await catalog.destination("partner"), await other.destination("partner")
    assert here.options == there.options
    assert [name for name, _ in there.options.headers] == ["Authorization"]
    channel = await other.destination("channel")
    assert (channel.address, channel.resolved) == ("-1001234", True)
    assert (channel.options.max_age, str(channel.options.backlog)) == (
        *(timedelta(hours=24), "roll_up"),
    )
    route = await other.route("daily-berita", "partner")
    assert route.route.options == looks.options(RouteOptions())
    assert await other.export_file("json", with_secrets=True) == exported
    await other.store.close()


async def test_what_rests_in_a_file_rests_from_its_first_moment(catalog: Catalog) -> None:
    """A process killed right after a thing was added leaves nothing that polls or publishes."""
    document = {
        "berita": 1,
        "feeds": [{"url": FEED_URL, "name": "news", "paused": True}],
        "destinations": [{"name": "hook", "kind": "webhook", "address": HOOK, "paused": True}],
        "routes": [{"feed": "news", "destination": "hook"}],
    }
    killed = RefusingStore(catalog.store, "pause_feed", "pause_destination")

    done = await _import(
        replace(catalog, store=cast("Store", killed)), json.dumps(document).encode(), "json"
    )

    assert [item.outcome for item in done] == ["added"] * 3
    feed, place = await catalog.feed("news"), await catalog.destination("hook")
    assert (feed.state, place.state) == (FeedState.PAUSED, DestinationState.PAUSED)
    assert feed.state_reason == place.state_reason == "paused by an admin"


async def test_secrets_go_out_only_when_asked_for(catalog: Catalog) -> None:
    await catalog.add_destination("webhook", HOOK, name="partner")
    headers = DestinationChanges(headers=(("X-Api-Key", "s3cret"),))
    await catalog.set_destination("partner", headers)

    exported = await catalog.export_file("json")

    assert b"whsec_" not in exported
    assert b"s3cret" not in exported
    assert not {"secret", "headers"} & json.loads(exported)["destinations"][0].keys()


async def test_a_webhooks_address_with_a_query_is_a_key_and_goes_out_with_secrets_alone(
    catalog: Catalog, tmp_path: Path
) -> None:
    await catalog.add_destination("webhook", f"{HOOK}?sig=s3cret", name="partner")
    await catalog.add_destination("webhook", HOOK, name="plain")

    without = await catalog.export_file("json", is_key=is_key)
    whole = await catalog.export_file("json", with_secrets=True, is_key=is_key)

    assert b"s3cret" not in without
    assert [place["address"] for place in json.loads(without)["destinations"]] == [None, HOOK]
    assert b"?sig=s3cret" in whole
    first, second = await _import(await _elsewhere(catalog, tmp_path), without, "json")
    assert (first.outcome, second.outcome) == ("failed", "added")
    assert first.why.startswith("the address of a webhook is missing: where it is a key,")


async def test_importing_again_changes_nothing(catalog: Catalog) -> None:
    await catalog.add_destination("console", "", name="here")
    await catalog.add_feed(FEED_URL, to=("here",))
    exported = await catalog.export_file("json")

    done = await _import(catalog, exported, "json")

    assert {item.outcome for item in done} == {"known"}
    assert await catalog.export_file("json") == exported


async def test_a_subscription_list_is_added_due_without_a_look_and_with_routes(
    catalog: Catalog,
) -> None:
    await catalog.add_destination("console", "", name="here")
    listed = b"""<opml version="2.0"><body>
      <outline text="Daily Berita" xmlUrl="https://one.example/feed"/>
      <outline text="Daily Berita" xmlUrl="https://two.example/feed"/>
      <outline text="42" xmlUrl="https://three.example/feed"/>
      <outline text="bad" xmlUrl="ftp://four.example/feed"/>
      <outline text="local" xmlUrl="file:///etc/passwd"/>
    </body></opml>"""

    done = await _import(catalog, listed, "opml", "here")

    assert [item.outcome for item in done] == ["added", "added", "added", "failed", "failed"]
    rows = await catalog.store.list_feeds()
    assert [row.name for row in rows] == ["daily-berita", "daily-berita-2", "feed-42"]
    assert all(row.destinations == ("here",) for row in rows)
    assert all(row.next_poll_at == catalog.clock.now() for row in rows)


async def test_a_known_feed_of_a_list_gets_the_route_it_lacks(catalog: Catalog) -> None:
    await catalog.add_destination("console", "", name="here")
    await catalog.add_feed(FEED_URL)
    listed = await catalog.export_file("opml")

    done = await _import(catalog, listed, "opml", "here")

    assert _outcomes(done) == [("feed", "known")]
    assert len(await catalog.list_routes()) == 1


async def test_an_unknown_destination_imports_nothing(catalog: Catalog) -> None:
    listed = b'<opml><body><outline text="x" xmlUrl="https://x.example/"/></body></opml>'

    with pytest.raises(UnknownName):
        await _import(catalog, listed, "opml", "nowhere")

    assert await catalog.store.list_feeds() == ()


async def test_a_taken_name_is_made_another_and_its_routes_follow(catalog: Catalog) -> None:
    await catalog.add_feed(FEED_URL, name="news")
    await catalog.add_destination("console", "", name="place")
    document = {
        "berita": 1,
        "feeds": [{"url": "https://other.example/feed", "name": "news"}],
        "destinations": [{"name": "place", "kind": "webhook", "address": HOOK}],
        "routes": [{"feed": "news", "destination": "place"}],
    }

    done = await _import(catalog, json.dumps(document).encode(), "json")

    assert {item.outcome for item in done} == {"added"}
    rows = await catalog.list_routes()
    assert [(row.feed, row.destination) for row in rows] == [("news-2", "place-2")]
    assert (await catalog.secret_of("place-2")).startswith("whsec_")


async def test_bad_items_are_told_and_passed_over(catalog: Catalog) -> None:
    document = {
        "berita": 1,
        "feeds": [
            {"url": "https://good.example/feed"},
            {"url": 7},
            {"name": "no-url"},
            "what",
            {"url": "https://often.example/feed", "every_seconds": 5},
            {"url": "https://long.example/feed", "every_seconds": 10**12},
            {"url": "https://first.example/feed", "start": True},
            {"url": "https://name.example/feed", "name": "Not A Name"},
        ],
        "destinations": [
            {"name": "fax", "kind": "fax", "address": "1"},
            {"name": "hook", "kind": "webhook", "address": "nonsense"},
            {"name": "hook", "kind": "webhook", "address": HOOK, "headers": ["X-Key"]},
            {"name": "hook", "kind": "webhook", "address": HOOK, "headers": {"Host": "x"}},
            {"name": "here", "kind": "console", "address": "", "headers": {"X-Key": "x"}},
            {"name": "hook", "kind": "webhook", "address": HOOK, "events": "feed.failing"},
            {"name": "hook", "kind": "webhook", "address": HOOK, "events": ["feed.told"]},
            {"name": "hook", "kind": "webhook", "address": HOOK, "format": "xml"},
            {"name": "chat", "kind": "telegram", "address": "-1001", "in_doubt": "maybe"},
            {"name": "chat", "kind": "telegram", "address": "-1001", "backlog": "some"},
            {"name": "chat", "kind": "telegram", "address": "-1001", "max_age_seconds": 59},
            {"name": "chat", "kind": "telegram", "address": "-1001", "max_age_seconds": 10**15},
            {"name": "hook", "kind": "webhook", "address": HOOK, "backlog": "roll_up"},
        ],
        "routes": [{"feed": "good-example", "destination": "nowhere"}],
    }

    done = await _import(catalog, json.dumps(document).encode(), "json")

    assert sum(item.outcome == "added" for item in done) == 1
    assert sum(item.outcome == "failed" for item in done) == 21
    assert [row.name for row in await catalog.store.list_feeds()] == ["good-example"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{", "not JSON"),
        (b"[1]", "berita export"),
        (b'{"berita": 99}', "format 99"),
        (b"[" * 100_000, "not JSON"),
        (b" " * 10_000_001, "larger"),
        (b'\xff\xfe{"berita": 1', "not JSON"),
    ],
)
def test_what_is_no_export_is_refused_in_a_line(data: bytes, said: str) -> None:
    with pytest.raises(BadRequest, match=said):
        read_file(data, "json")


def test_the_ending_tells_what_a_file_holds() -> None:
    assert kind_of_file("Feeds.OPML") == kind_of_file("feeds.xml") == "opml"
    assert kind_of_file("all.json") == "json"
    with pytest.raises(BadRequest, match=r"\.opml"):
        kind_of_file("feeds.txt")
