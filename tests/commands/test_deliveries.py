"""/deliveries and a place's queue: where every post is; and what was given up, sent again."""

import re
from datetime import timedelta

import pytest

from bot.commands.cards.deck import CARDS
from feeds.model import DeliveryState, Destination
from tests.commands.chat import OWNER, Chat
from tests.commands.published import a_post
from tests.commands.stewards import BUDI, a_steward
from tests.commands.test_links import buttons
from tests.commands.test_many import QUERIES_MAX, a_scene, counted, five_hundred_routes
from tests.commands.test_routes import a_press_on_nothing, labels
from tests.commands.troubles import (
    HEADLINES,
    a_channel,
    doubts,
    given_up,
    hears,
    undecided,
    waiting,
)
from tests.store.situations import states

FAILED, WAITING = DeliveryState.FAILED, DeliveryState.WAITING
HOUR = timedelta(hours=1)


async def one_of_each(chat: Chat) -> Destination:
    """A channel with a post sent, one in doubt, one given up, one held, two that wait."""
    place = await a_channel(chat)
    await a_post(chat, title="Sudah Terkirim")
    await undecided(chat, await doubts(chat, place, "Belum Pasti"))
    await given_up(chat, place, "Gagal")
    await waiting(chat, place, "Ditahan", hold="burst: 12 new at once")
    await waiting(chat, place, "Menunggu Satu", "Menunggu Dua")
    return place


async def opened(chat: Chat, data: str, user: int = OWNER) -> str:
    """Open a card anew; gives its text."""
    await hears(chat, chat.listener, "callback_query", a_press_on_nothing(f"c:{data}"))
    return chat.told(user)[-1]


async def test_all_deliveries_are_listed_the_newest_first_with_counts_by_state(
    chat: Chat,
) -> None:
    await one_of_each(chat)

    (card,) = await chat.says("/deliveries")

    titles = re.findall(r"– (.+) → Daily Berita", card)
    assert titles == [
        *("Menunggu Dua", "Menunggu Satu", "Ditahan", "Gagal", "Belum Pasti", "Sudah Terkirim")
    ]
    shown = labels(chat)
    assert {"• All 6", "⏳ waiting 2", "❓ in doubt 1", "❌ failed 1"} <= set(shown)
    assert {"✋ held 1", "🗑 dropped 0", "✅ sent 1"} <= set(shown)


@pytest.mark.parametrize(
    ("state", "titles"),
    [
        ("w", ["Menunggu Dua", "Menunggu Satu"]),
        ("d", ["Belum Pasti"]),
        ("f", ["Gagal"]),
        ("h", ["Ditahan"]),
        ("x", []),
        ("s", ["Sudah Terkirim"]),
    ],
)
async def test_a_state_is_chosen_by_its_button(state: str, titles: list[str], chat: Chat) -> None:
    await one_of_each(chat)
    await chat.says("/deliveries")

    (card,) = await chat.taps(f"dl:show:0:{state}0")

    assert re.findall(r"– (.+) → Daily Berita", card) == titles
    assert ("None of these." in card) is (not titles)


async def test_each_leads_to_its_way_and_that_back_to_the_page(chat: Chat) -> None:
    await one_of_each(chat)
    await chat.says("/deliveries")
    await chat.taps("dl:show:0:f0")
    (way,) = [each for each in buttons(chat) if each.startswith("way:show:")]

    (told,) = await chat.taps(way)
    (card,) = await chat.taps("dl:show:0:f0")

    assert "❌ Given up: 400 Bad Request" in told
    assert "Gagal" in card


@pytest.mark.parametrize(
    ("state", "deeds"),
    [
        ("f", ["retry"]),
        ("f", ["drop", "retry"]),
        ("w", ["rest"]),
        ("s", ["resend", "show"]),
        ("s", ["resend", "resend"]),
        ("s", ["delete", "show"]),
    ],
)
async def test_whatever_is_done_on_its_way_that_leads_back_to_the_page(
    state: str, deeds: list[str], chat: Chat
) -> None:
    await one_of_each(chat)
    await chat.says("/deliveries")
    await chat.taps(f"dl:show:0:{state}0")
    way = next(each for each in buttons(chat) if each.startswith("way:show:"))
    await chat.taps(way)

    for deed in deeds:
        await chat.taps(next(each for each in buttons(chat) if each.startswith(f"way:{deed}:")))

    assert f"dl:show:0:{state}0" in buttons(chat)


async def test_many_are_turned_page_by_page(chat: Chat) -> None:
    place = await a_channel(chat)
    await waiting(chat, place, *(f"Berita {no:02}" for no in range(1, 21)))

    (first,) = await chat.says("/deliveries")
    (second,) = await chat.taps("dl:show:0:a1")
    (third,) = await chat.taps("dl:show:0:a2")
    last = buttons(chat)

    shown = [re.findall(r"Berita \d\d", card) for card in (first, second, third)]
    assert [len(each) for each in shown] == [8, 8, 4]
    assert [title for card in shown for title in card] == [
        f"Berita {no:02}" for no in range(20, 0, -1)
    ]
    assert "dl:show:0:a3" not in last


@pytest.mark.parametrize("more", ["a999999999999999", "z0", "w-1", "?", "a٣"])
async def test_a_forged_page_shows_what_there_is(more: str, chat: Chat) -> None:
    await one_of_each(chat)

    assert (await opened(chat, f"dl:show:0:{more}")).startswith("📦 Deliveries")


