"""Dialogues that are kept as files in `golden/`, one for each scene and language."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.commands.people import remember_language
from bot.health import Health
from feeds.model import (
    DestinationOptions,
    FeedState,
    Key,
    KeyKind,
    NewStory,
    Pace,
    PollMemory,
    PollRecord,
    RouteOptions,
)
from tests.builders import NOON, an_entry
from tests.commands.chat import CHANNEL, FEED, OWNER, STRANGER, Chat, open_chat
from tests.commands.news import rss
from tests.commands.scenes_of_cards import SCENES_OF_CARDS
from tests.commands.scenes_of_insight import SCENES_OF_INSIGHT
from tests.commands.scenes_of_places import SCENES_OF_PLACES
from tests.commands.scenes_of_routes import SCENES_OF_ROUTES
from tests.commands.scenes_of_trouble import SCENES_OF_TROUBLE

GOLDEN = Path(__file__).parent / "golden"
LANGUAGES = ("id", "en")
MINUTE = timedelta(minutes=1)

Scene = Callable[[Chat], Awaitable[None]]


async def play(scene: Scene, language: str, folder: Path) -> str:
    """Perform a scene and give its transcript."""
    async with open_chat(folder, language=language) as chat:
        chat.speaks(language, STRANGER)
        await remember_language(chat.store, OWNER, language)
        await scene(chat)
    return "\n".join(chat.transcript) + "\n"


def golden(scene: Scene, language: str) -> Path:
    """Tell where a transcript is kept."""
    return GOLDEN / language / f"{scene.__name__}.txt"


def rewrite() -> None:
    """Perform every scene and keep what was said; to be read before it is committed."""
    for scene in SCENES:
        for language in LANGUAGES:
            with tempfile.TemporaryDirectory() as folder:
                said = asyncio.run(play(scene, language, Path(folder)))
            golden(scene, language).parent.mkdir(parents=True, exist_ok=True)
            golden(scene, language).write_text(said, encoding="utf-8")


async def first_words(chat: Chat) -> None:
    for text in ("/start", "/help", "halo", "/feeds", "/status"):
        await chat.says(text)
    for command in ("addfeed", "preview", "pause", "resume", "setfeed", "removefeed"):
        await chat.says(f"/{command}")
    await chat.says("/pause two names")
    await chat.says("/addfeed three words here")


async def a_stranger(chat: Chat) -> None:
    await chat.says("/start", STRANGER)
    await chat.says("/start", STRANGER)
    await chat.says("/status", STRANGER)
    await chat.says("halo", STRANGER)


async def adding_a_feed(chat: Chat) -> None:
    await chat.says("/addfeed berita.example/feed/")
    await chat.says(f"/addfeed {FEED}")
    await chat.says(f"/addfeed {FEED} @dailyberita")
    await chat.says(f"/addfeed {FEED} https://t.me/dailyberita")
    await chat.says("/feeds")
    await chat.says("/removefeed daily-berita")
    await chat.says(f"/addfeed {FEED} {CHANNEL}")
    chat.serve("empty.example", rss("Kosong").partition("<item>")[0] + "</channel></rss>")
    await chat.catalog.pause_destination("daily-berita")
    await chat.says("/addfeed empty.example/feed daily-berita")


async def feeds_that_are_refused(chat: Chat) -> None:
    chat.serve("page.example", "<!doctype html><html><body>Selamat datang</body></html>")
    chat.serve("lost.example", "not here", status=404)
    for url in (
        "https://page.example/",
        "https://lost.example/feed?token=hush",
        "file:///etc/passwd",
        "not a url",
        "ftp://berita.example/",
        "https://",
    ):
        await chat.says(f"/addfeed {url.replace(' ', '_')}")
    await chat.says("/feeds")


async def channels_that_are_refused(chat: Chat) -> None:
    chat.telegram.control.channel(-100777, "@bisu", "Kanal Bisu")
    chat.telegram.control.bot(-100777, "administrator", can_post_messages=False)
    await chat.says(f"/addfeed {FEED} @oranglain")
    await chat.says(f"/addfeed {FEED} @bisu")
    await chat.says(f"/addfeed {FEED} @tidakada")
    await chat.says(f"/addfeed {FEED} -100555")
    await chat.says(f"/addfeed {FEED} dailyberita")
    chat.telegram.control.fault("page", method="getChatMember", code=502)
    await chat.says(f"/addfeed {FEED} @dailyberita")
    await chat.says("/feeds")


async def resting_and_removing(chat: Chat) -> None:
    await chat.says(f"/addfeed {FEED} @dailyberita")
    chat.telegram.control.channel(-100124, "@kedua", "Kanal Kedua")
    chat.telegram.control.standing(-100124, OWNER, "administrator")
    await chat.says("/pause daily-berita")
    await chat.says(f"/addfeed {FEED} @kedua")
    for command in ("resume", "removefeed", "removefeed"):
        await chat.says(f"/{command} daily-berita")
    await chat.says(f"/addfeed {FEED} @dailyberita")
    await chat.says("/pause daily-brita")


async def a_list_of_feeds(chat: Chat) -> None:
    store = chat.store
    names = ("pagi", "siang", "sore", "malam")
    places = {
        name: await store.add_destination(name, "console", name, now=NOON)
        for name in (*names, "subuh")
    }
    feeds = {n: await store.add_feed(n, f"https://{n}.example/", now=NOON) for n in names}
    for place in places.values():
        await store.add_route(feeds["pagi"].id, place.id, now=NOON)
    well = PollRecord(
        feed=0, next_poll_at=NOON, next_poll_why="interval", memory=PollMemory(), title="Kabar Pagi"
    )
    sick = PollMemory(last_error="HTTP 503 from @malam /status", failures=3, last_poll_at=NOON)
    gone = "the publisher said 410 twice"
    records = (
        replace(well, feed=feeds["pagi"].id),
        replace(well, feed=feeds["malam"].id, title="Kabar Malam", memory=sick),
        replace(well, feed=feeds["sore"].id, title="", state=FeedState.GONE, state_reason=gone),
    )
    await store.record_polls(records, now=NOON)
    await store.set_feed(feeds["malam"].id, every=90 * MINUTE)
    await chat.says("/pause siang")
    await chat.says("/feeds")


async def many_feeds(chat: Chat) -> None:
    for number in range(1, 42):
        url = f"https://n{number}.example/"
        await chat.store.add_feed(f"feed-{number:02}", url, now=NOON)
    for text in ("/feeds", "/feeds_3", "/feeds 4"):
        await chat.says(text)


async def how_things_stand(chat: Chat) -> None:
    await chat.says(f"/addfeed {FEED} @dailyberita")
    feed, place = await chat.catalog.feed("1"), await chat.catalog.destination("1")
    stories = tuple(_news(number) for number in range(1, 5))
    memory = PollMemory(last_poll_at=NOON, baseline_at=NOON)
    poll = PollRecord(
        feed=feed.id,
        next_poll_at=NOON,
        next_poll_why="interval",
        memory=memory,
        title="Daily Berita",
        stories=stories,
    )
    await chat.store.record_polls([poll], now=NOON)
    chat.clock.at = NOON + 3 * MINUTE
    await chat.says("/status")
    await chat.store.decide([1], deed="drop", now=NOON, reason="an admin's word")
    await _doubt(chat)
    await chat.store.park_destination(place.id, reason="bot was kicked from @x", now=NOON)
    await chat.catalog.add_destination("telegram", str(OWNER), name="ani")
    await chat.catalog.pause_destination("ani")
    until = NOON + 90 * MINUTE
    scope = f"telegram:chat:{CHANNEL}"
    await chat.store.save_paces([Pace(scope=scope, not_before=until, reason="429")], now=NOON)
    chat.health[0] = Health(
        ok=False, problems=("telegram:bot:42: 401 Unauthorized", "polling: ill")
    )
    chat.clock.at = NOON + timedelta(hours=1)
    await chat.says("/status")
    chat.clock.at = NOON + timedelta(days=3)
    await chat.says("/status")


async def previews(chat: Chat) -> None:
    await chat.says("/preview berita.example/feed/")
    await chat.says("/feeds")
    await chat.says(f"/addfeed {FEED} @dailyberita")
    await chat.says("/preview daily-berita")
    (route,) = await chat.catalog.list_routes()
    bare = RouteOptions(summary_max=0, preview=False, silent=True)
    await chat.store.set_route(route.route.id, options=bare)
    english = DestinationOptions(language="en")
    await chat.store.set_destination(route.route.destination, options=english)
    await chat.says("/preview daily-berita")
    chat.serve("empty.example", rss("Kosong").partition("<item>")[0] + "</channel></rss>")
    await chat.says("/preview empty.example")
    await chat.says("/preview daily-brita")
    await chat.says("/preview lost.example/feed")


async def a_feed_that_means_harm(chat: Chat) -> None:
    evil = "/removefeed daily-berita @victim *bold* [x](tg://user?id=1) \u202ereversed"
    chat.serve("evil.example", rss(f"/start @all_of_you {evil}", evil, evil))
    await chat.says("/addfeed evil.example/feed @dailyberita")
    await chat.says("/preview evil.example/feed")
    await chat.says("/pause /removefeed@berita_bot")
    await chat.says("/preview @victim")
    await chat.says("/removefeed <b>x</b>&amp;`code`")


def _news(number: int) -> NewStory:
    key = Key(kind=KeyKind.GUID, digest=bytes([number]) * 16)
    return NewStory(
        entry=an_entry(guid=str(number), title=f"Berita {number}"),
        keys=(key,),
        fingerprint=bytes(16),
        found_by=KeyKind.GUID,
        hold="a burst: 4 at once" if number == 4 else None,
    )


async def _doubt(chat: Chat) -> None:
    """Let the head of the lane be cut off while it is sent."""
    from tests.store.situations import an_intent, claim_one

    lane = await claim_one(chat.store)
    await chat.store.begin_sends([an_intent(lane)], now=NOON)
    await chat.store.expire_leases(now=NOON, repeatable_kinds=(), everything=True)


SCENES: tuple[Scene, ...] = (
    first_words,
    a_stranger,
    adding_a_feed,
    feeds_that_are_refused,
    channels_that_are_refused,
    resting_and_removing,
    a_list_of_feeds,
    many_feeds,
    how_things_stand,
    previews,
    a_feed_that_means_harm,
    *SCENES_OF_CARDS,
    *SCENES_OF_ROUTES,
    *SCENES_OF_INSIGHT,
    *SCENES_OF_TROUBLE,
    *SCENES_OF_PLACES,
)

if __name__ == "__main__":
    rewrite()
