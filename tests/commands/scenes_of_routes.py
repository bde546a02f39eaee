"""The dialogue about how a route looks, what it lets through and in which words it tells."""

from datetime import timedelta

from bot.templates import TemplateWatch
from feeds.model import Key, KeyKind, NewStory, PollMemory, PollRecord, RouteOptions, Story
from tests.builders import NOON, a_parcel, a_source, an_entry
from tests.builders import a_story as a_told_story
from tests.commands.chat import CHANNEL, FEED, Chat

HEADLINES = ("Gempa di Sukabumi", "Iklan: promo pulsa", "Harga beras naik lagi")


async def a_way_with_stories(chat: Chat) -> int:
    """Let a feed with three stories go to the channel; gives the route."""
    await chat.catalog.add_destination("telegram", f"{CHANNEL}", name="channel")
    await chat.catalog.add_feed(FEED, to=("channel",))
    feed = await chat.catalog.feed("daily-berita")
    poll = PollRecord(
        feed=feed.id,
        title="Daily Berita",
        next_poll_at=NOON + timedelta(hours=1),
        next_poll_why="interval",
        memory=PollMemory(baseline_at=NOON),
        stories=tuple(a_story(number, title) for number, title in enumerate(HEADLINES)),
    )
    await chat.store.record_polls([poll], now=NOON)
    (row,) = await chat.store.list_routes()
    return row.route.id


def a_story(number: int, title: str) -> NewStory:
    key = Key(kind=KeyKind.GUID, digest=bytes([number]) * 16)
    entry = an_entry(guid=f"{number}", title=title, author="Redaksi" if number else None)
    return NewStory(entry=entry, keys=(key,), fingerprint=bytes(16), found_by=KeyKind.GUID)


async def a_route_and_its_looks(chat: Chat) -> None:
    route = await a_way_with_stories(chat)
    feed = (await chat.catalog.feed("daily-berita")).id
    await chat.says("/start")
    await chat.taps("fds:show:0:")
    await chat.taps(f"fd:show:{feed}:")
    await chat.taps(f"rt:show:{route}:")
    await chat.taps(f"rt:layout:{route}:card")
    (row,) = await chat.store.list_changes(about={"route": route}, limit=1)
    await chat.taps(f"rt:undo:{route}:{row.id}")
    await chat.taps(f"rt:summary:{route}:")
    await chat.taps(f"rt:length:{route}:120.400")
    await chat.taps(f"rt:hashtags:{route}:")
    await chat.says("#berita, dunia")


async def a_filter_tried_and_kept(chat: Chat) -> None:
    route = await a_way_with_stories(chat)
    feed = (await chat.catalog.feed("daily-berita")).id
    await chat.says("/start")
    for card in ("fds:show:0:", f"fd:show:{feed}:", f"rt:show:{route}:", f"rf:show:{route}:"):
        await chat.taps(card)
    await chat.taps(f"rf:add:{route}:none")
    await chat.taps(f"rf:in:{route}:none.title")
    await chat.says("!!!")
    await chat.says("iklan, promo")
    await chat.taps(f"rf:save:{route}:")
    await chat.taps(f"rf:add:{route}:re")
    await chat.taps(f"rf:in:{route}:re.title")
    await chat.says("(gempa|tsunami")
    await chat.says("gempa(?!bumi)")
    await chat.says("gempa|tsunami")
    await chat.taps(f"rf:drop:{route}:")


async def a_template_seen_and_kept(chat: Chat) -> None:
    route = await a_way_with_stories(chat)
    feed = (await chat.catalog.feed("daily-berita")).id
    await chat.says("/start")
    for card in ("fds:show:0:", f"fd:show:{feed}:", f"rt:show:{route}:", f"rx:show:{route}:"):
        await chat.taps(card)
    await chat.taps(f"rx:write:{route}:")
    await chat.says("{{ titel }}")
    await chat.says("{% for i in range(9999999) %}{{ title }}{% endfor %}")
    await chat.says("{{ title | bold | link }}\n{{ author }} · {{ source }}")
    await chat.taps(f"rx:save:{route}:")
    await chat.taps(f"rt:show:{route}:")


async def a_template_that_fails_later(chat: Chat) -> None:
    route = await a_way_with_stories(chat)
    (row,) = await chat.store.list_routes()
    found = await chat.store.route_card(route)
    assert found is not None
    template = RouteOptions(template="{% if author %}\n{{ author }}: {{ title }}\n{% endif %}")

    async def goes_out(story: Story) -> None:
        watch = TemplateWatch(found.destination)
        source = a_source(id=row.route.feed, name=row.feed)
        watch.note(a_parcel(story=story, source=source, options=template))
        await watch.tell(chat.store, now=chat.clock.at)

    await goes_out(a_told_story(author=None))
    await chat.is_told()
    await goes_out(a_told_story(author=None))
    await chat.is_told()
    await goes_out(a_told_story(author="Redaksi"))
    await chat.is_told()


SCENES_OF_ROUTES = (
    a_route_and_its_looks,
    a_filter_tried_and_kept,
    a_template_seen_and_kept,
    a_template_that_fails_later,
)
