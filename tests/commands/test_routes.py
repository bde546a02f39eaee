"""The card of a route: each button shows its value, each change can be taken back."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from bot.commands.cards import deck
from bot.commands.cards.scene import Scene
from bot.commands.cards.taps import Tap
from bot.commands.judging import Who
from bot.commands.words import Tongues
from feeds.catalog import RouteChanges
from feeds.model import Layout, RouteOptions
from feeds.model.people import Role
from tests.builders import NOON
from tests.commands.chat import CHANNEL, JAKARTA, OWNER, Chat
from tests.commands.scenes_of_routes import a_way_with_stories
from tests.commands.test_links import buttons
from tests.commands.troubles import a_press, another, hears


@pytest.fixture
async def way(chat: Chat) -> int:
    """A feed with three stories that goes to the channel; gives the route."""
    route = await a_way_with_stories(chat)
    await chat.says("/feeds")
    return route


async def options(chat: Chat) -> RouteOptions:
    (row,) = await chat.store.list_routes()
    return row.route.options


async def opened(chat: Chat, way: int, card: str = "rt") -> list[str]:
    """Open a card of the route anew, and give what its buttons send."""
    await hears(chat, chat.listener, "callback_query", a_press_on_nothing(f"c:{card}:show:{way}:"))
    chat.told()
    return buttons(chat)


def a_press_on_nothing(data: str) -> dict[str, Any]:
    """Press a button of a card that was deleted, so that it comes anew."""
    message = {"message_id": 999, "date": 0, "chat": {"id": OWNER, "type": "private"}}
    return a_press(data, message=message)


def labels(chat: Chat) -> list[str]:
    rows = chat.telegram.control.posts(OWNER)[-1]["markup"]["inline_keyboard"]
    return [each["text"] for row in rows for each in row]


async def test_the_feeds_card_leads_to_the_route_and_back(chat: Chat, way: int) -> None:
    feed = (await chat.catalog.feed("daily-berita")).id
    await hears(chat, chat.listener, "callback_query", a_press_on_nothing(f"c:fd:show:{feed}:"))
    chat.told()

    (card,) = await chat.taps(f"rt:show:{way}:")

    assert card.startswith("⚙️ ")
    assert f"fd:show:{feed}:" in buttons(chat)


TOGGLED: list[tuple[str, Callable[[RouteOptions], object], object]] = [
    ("layout", lambda o: o.layout, Layout.TITLE),
    ("source", lambda o: o.source, False),
    ("time", lambda o: o.time, False),
    ("silent", lambda o: o.silent, True),
    ("preview", lambda o: o.preview, False),
    ("from_tags", lambda o: o.hashtags_from_tags, True),
    ("language", lambda o: o.language, "id"),
]


@pytest.mark.parametrize(("deed", "value", "after"), TOGGLED, ids=[each[0] for each in TOGGLED])
async def test_a_tap_changes_a_value_in_place_and_undo_takes_it_back(
    deed: str, value: Callable[[RouteOptions], object], after: object, chat: Chat, way: int
) -> None:
    await opened(chat, way)
    before = await options(chat)
    (data,) = [each for each in buttons(chat) if each.startswith(f"rt:{deed}:")]

    await chat.taps(data)
    changed = await options(chat)
    (undo,) = [each for each in buttons(chat) if each.startswith("rt:undo:")]
    await chat.taps(undo)

    assert value(changed) == after
    assert await options(chat) == before
    assert not [each for each in buttons(chat) if each.startswith("rt:undo:")]


async def test_the_length_is_chosen_among_some(chat: Chat, way: int) -> None:
    await opened(chat, way)
    await chat.taps(f"rt:summary:{way}:")

    await chat.taps(f"rt:length:{way}:120.400")

    assert (await options(chat)).summary_max == 120
    assert "Summary: 120" in labels(chat)


async def test_of_two_admins_the_later_sees_how_it_is_and_overwrites_nothing(
    chat: Chat, way: int
) -> None:
    await opened(chat, way)
    await chat.catalog.set_route("daily-berita", "channel", RouteChanges(silent=True))

    await chat.taps(f"rt:silent:{way}:0")

    assert chat.toast == "Somebody changed it meanwhile. This is how it is now."
    assert (await options(chat)).silent
    assert "✅ No sound" in labels(chat)


async def test_own_hashtags_are_typed_and_a_dash_takes_them_away(chat: Chat, way: int) -> None:
    await opened(chat, way)
    await chat.taps(f"rt:hashtags:{way}:")

    (wrong,) = await chat.says("#a-b")
    await chat.says("#berita dunia")
    typed = await options(chat)
    await chat.taps(f"rt:hashtags:{way}:")
    await chat.says("-")

    assert "is no hashtag" in wrong
    assert typed.hashtags == ("berita", "dunia")
    assert (await options(chat)).hashtags == ()


async def test_a_rule_is_tried_on_the_newest_stories_and_kept_by_a_tap(
    chat: Chat, way: int
) -> None:
    await opened(chat, way, "rf")
    await chat.taps(f"rf:add:{way}:none")
    (question,) = await chat.taps(f"rf:in:{way}:none.title")

    (dry_run,) = await chat.says("iklan, promo")
    untouched = await options(chat)
    await chat.taps(f"rf:save:{way}:")

    assert question.startswith("none title: …")
    assert "would go out:\n✅ Harga beras naik lagi\n✅ Gempa di Sukabumi" in dry_run
    assert "1 would not:\n✖️ Iklan: promo pulsa – it has “iklan”" in dry_run
    assert (untouched.filter, (await options(chat)).filter) == ((), ("none title: iklan, promo",))


async def test_a_filter_and_a_template_are_taken_back_by_undo(chat: Chat, way: int) -> None:
    for changes in (RouteChanges(filter=("any: gempa",)), RouteChanges(template="{{ title }}")):
        await chat.catalog.set_route("daily-berita", "channel", changes)
        (undo,) = [each for each in await opened(chat, way) if each.startswith("rt:undo:")]

        await chat.taps(undo)

        assert await options(chat) == RouteOptions()


async def test_an_undo_never_overrules_what_came_after(chat: Chat, way: int) -> None:
    await chat.catalog.set_route("daily-berita", "channel", RouteChanges(silent=True))
    (undo,) = [each for each in await opened(chat, way) if each.startswith("rt:undo:")]
    await chat.catalog.set_route("daily-berita", "channel", RouteChanges(silent=False))

    await chat.taps(undo)

    assert "it was changed again since" in chat.toast
    assert await options(chat) == RouteOptions()


async def test_a_rule_goes_by_a_tap_and_a_stale_tap_takes_no_other(chat: Chat, way: int) -> None:
    await chat.catalog.set_route(
        "daily-berita", "channel", RouteChanges(filter=("any: gempa", "none: iklan"))
    )
    first, *_ = [each for each in await opened(chat, way, "rf") if each.startswith("rf:del:")]

    await chat.taps(first)
    left = await options(chat)
    await chat.taps(first)

    assert left.filter == (await options(chat)).filter == ("none: iklan",)
    assert chat.toast.startswith("Somebody changed it meanwhile.")


async def test_a_regex_bomb_is_refused_with_where_and_what_to_do(chat: Chat, way: int) -> None:
    await opened(chat, way, "rf")
    await chat.taps(f"rf:add:{way}:re")
    await chat.taps(f"rf:in:{way}:re.any")

    (bomb,) = await chat.says("((a{0,30}){0,30})b")
    (open_,) = await chat.says("gempa (besar")
    (linear,) = await chat.says("(a+)+z")

    assert "This would take too much memory. Let it repeat less" in bomb
    assert "A bracket is open and not closed" in open_
    assert f"any ~ gempa (besar\n{' ' * 12}^" in open_
    assert "3 would not" in linear


async def test_a_template_is_shown_on_the_newest_story_and_kept_by_a_tap(
    chat: Chat, way: int
) -> None:
    await opened(chat, way, "rx")
    await chat.taps(f"rx:write:{way}:")

    sample, question = await chat.says("+++ {{ title | bold }} +++")
    untouched = await options(chat)
    await chat.taps(f"rx:save:{way}:")

    assert sample == "+++ Harga beras naik lagi +++"
    assert "this is how the newest story would look" in question
    assert untouched.template == ""
    assert (await options(chat)).template == "+++ {{ title | bold }} +++"


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("{% for i in range(9999999) %}x{% endfor %}", "Line 1, column 13: that is not for posts."),
        ("{% for a in tags recursive %}{{ loop(tags) }}{% endfor %}", "Line 1, column 18: that is"),
        ("ok\n{{ titel }}", "Line 2, column 4: there is no such field."),
        ("{{ title", "this is not closed"),
        ("{% if author %}{{ author }}{% endif %}", "of one of the newest stories it says nothing"),
    ],
)
async def test_a_broken_template_gets_a_human_answer_and_may_be_sent_again(
    typed: str, answer: str, chat: Chat, way: int
) -> None:
    await opened(chat, way, "rx")
    await chat.taps(f"rx:write:{way}:")

    (told,) = await chat.says(typed)
    _, question = await chat.says("{{ title }}")

    assert answer in told
    assert "Save it?" in question
    assert (await options(chat)).template == ""


@pytest.mark.parametrize(
    ("begin", "typed", "kept"),
    [
        ("rf:in:{}:any.any", "gempa", RouteOptions(filter=("any: gempa",))),
        ("rx:write:{}:", "{{ title }}", RouteOptions(template="{{ title }}")),
        ("rt:hashtags:{}:", "#berita", RouteOptions(hashtags=("berita",))),
    ],
)
async def test_a_restart_in_the_middle_of_a_wizard_changes_nothing(
    begin: str, typed: str, kept: RouteOptions, chat: Chat, way: int
) -> None:
    await hears(chat, another(chat), "callback_query", a_press_on_nothing(f"c:{begin.format(way)}"))
    chat.told()

    await hears(chat, another(chat), "message", said(typed))
    chat.told()
    save = f"c:{begin[:2]}:save:{way}:"
    await hears(chat, another(chat), "callback_query", a_press_on_nothing(save))

    assert await options(chat) == kept


def said(text: str) -> dict[str, Any]:
    """A message of the owner's, as Telegram tells of it."""
    return {
        "message_id": 900,
        "date": 1,
        "chat": {"id": OWNER, "type": "private"},
        "from": {"id": OWNER, "is_bot": False, "first_name": "Ani"},
        "text": text,
    }