async def test_a_places_card_leads_to_its_queue_and_back(chat: Chat) -> None:
    first = await one_of_each(chat)
    await waiting(chat, await a_channel(chat, -100124, "Kedua"), "Berita Lain")
    await opened(chat, f"ch:show:{first.id}:")

    (card,) = await chat.taps(f"dl:show:{first.id}:w0")
    shown = labels(chat)
    (back,) = await chat.taps(f"ch:show:{first.id}:")

    assert card.startswith("📦 Daily Berita\n")
    assert "Berita Lain" not in card
    assert "• ⏳ waiting 2" in shown
    assert back.startswith("📢 Daily Berita")


async def test_a_steward_sees_his_own_and_no_others(chat: Chat) -> None:
    first, second = await a_steward(chat)
    await waiting(chat, first, "Berita Saya")
    await waiting(chat, second, "Berita Orang")

    (card,) = await chat.says("/deliveries", BUDI)
    shown = chat.telegram.control.posts(BUDI)[-1]["markup"]
    chat.phone.buttons[BUDI, f"c:dl:show:{second.id}:a0"] = (1, "?")
    told = await chat.taps(f"dl:show:{second.id}:a0", BUDI)

    assert "Berita Saya" in card
    assert "Berita Orang" not in card
    assert "⏳ waiting 1" in str(shown)
    assert told == []
    assert chat.toast == "This is not yours to decide. An owner of this bot can."


async def test_what_failed_lately_goes_out_again_after_a_question_with_its_number(
    chat: Chat,
) -> None:
    place, other = await a_channel(chat), await a_channel(chat, -100124, "Kedua")
    await given_up(chat, place, HEADLINES[0])
    chat.clock.at += 48 * HOUR
    await given_up(chat, place, *HEADLINES[1:])
    await given_up(chat, other, "Bukan Ini")
    await opened(chat, f"ch:show:{place.id}:")
    await chat.taps(f"ra:show:{place.id}:")
    offered = labels(chat)

    (asked,) = await chat.taps(f"ra:ask:{place.id}:24")
    untouched = await states(chat.store, destination=place.id)
    (card,) = await chat.taps(f"ra:go:{place.id}:24")

    assert offered[:3] == ["1 day: 2", "3 days: 3", "7 days: 3"]
    assert "Send 2 posts again that were given up within 1 day?" in asked
    assert untouched == [FAILED] * 3
    assert await states(chat.store, destination=place.id) == [FAILED, WAITING, WAITING]
    assert await states(chat.store, destination=other.id) == [FAILED]
    assert chat.toast == "2 go out again."
    assert card.startswith("📢 Daily Berita")
    (line, *_) = await chat.catalog.log()
    assert line.change.destination == place.id
    assert line.change.after == {"count": 2}


async def test_the_same_button_pressed_twice_sends_nothing_twice(chat: Chat) -> None:
    place = await a_channel(chat)
    await given_up(chat, place, HEADLINES[0])
    await opened(chat, f"ra:show:{place.id}:")
    await chat.taps(f"ra:ask:{place.id}:24")
    await chat.taps(f"ra:go:{place.id}:24")

    await chat.taps(f"ra:go:{place.id}:24")

    assert chat.toast == "0 go out again."
    assert await states(chat.store) == [WAITING]


async def test_where_nothing_failed_nothing_is_offered(chat: Chat) -> None:
    place = await a_channel(chat)
    await waiting(chat, place, HEADLINES[0])
    await opened(chat, f"ch:show:{place.id}:")
    there = buttons(chat)

    assert "Nothing was given up there" in await opened(chat, f"ra:show:{place.id}:")
    assert f"ra:show:{place.id}:" not in there


async def test_telegram_is_asked_before_anything_goes_out_again(chat: Chat) -> None:
    place = await a_channel(chat)
    await given_up(chat, place, HEADLINES[0])
    await opened(chat, f"ra:show:{place.id}:")
    await chat.taps(f"ra:ask:{place.id}:24")
    chat.telegram.control.standing(int(place.address), OWNER, "member")

    await chat.taps(f"ra:go:{place.id}:24")

    assert "you are no administrator of “Daily Berita”" in chat.toast
    assert await states(chat.store) == [FAILED]


async def test_a_steward_replays_his_own_place_alone(chat: Chat) -> None:
    first, second = await a_steward(chat)
    await given_up(chat, first, HEADLINES[0])
    await given_up(chat, second, HEADLINES[1])
    for place in (second, first):
        chat.phone.buttons[BUDI, f"c:ra:go:{place.id}:24"] = (1, "?")
        await chat.taps(f"ra:go:{place.id}:24", BUDI)

    rows = await chat.store.list_deliveries()
    assert {row.destination: row.state for row in rows} == {
        first.name: WAITING,
        second.name: FAILED,
    }


@pytest.mark.parametrize(("name", "on"), [("dl", 0), ("dl", 1), ("ra", 1)])
async def test_the_cards_open_by_three_queries_at_most(name: str, on: int, chat: Chat) -> None:
    await five_hundred_routes(chat)
    scene = await a_scene(chat)

    with counted() as asked:
        await CARDS[name].show(scene, on)

    assert len([each for each in asked if each.startswith("SELECT")]) <= QUERIES_MAX
