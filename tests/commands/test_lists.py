"""Lists of feeds by file: asked where to go, worked off beside all else, summed up once."""

import json

import pytest

from bot.commands.listed import progress_of
from bot.commands.listening import Listener
from bot.commands.rights import may
from feeds.opml import read_opml
from tests.commands.chat import CHANNEL, FEED, OWNER, Chat
from tests.commands.news import rss
from tests.commands.test_links import buttons, card_number, with_channels


def opml(*urls: str) -> bytes:
    outlines = "".join(f'<outline type="rss" text="{url}" xmlUrl="{url}"/>' for url in urls)
    return f'<opml version="2.0"><body>{outlines}</body></opml>'.encode()


def dead(number: int) -> str:
    return f"https://dead-{number}.example/feed"


def living(chat: Chat, *names: str) -> list[str]:
    for name in names:
        chat.serve(f"{name}.example", rss(name.title()))
    return [f"https://{name}.example/feed" for name in names]


async def test_a_list_goes_where_one_tap_says(chat: Chat) -> None:
    (place,) = await with_channels(chat, CHANNEL)
    urls = living(chat, "satu", "dua")

    (asked,) = await chat.sends("feeds.opml", opml(*urls))
    (summed,) = await chat.taps(f"om:to:{card_number(chat)}:{place}")

    assert asked == "The list holds 2 feeds.\nWhere shall the stories go?"
    assert summed == "✅ 2 feeds added."
    rows = await chat.store.list_feeds()
    assert {row.url: row.destinations for row in rows} == dict.fromkeys(urls, ("daily-berita",))


async def test_three_hundred_dead_links_are_one_summary_with_the_next_step(chat: Chat) -> None:
    await with_channels(chat, CHANNEL)
    urls = [*map(dead, range(150)), *living(chat, "satu"), *map(dead, range(150, 300)), FEED]
    await chat.says(f"/addfeed {FEED}")
    await chat.sends("feeds.opml", opml(*urls))
    at, before = card_number(chat), len(chat.telegram.control.posts(OWNER))

    (summed,) = await chat.taps(f"om:nowhere:{at}:")

    lines = summed.splitlines()
    assert lines[:3] == [
        "✅ 1 feed added.",
        "1 was here already.",
        "⚠️ At 300 addresses there is no feed now:",
    ]
    assert lines[3:13] == [f"· {dead(number)}" for number in range(10)]
    assert "290" in lines[13]
    assert lines[-1].startswith("Please check these addresses.")
    scene = await chat.listener.scenes.later(OWNER)
    assert (await progress_of(scene, at)).done == len(urls), "a restart would go on from there"
    edits = chat.telegram.control.calls("editMessageText")
    assert len(chat.telegram.control.posts(OWNER)) == before, "progress is shown in one message"
    assert 300 // 25 <= len(edits) <= 300 // 25 + 5
    assert {row.url for row in await chat.store.list_feeds()} == {FEED, "https://satu.example/feed"}


async def test_five_megabytes_are_refused_with_what_to_do_and_are_not_fetched(chat: Chat) -> None:
    (told,) = await chat.sends("feeds.opml", opml(FEED), size=5_000_000)

    assert told.startswith("Can't: I take lists of up to 1 MB here. Split it, or run")
    assert chat.telegram.control.calls("getFile") == []


async def test_a_file_larger_than_it_says_is_not_read_to_its_end(chat: Chat) -> None:
    (told,) = await chat.sends("feeds.opml", b"<opml>" + b" " * 1_500_000, size=10)

    assert told.startswith("Can't: I take lists of up to 1 MB here.")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"Halo", "there is no feed in it"),
        (b"<opml><body/></opml>", "there is no feed in it"),
        (b"", "there is no feed in it"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><opml/>', "made in a strange way"),
        (opml(*map(dead, range(501))), "I take 500 at a time"),
    ],
)
async def test_what_is_no_list_is_answered_with_the_reason(
    data: bytes, why: str, chat: Chat
) -> None:
    (told,) = await chat.sends("photo.jpg", data)

    assert told.startswith("Can't: ")
    assert why in told


async def test_a_file_that_telegram_does_not_give_is_told_in_words(chat: Chat) -> None:
    chat.telegram.control.fault("page", method="getFile", code=502)

    (told,) = await chat.sends("feeds.opml", opml(FEED))

    assert told == "Can't: Telegram does not give me that file. Please send it again in a minute."


async def test_cancel_adds_nothing(chat: Chat) -> None:
    await chat.sends("feeds.opml", opml(FEED))

    (said,) = await chat.taps(f"om:cancel:{card_number(chat)}:")
    (over,) = await chat.taps(f"om:nowhere:{card_number(chat)}:")

    assert (said, over[:22]) == ("All right, nothing was added.", "This list is done with")
    assert await chat.store.list_feeds() == ()


async def test_a_list_that_a_restart_cut_off_is_worked_off_from_there(chat: Chat) -> None:
    await with_channels(chat, CHANNEL)
    urls = living(chat, *(f"feed{number}" for number in range(30)))
    await chat.sends("feeds.opml", opml(*urls))
    at = card_number(chat)
    half_way = {"at": at, "to": None, "done": 25, "added": 20, "known": 0, "dead": 5}
    kept = json.dumps(half_way | {"dead_urls": [dead(1)]})
    await chat.store.set_note(f"list-done:{OWNER}:{at % 10}", kept)
    await chat.store.set_note("errands", f'[[{OWNER}, "list", {at}]]')

    anew = Listener(chat.bot, chat.deps)
    await anew.errands.take_up_again(anew.scenes.later, may)

    assert chat.told()[-1].splitlines()[0] == "✅ 25 feeds added."
    assert len(await chat.store.list_feeds()) == 5, "what was done is not done again"


async def test_an_export_is_a_file_that_may_be_sent_again(chat: Chat) -> None:
    await with_channels(chat, CHANNEL)
    await chat.says(f"/addfeed {FEED} @dailyberita")

    (said,) = await chat.says("/export")

    (file,) = chat.telegram.backend.files.values()
    assert said.startswith("All your feeds.")
    assert [each.url for each in read_opml(file)] == [FEED]


async def test_one_who_lost_his_rights_sends_no_list_there(chat: Chat) -> None:
    (place,) = await with_channels(chat, CHANNEL)
    await chat.sends("feeds.opml", opml(FEED))
    chat.telegram.control.standing(CHANNEL, OWNER, "member")

    await chat.taps(f"om:to:{card_number(chat)}:{place}")

    assert "you are no administrator" in chat.toast
    assert await chat.store.list_feeds() == ()
    assert f"om:to:{card_number(chat)}:{place}" in buttons(chat)
