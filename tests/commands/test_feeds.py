"""What commands do to the store, and that they do nothing more."""

import json
from pathlib import Path

import pytest

from bot.preview import preview, stage
from feeds.model import Declared, DeclaredFeed, Origin, RouteOptions
from tests.adapters import tdlib
from tests.builders import NOON
from tests.commands.chat import CHANNEL, FEED, OWNER, Chat
from tests.commands.news import rss
from tests.servers.bot_api_chats import Member


async def test_an_added_feed_goes_to_the_channel_and_publishes_nothing_old(chat: Chat) -> None:
    await chat.says(f"/addfeed {FEED} @dailyberita")

    (feed,), (place,) = await chat.store.list_feeds(), await chat.store.list_destinations()
    assert (feed.url, feed.feed.start, feed.feed.origin) == (FEED, 0, Origin.ADMIN)
    assert (place.kind, place.address) == ("telegram", str(CHANNEL))
    assert feed.destinations == (place.name,)
    assert await chat.store.list_deliveries() == ()


async def test_two_feeds_share_a_channel_however_it_is_written(chat: Chat) -> None:
    chat.serve("second.example", rss("Kabar Kedua"))

    await chat.says(f"/addfeed {FEED} @DailyBerita")
    await chat.says(f"/addfeed second.example/feed {CHANNEL}")

    (place,) = await chat.store.list_destinations()
    assert [row.destinations for row in await chat.store.list_feeds()] == [(place.name,)] * 2


@pytest.mark.parametrize(
    "arguments",
    [
        f"{FEED} @oranglain",
        f"{FEED} @tidakada",
        f"{FEED} no-such-destination",
        "https://lost.example/ @dailyberita",
        "file:///etc/passwd @dailyberita",
    ],
)
async def test_what_is_refused_leaves_nothing_behind(arguments: str, chat: Chat) -> None:
    chat.serve("lost.example", "gone", status=404)

    (told,) = await chat.says(f"/addfeed {arguments}")

    assert told.startswith("Can't: ")
    assert await chat.store.list_feeds() == ()
    assert await chat.store.list_destinations() == ()


STANDINGS = {
    "its creator": ("creator", {}, True),
    "an administrator": ("administrator", {}, True),
    "an administrator who may not post": ("administrator", {"can_post_messages": False}, False),
    "restricted": ("restricted", {"can_send_messages": False}, False),
    "restricted, but free to write": ("restricted", {"can_send_messages": True}, True),
    "gone": ("left", {}, False),
    "banned": ("kicked", {}, False),
}


@pytest.mark.parametrize(("status", "rights", "taken"), STANDINGS.values(), ids=STANDINGS)
async def test_a_channel_is_taken_only_where_the_bot_may_post(
    status: str, rights: dict[str, bool], taken: bool, chat: Chat
) -> None:
    bot = chat.telegram.backend.bot
    where = chat.telegram.backend.chats.find(CHANNEL)
    where.members[bot] = Member(user=bot, status=status, rights=rights)
    where.type = "supergroup" if status == "restricted" else "channel"  # none is in a channel

    await chat.says(f"/addfeed {FEED} @dailyberita")

    assert bool(await chat.store.list_destinations()) is taken


async def test_a_bot_api_server_older_than_ours_does_not_keep_a_channel_out(chat: Chat) -> None:
    me = {"id": chat.telegram.backend.bot, "is_bot": True, "first_name": "Berita"}
    older = {"status": "administrator", "user": me, "can_post_messages": True}
    chat.telegram.backend.methods["getchatmember"] = lambda _: older

    await chat.says(f"/addfeed {FEED} @dailyberita")

    assert await chat.store.list_destinations()


async def test_the_newest_story_is_told_even_of_a_feed_that_lists_the_oldest_first(
    chat: Chat,
) -> None:
    newest_first = rss("Terbalik", "Baru", "Lama")
    head, *items = newest_first.removesuffix("</channel></rss>").split("<item>")
    oldest_first = "<item>".join([head, *reversed(items)]) + "</channel></rss>"
    chat.serve("terbalik.example", oldest_first)

    (told,) = await chat.says("/addfeed terbalik.example/feed")

    assert "“Baru”" in told
    assert "“Terbalik”" in told


