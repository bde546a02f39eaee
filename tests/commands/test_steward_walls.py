"""A steward is offered what he may do, all of it and nothing else, and hears of his own channel."""

from bot.commands.cards.deck import CARDS
from bot.commands.cards.taps import Tap
from bot.commands.menu import COMMANDS, STEWARDS
from bot.commands.rights import may
from feeds.model import DeliveryState, FeedState
from tests.commands.chat import FEED, OWNER, Chat
from tests.commands.stewards import BUDI, a_steward, is_demoted
from tests.commands.test_links import with_channels
from tests.commands.troubles import (
    HEADLINES,
    MINUTE,
    a_press,
    doubts,
    hears,
    toasts,
    undecided,
    waiting,
)
from tests.store.situations import a_source

HIS = {
    "from": {"id": BUDI, "is_bot": False, "first_name": "Budi", "language_code": "en"},
    "message": {
        "message_id": 1,
        "date": 1,
        "chat": {"id": BUDI, "type": "private", "first_name": "Budi"},
        "text": "?",
    },
}
BURST = "burst: 12 new at once"


def offered(chat: Chat) -> list[str]:
    """What the buttons under the bot's newest message to Budi send."""
    markup = chat.telegram.control.posts(BUDI)[-1]["markup"] or {}
    return [each["callback_data"] for row in markup["inline_keyboard"] for each in row]


async def walls(chat: Chat) -> list[str]:
    """The buttons under the newest message that Budi may not press."""
    scene = await chat.listener.scenes.later(BUDI, "Budi")
    taps = [Tap.unpack(data) for data in offered(chat)]
    return [
        f"{tap.card}.{tap.deed}"
        for tap in taps
        if not await may(
            scene, f"{tap.card}.{tap.deed}", await CARDS[tap.card].place_of(scene, tap)
        )
    ]


async def test_help_offers_a_steward_only_what_he_may(chat: Chat) -> None:
    await a_steward(chat)

    (told,) = await chat.says("/help", BUDI)

    named = [name for name in COMMANDS if f"/{name}" in told]
    assert sorted(named) == sorted(STEWARDS)
    await chat.says("/start", BUDI)
    (by_button,) = await chat.taps("home:help:0:", BUDI)
    assert by_button == told


async def test_help_says_all_that_can_be_typed(chat: Chat) -> None:
    (told,) = await chat.says("/help")

    assert [name for name in COMMANDS if f"/{name}" not in told] == []


async def test_a_steward_finds_what_waits_for_him(chat: Chat) -> None:
    mine, _ = await a_steward(chat)
    await waiting(chat, mine, *HEADLINES, hold=BURST)
    await chat.says("/channels", BUDI)

    (card,) = await chat.taps(f"ch:show:{mine.id}:", BUDI)

    assert "❓ 3 posts need your word: /failures" in card
    (failures,) = await chat.says("/failures", BUDI)
    assert failures.startswith("1 held burst")


async def test_buttons_that_are_offered_to_stewards_work(chat: Chat) -> None:
    mine, other = await a_steward(chat)
    alone = await a_source(chat.store, "alone", to=[mine.id])
    shared = await a_source(chat.store, "shared", to=[mine.id, other.id])
    await waiting(chat, mine, *HEADLINES, hold=BURST)
    await doubts(chat, mine, HEADLINES[0])
    said = ["/start", "/channels", "/feeds", "/failures", "/log", FEED]
    pressed = [f"ch:show:{mine.id}:", f"fd:show:{alone.id}:", f"fd:choose:{alone.id}:"]
    pressed += [f"fd:pause:{alone.id}:", f"fd:resume:{alone.id}:", f"fd:show:{shared.id}:"]

    for each in said:
        assert await chat.says(each, BUDI), each
        assert await walls(chat) == [], each
    for each in pressed:
        await chat.says("/channels" if each.startswith("ch") else "/feeds", BUDI)
        number = chat.telegram.control.posts(BUDI)[-1]["message_id"]
        await chat.until_heard(chat.telegram.control.press(BUDI, BUDI, number, f"c:{each}"))
        assert chat.told(BUDI), each
        assert await walls(chat) == [], each