async def test_a_draft_is_shown_anew_if_the_filter_was_changed_meanwhile(
    chat: Chat, way: int
) -> None:
    await opened(chat, way, "rf")
    await chat.taps(f"rf:add:{way}:any")
    await chat.taps(f"rf:in:{way}:any.any")
    await chat.says("gempa")
    await chat.catalog.set_route("daily-berita", "channel", RouteChanges(filter=("none: iklan",)))

    again = await chat.taps(f"rf:save:{way}:")
    between = (await options(chat)).filter
    await chat.taps(f"rf:save:{way}:")

    assert "Somebody changed it meanwhile" in chat.toast or again
    assert between == ("none: iklan",)
    assert (await options(chat)).filter == ("none: iklan", "any: gempa")


async def test_a_route_that_is_no_more_says_so(chat: Chat, way: int) -> None:
    await opened(chat, way)
    await chat.catalog.remove_route("daily-berita", "channel")

    (told,) = await chat.taps(f"rt:time:{way}:1")

    assert told == "That route is there no more."


async def test_with_500_routes_any_card_of_one_opens_with_three_queries(chat: Chat) -> None:
    await chat.catalog.add_destination("telegram", f"{CHANNEL}", name="channel")
    (place,) = await chat.store.list_destinations()
    for number in range(500):
        url = f"https://feeds.example/{number}"
        await chat.store.add_feed(f"feed-{number}", url, to=(place.id,), now=NOON)
    route = (await chat.store.list_routes())[250].route.id
    scenes: list[Any] = []

    for card in ("rt", "rf", "rx"):
        with counted() as queries:
            begun = time.perf_counter()
            scenes.append(await deck.turn_of(Tap(card=card, deed="show", on=route), a_scene(chat)))
            took = time.perf_counter() - begun
        print(f"{card}: {len(queries)} queries, {took * 1_000:.1f} ms")  # noqa: T201  # reported
        assert len(queries) <= 3

    assert all(turn.card is not None for turn in scenes)


@contextmanager
def counted() -> Iterator[list[str]]:
    """List what is asked of any database meanwhile."""
    asked: list[str] = []

    def note(*args: Any) -> None:
        if str(args[2]).lstrip().upper().startswith(("SELECT", "WITH")):
            asked.append(args[2])

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


def a_scene(chat: Chat) -> Any:
    return Scene(
        bot=chat.bot,
        deps=chat.deps,
        teller=chat.listener.teller,
        tongues=(tongues := Tongues(default="en", time_zone=JAKARTA)),
        words=tongues["en"],
        person=OWNER,
        name="Ani",
        who=Who(person=OWNER, role=Role.OWNER),
        errands=chat.listener.errands,
    )