async def test_what_the_file_declares_is_paused_here_but_not_removed(chat: Chat) -> None:
    declared = Declared(feeds=(DeclaredFeed(name="daily-berita", url=FEED),))
    await chat.store.declare(declared, now=NOON)

    (refused,) = await chat.says("/removefeed daily-berita")
    await chat.says("/pause daily-berita")

    assert "berita.toml" in refused
    assert [row.state for row in await chat.store.list_feeds()] == ["paused"]


async def test_commands_are_understood_however_they_are_capitalised(chat: Chat) -> None:
    chat.serve("berita.example", rss("Daily Berita"))

    (usage,) = await chat.says("/Pause")
    (listed,) = await chat.says("/Feeds@berita_bot")

    assert "/pause daily-berita" in usage
    assert "/addfeed" in listed


async def test_a_preview_is_what_the_channel_would_get_and_stores_nothing(chat: Chat) -> None:
    outside = chat.catalog.reach()
    found = await preview(FEED, last=1, outside=outside, now=NOON)
    adapter = outside.addresses._adapters["telegram"]
    body = json.loads(adapter.render(stage(kind="telegram", now=NOON), found.parcels[-1]))

    await chat.says(f"/preview {FEED}")

    (sent,) = chat.telegram.control.calls("sendMessage")
    said = sent["parameters"]
    assert said.pop("chat_id") == str(OWNER)
    assert said.pop("text") == body.pop("text")
    assert {name: json.loads(value) for name, value in said.items()} == body
    assert await chat.store.list_feeds() == ()


async def test_a_feed_in_a_file_that_the_configuration_declares_is_shown_by_its_name(
    chat: Chat, tmp_path: Path
) -> None:
    path = tmp_path / "feed.xml"
    path.write_text(rss("Contoh", "Dari berkas"), encoding="utf-8")
    declared = Declared(feeds=(DeclaredFeed(name="contoh", url=path.as_uri()),))
    await chat.store.declare(declared, now=NOON)

    by_name = await chat.says("/preview contoh")
    by_url = await chat.says(f"/preview {path.as_uri()}")

    assert by_name[0].startswith("Dari berkas")
    assert by_url[0].startswith("Can't: ")


async def test_a_silent_route_previews_in_silence(chat: Chat) -> None:
    await chat.says(f"/addfeed {FEED} @dailyberita")
    (route,) = await chat.catalog.list_routes()
    await chat.store.set_route(route.route.id, options=RouteOptions(silent=True))

    await chat.says("/preview daily-berita")

    sent = chat.telegram.control.calls("sendMessage")[-1]["parameters"]
    assert sent["disable_notification"] == "true"
    assert sent["chat_id"] == str(OWNER)


async def test_nothing_a_feed_or_a_person_writes_calls_anyone_or_offers_a_command(
    chat: Chat,
) -> None:
    evil = "/removefeed daily-berita and @victim_1 and (/pause) “@victim_2”"
    chat.serve("evil.example", rss(f"/start {evil}", evil))
    heard = []
    for text in (
        "/addfeed evil.example/feed @dailyberita",
        "/preview evil.example/feed",
        f"/pause {evil}",
        "/preview @victim_3",
        "/removefeed /status@victim_4",
        "/addfeed @victim_5 @victim_6",
    ):
        heard += await chat.says(text)

    for text in heard:
        called = {what for kind, what in tdlib.found_by_itself(text) if kind != "Url"}
        # Those inside what we marked as code are dead: Telegram looks for none there.
        assert called <= {"@channel", "/addfeed", "/pause", "/feeds"}, text


async def test_answers_are_plain_text_without_link_previews(chat: Chat) -> None:
    await chat.says(f"/addfeed {FEED}")

    (sent,) = chat.telegram.control.calls("sendMessage")
    assert "parse_mode" not in sent["parameters"]
    assert sent["parameters"]["link_preview_options"] == '{"is_disabled": true}'


@pytest.mark.parametrize("kind", ["webhook", "console"])
async def test_a_feed_may_go_to_any_destination_by_its_name(kind: str, chat: Chat) -> None:
    await chat.store.add_destination("partner", kind, "https://partner.example/", now=NOON)

    await chat.says(f"/addfeed {FEED} partner")

    assert [row.destinations for row in await chat.store.list_feeds()] == [("partner",)]