async def test_a_shared_feed_is_not_offered_to_be_paused_by_one_of_its_masters(chat: Chat) -> None:
    mine, other = await a_steward(chat)
    feed = await a_source(chat.store, "shared", to=[mine.id, other.id])
    await chat.says("/feeds", BUDI)

    (card,) = await chat.taps(f"fd:show:{feed.id}:", BUDI)

    assert "Daily Berita" in card
    assert "Kedua" not in card
    assert f"c:fd:pause:{feed.id}:" not in offered(chat)


async def test_a_stewards_own_pause_of_a_feed_is_in_his_log_and_may_be_undone(chat: Chat) -> None:
    mine, _ = await a_steward(chat)
    feed = await a_source(chat.store, "mine", to=[mine.id])
    await chat.says("/feeds", BUDI)
    await chat.taps(f"fd:show:{feed.id}:", BUDI)
    await chat.taps(f"fd:pause:{feed.id}:", BUDI)

    (told,) = await chat.says("/log", BUDI)
    (undo,) = [data for data in offered(chat) if ":undo:" in data]
    await chat.taps(undo.removeprefix("c:"), BUDI)

    assert "1. 13 Sep 19:00:00 · Budi: paused the feed mine" in told
    (row,) = await chat.store.list_feeds()
    assert row.state is FeedState.ACTIVE


async def test_of_a_shared_feed_he_sees_the_change_and_undoes_nothing(chat: Chat) -> None:
    mine, other = await a_steward(chat)
    feed = await a_source(chat.store, "shared", to=[mine.id, other.id])
    await chat.says(f"/pause {feed.name}")

    (told,) = await chat.says("/log", BUDI)

    assert "shared" in told
    assert not [data for data in offered(chat) if ":undo:" in data]


async def test_the_log_names_an_owner(chat: Chat) -> None:
    await with_channels(chat)
    await chat.says(f"/addfeed {FEED}")
    await chat.says("/pause daily-berita")

    (told,) = await chat.says("/log")

    assert told.count("· Ani: ") == 2
    assert OWNER in chat.deps.owners


async def test_stewards_hear_of_their_own_channel(chat: Chat) -> None:
    mine, other = await a_steward(chat)
    await waiting(chat, other, HEADLINES[0], hold=BURST)
    await waiting(chat, mine, *HEADLINES, hold=BURST)

    (told,) = await chat.is_told(BUDI)

    assert "Daily Berita" in told
    assert "Kedua" not in told
    assert await chat.is_told(BUDI) == []  # once


async def test_a_steward_decides_by_the_notices_own_buttons(chat: Chat) -> None:
    mine, _ = await a_steward(chat)
    await waiting(chat, mine, *HEADLINES, hold=BURST)
    await chat.is_told(BUDI)
    (press, *_) = [data for data in offered(chat) if data.startswith("b:skip:")]

    toast = await chat.presses("skip", int(press.rpartition(":")[2]), BUDI)

    assert "not yours" not in toast
    assert (await chat.store.status(now=chat.clock.at)).deliveries == {DeliveryState.DROPPED: 3}


async def test_a_steward_decides_nothing_about_other_channels(chat: Chat) -> None:
    _, other = await a_steward(chat)
    (doubt,) = await doubts(chat, other, HEADLINES[0])
    await undecided(chat, [doubt])

    for data in (f"b:confirm:{doubt}", f"b:resume:{other.id}", "b:retry:999"):
        await hears(chat, chat.listener, "callback_query", a_press(data, **HIS))
        assert "not yours" in toasts(chat)[-1]

    (row,) = await chat.store.list_deliveries(state=DeliveryState.IN_DOUBT)
    assert row.id == doubt


async def test_who_is_demoted_hears_no_more_of_it(chat: Chat) -> None:
    mine, _ = await a_steward(chat)
    is_demoted(chat)
    chat.clock.at += 2 * MINUTE
    await waiting(chat, mine, *HEADLINES, hold=BURST)

    assert await chat.is_told(BUDI) == []
    assert await chat.is_told(OWNER) != []
