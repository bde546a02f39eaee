"""Whole set-ups by file: given without secrets, told, asked about, taken in once and summed up."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.commands import bundled
from bot.commands.cards.scene import Gone
from bot.commands.listening import Listener
from bot.commands.rights import may
from bot.owners import Owners
from feeds.catalog import DestinationChanges
from tests.builders import NOON
from tests.commands.chat import CHANNEL, FEED, FOREIGN, OWNER, STRANGER, Chat, open_chat
from tests.commands.stewards import BUDI, a_steward
from tests.commands.test_links import card_number
from tests.commands.troubles import a_press, another, hears, toasts

HOOK = "https://partner.example/hook"


def a_file(**parts: Any) -> bytes:
    """A file as /export json makes it."""
    empty = {"berita": 1, "feeds": [], "destinations": [], "routes": []}
    return json.dumps(empty | parts).encode()


def feeds(count: int) -> list[dict[str, Any]]:
    return [{"url": f"https://f{no}.example/rss", "name": f"f{no}"} for no in range(count)]


CHANNELS = [{"name": "kanal", "kind": "telegram", "address": str(CHANNEL), "language": "en"}]
HOOKS = [{"name": "partner", "kind": "webhook", "address": HOOK}]
WHOLE = a_file(
    feeds=feeds(2),
    destinations=[*CHANNELS, *HOOKS],
    routes=[
        {"feed": "f0", "destination": "kanal", "silent": True},
        {"feed": "f1", "destination": "partner"},
    ],
)


async def routes(chat: Chat) -> list[tuple[str, str]]:
    return [(row.feed, row.destination) for row in await chat.store.list_routes()]


async def test_an_export_holds_all_that_is_set_and_no_secret(chat: Chat) -> None:
    await chat.says(f"/addfeed {FEED} @dailyberita")
    await chat.catalog.add_destination("webhook", HOOK, name="partner")
    headers = (("Authorization", "Bearer s3cret-4711"),)
    await chat.catalog.set_destination("partner", DestinationChanges(headers=headers))
    await chat.catalog.add_destination("discord", "https://discord.com/api/webhooks/42/s3cret")
    secret = await chat.catalog.secret_of("partner")

    (said,) = await chat.says("/export json")

    (file,) = chat.telegram.backend.files.values()
    told = json.loads(file)
    assert said.startswith("Everything that can be set, without secrets")
    assert [len(told[each]) for each in ("feeds", "destinations", "routes")] == [1, 3, 1]
    assert secret not in file.decode()
    assert "s3cret" not in file.decode()


async def test_a_file_is_told_asked_about_and_taken_in(chat: Chat) -> None:
    (asked,) = await chat.sends("berita.json", WHOLE)
    untouched = await chat.store.list_feeds()
    (summed,) = await chat.taps(f"bd:take:{card_number(chat)}:")

    assert asked.splitlines()[0] == "🗂 2 feeds · 2 destinations · 2 routes"
    assert not untouched
    assert summed == "✅ 6 things taken in."
    assert await routes(chat) == [("f0", "kanal"), ("f1", "partner")]
    kanal = await chat.catalog.destination("kanal")
    assert (kanal.address, kanal.options.language) == (str(CHANNEL), "en")
    assert {line.change.person for line in await chat.catalog.log()} == {OWNER}


async def test_what_an_export_gave_comes_in_again_as_known(chat: Chat) -> None:
    await chat.says(f"/addfeed {FEED} @dailyberita")
    await chat.says("/export json")
    (file,) = chat.telegram.backend.files.values()
    await chat.sends("berita.json", file)

    (summed,) = await chat.taps(f"bd:take:{card_number(chat)}:")

    assert summed.splitlines() == ["✅ 0 things taken in.", "3 were here already."]


async def test_cancelled_nothing_is_taken_in(chat: Chat) -> None:
    await chat.sends("berita.json", WHOLE)
    at = card_number(chat)
    await chat.taps(f"bd:cancel:{at}:")

    (told,) = await chat.taps(f"bd:take:{at}:")

    assert told == "This file is done with. Send it to me again."
    assert not await chat.store.list_feeds()


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (b"", "this is no JSON"),
        (b'{"berita": 1, "feeds": [', "this is no JSON"),
        (b"\xff\xfe\x00", "this is no JSON"),
        (b"[" * 100_000, "this is no JSON"),
        (b"[]", "this JSON is not from Berita"),
        (b'{"version": 3}', "this JSON is not from Berita"),
        (b'{"berita": 99}', "this file is from another version of Berita"),
        (a_file(feeds={"news": {"url": FEED}}), "this JSON is not from Berita"),
        (a_file(), "there is nothing in this file"),
        (a_file(feeds=feeds(2_001)), "this file holds 2001 things, and I take 2000 at a time"),
        (b'{"berita": 1}' + b" " * 1_000_001, "I take lists of up to 1 MB here"),
    ],
)
async def test_a_malformed_foreign_or_too_large_file_gets_its_answer(
    data: bytes, answer: str, chat: Chat
) -> None:
    (told,) = await chat.sends("berita.json", data)

    assert told.startswith(f"Can't: {answer}")


async def test_bad_items_are_named_and_spoil_no_others(chat: Chat) -> None:
    bad: list[Any] = [{"name": "x"}, 7, {"url": "javascript:alert(1)"}, {"url": FEED, "name": "ok"}]
    keyed = {"name": "dis", "kind": "discord", "address": None}
    parts = {"feeds": bad, "destinations": [keyed], "routes": [{"feed": "ok", "destination": "x"}]}

    (asked,) = await chat.sends("berita.json", a_file(**parts))
    (summed,) = await chat.taps(f"bd:take:{card_number(chat)}:")

    assert "2 items cannot be read and are passed over." in asked
    assert [row.name for row in await chat.store.list_feeds()] == ["ok"]
    assert summed.splitlines()[:2] == ["✅ 1 thing taken in.", "⚠️ 5 were not taken in:"]
    assert "· feed number 1 – has no “url”" in summed
    assert "· feed number 2 – is no object" in summed
    assert "the address of a discord is a key, and is not in the file" in summed
    assert "only http:// and https:// can be fetched" in summed


async def test_what_is_wrong_with_an_item_is_told_in_indonesian(tmp_path: Path) -> None:
    feeds = [7, {}, {"url": 7}, {"url": FEED, "every_seconds": 0}]
    places = [HOOKS[0] | {"headers": 7}, HOOKS[0] | {"headers": {"Host": "x"}}]
    ways = [{"feed": "f"}, {"feed": "f", "destination": "x", "filter": ["halo"]}]
    async with open_chat(tmp_path, language="id") as chat:
        summed = await _take(chat, feeds=feeds, destinations=places, routes=ways)

    assert summed.splitlines()[2:-1] == [
        "· feed nomor 1 – bukan objek JSON",
        "· feed nomor 2 – “url” belum diisi",
        "· feed nomor 3 – jenis nilai “url” keliru",
        "· feed nomor 4 – nilai “every_seconds” di luar batas",
        "· tujuan nomor 1 – “headers” harus berupa objek berisi teks",
        "· tujuan nomor 2 – header “Host” milik sambungan dan tidak bisa diatur.",
        "· rute nomor 1 – “destination” belum diisi",
        "· rute nomor 2 – Aturan diawali any, all, atau none, misalnya: any: gempa, tsunami",
    ]


async def test_no_chat_comes_in_where_the_owner_is_no_admin_or_the_bot_may_not_post(
    chat: Chat,
) -> None:
    chat.telegram.control.standing(CHANNEL, OWNER, "member")
    foreign = {"name": "lain", "kind": "telegram", "address": str(FOREIGN)}
    destinations = [*CHANNELS, foreign, *HOOKS]
    to = [{"feed": "f0", "destination": each["name"]} for each in destinations]
    await chat.sends("berita.json", a_file(feeds=feeds(1), destinations=destinations, routes=to))

    (summed,) = await chat.taps(f"bd:take:{card_number(chat)}:")

    assert await routes(chat) == [("f0", "partner")]
    assert [row.name for row in await chat.store.list_destinations()] == ["partner"]
    assert "kanal – you are no administrator of “Daily Berita”" in summed
    assert "lain – I am not in “Milik Orang Lain”" in summed


async def test_a_route_of_a_file_to_a_known_channel_asks_telegram_too(chat: Chat) -> None:
    await chat.catalog.add_destination("telegram", str(CHANNEL), name="kanal")
    chat.telegram.control.standing(CHANNEL, OWNER, "member")
    parts = {"feeds": feeds(1), "routes": [{"feed": "f0", "destination": "kanal"}]}
    await chat.sends("berita.json", a_file(**parts))

    (summed,) = await chat.taps(f"bd:take:{card_number(chat)}:")

    assert await routes(chat) == []
    assert "f0 → kanal – you are no administrator" in summed


async def test_progress_is_shown_by_edits_of_one_message(chat: Chat) -> None:
    await chat.sends("berita.json", a_file(feeds=feeds(60)))
    before = len(chat.telegram.control.posts(OWNER))

    (summed,) = await chat.taps(f"bd:take:{card_number(chat)}:")

    edits = [call["parameters"]["text"] for call in chat.telegram.control.calls("editMessageText")]
    assert "⏳ Taking in: 25 of 60 …" in edits
    assert "⏳ Taking in: 50 of 60 …" in edits
    assert summed == "✅ 60 things taken in."
    assert len(chat.telegram.control.posts(OWNER)) == before


async def test_an_import_that_a_restart_cut_off_is_ended_and_counted_once(chat: Chat) -> None:
    await chat.sends("berita.json", a_file(feeds=feeds(30)))
    at = card_number(chat)
    scene = await chat.listener.scenes.later(OWNER)
    for feed in feeds(25):
        await chat.store.add_feed(feed["name"], feed["url"], now=NOON)
    await bundled.keep(scene, replace(await bundled.load(scene, at), done=25, added=25))
    await chat.store.set_note("errands", f'[[{OWNER}, "bundle", {at}]]')

    anew = Listener(chat.bot, chat.deps)
    await anew.errands.take_up_again(anew.scenes.later, may)

    assert chat.told()[-1] == "✅ 30 things taken in."
    assert len(await chat.store.list_feeds()) == 30


async def test_pressed_twice_a_file_is_taken_in_once_and_told_again(chat: Chat) -> None:
    await chat.sends("berita.json", WHOLE)
    at = card_number(chat)
    await chat.taps(f"bd:take:{at}:")
    lines = len(await chat.catalog.log(limit=50))

    await chat.taps(f"bd:take:{at}:")

    assert len(await chat.catalog.log(limit=50)) == lines


async def _under_way(chat: Chat) -> int:
    """A file whose taking in goes on for as long as Telegram does not give it; its message."""
    await chat.sends("berita.json", WHOLE)
    chat.telegram.control.fault("hang", method="getFile")
    at = card_number(chat)
    press = chat.telegram.control.press(OWNER, OWNER, at, f"c:bd:take:{at}:")
    await chat.telegram.until_called("getFile", 2)
    await chat.until_heard(press)
    return at


async def test_a_file_whose_message_is_ten_after_anothers_is_another_file(chat: Chat) -> None:
    scene = await chat.listener.scenes.later(OWNER)
    whole = bundled.Sent(at=7, file="a", feeds=1, destinations=0, routes=0, faults=0)
    await bundled.keep(scene, whole)
    await bundled.keep(scene, replace(whole, at=17, file="b"))

    await bundled.keep(scene, replace(whole, done=1))

    assert await bundled.load(scene, 7) == replace(whole, done=1)
    assert (await bundled.load(scene, 17)).file == "b"
    await bundled.forget(scene, 7)
    with pytest.raises(Gone):
        await bundled.load(scene, 7)
    assert (await bundled.load(scene, 17)).file == "b"


async def test_of_too_many_files_the_oldest_at_rest_goes_and_none_that_is_worked_on(
    chat: Chat,
) -> None:
    at = await _under_way(chat)
    scene = await chat.listener.scenes.later(OWNER)
    worked_on = await bundled.load(scene, at)

    for number in range(at + 1, at + 11):
        await bundled.keep(scene, replace(worked_on, at=number))

    assert await bundled.load(scene, at) == worked_on
    with pytest.raises(Gone):
        await bundled.load(scene, at + 1)
    assert (await bundled.load(scene, at + 2)).at == at + 2


async def test_files_are_taken_in_one_at_a_time(chat: Chat) -> None:
    await _under_way(chat)
    number = chat.telegram.control.send_file(OWNER, "b.json", a_file(feeds=feeds(1)), None)
    await chat.until_heard(number)
    chat.told()
    at = card_number(chat)

    await chat.until_heard(chat.telegram.control.press(OWNER, OWNER, at, f"c:bd:take:{at}:"))

    assert "another file is being taken in right now" in toasts(chat)[-1]
    scene = await chat.listener.scenes.later(OWNER)
    assert (await bundled.load(scene, at)).done == 0


async def test_a_steward_and_an_owner_no_more_take_nothing_in(chat: Chat) -> None:
    await a_steward(chat)
    before = await routes(chat)
    await chat.sends("berita.json", WHOLE)
    at = card_number(chat)
    calls = len(chat.telegram.control.calls("getFile"))

    await chat.sends("berita.json", WHOLE, user=BUDI)
    await chat.says("/export json", BUDI)
    chat.phone.buttons[BUDI, f"c:bd:take:{at}:"] = (1, "?")
    await chat.taps(f"bd:take:{at}:", BUDI)
    listener = another(chat, owners=Owners({STRANGER}))
    await hears(chat, listener, "callback_query", a_press(f"c:bd:take:{at}:"))
    await chat.store.set_note("errands", f'[[{OWNER}, "bundle", {at}]]')
    await listener.errands.take_up_again(listener.scenes.later, may)

    assert len(chat.telegram.control.calls("getFile")) == calls
    assert not chat.telegram.control.calls("sendDocument")
    assert await routes(chat) == before
    assert not await chat.store.list_feeds()


async def _take(chat: Chat, **parts: Any) -> str:
    await chat.sends("berita.json", a_file(**parts))
    return "\n".join(await chat.taps(f"bd:take:{card_number(chat)}:"))


async def test_a_second_of_a_name_brings_no_chat_past_the_question_whether_one_is_admin_there(
    chat: Chat,
) -> None:
    chat.telegram.control.standing(CHANNEL, OWNER, "member")
    twice = [
        {"name": "kanal", "kind": "telegram", "address": str(CHANNEL)},
        {"name": "kanal", "kind": "telegram", "address": str(OWNER)},
    ]

    await _take(chat, feeds=feeds(1), destinations=twice)

    assert [
        d.address for d in await chat.store.list_destinations() if d.address == str(CHANNEL)
    ] == []


async def test_a_route_leads_to_no_like_named_place_of_another_kind(chat: Chat) -> None:
    await chat.catalog.add_destination("telegram", str(CHANNEL), name="kanal")
    keyless = [{"name": "kanal", "kind": "discord", "address": None}]
    to_it = [{"feed": "f0", "destination": "kanal"}]

    await _take(chat, feeds=feeds(1), destinations=keyless, routes=to_it)

    assert await routes(chat) == []


async def test_a_route_carries_no_like_named_feed(chat: Chat) -> None:
    await chat.store.add_feed("news", "https://mine.example/rss", now=chat.deps.clock.now())
    theirs = [{"name": "news", "url": "https://theirs.example/rss", "every_seconds": 1}]
    of_it = [{"feed": "news", "destination": "kanal"}]

    await _take(chat, feeds=theirs, destinations=CHANNELS, routes=of_it)

    assert await routes(chat) == []


@pytest.mark.parametrize(
    "bad",
    [
        {"feeds": [{"name": "news", "url": 7}]},
        {"feeds": [{"name": "news"}]},
        {"feeds": [{"name": "news", "url": "https://theirs.example/rss", "every_seconds": 0}]},
        {"destinations": [HOOKS[0] | {"name": "mine", "secret": "x"}]},
        {"destinations": [HOOKS[0] | {"name": "mine", "format": "xml"}]},
        {"destinations": [HOOKS[0] | {"name": "mine", "address": "nonsense"}]},
        {"destinations": [{"name": "mine", "kind": 7, "address": HOOK}]},
    ],
)
async def test_a_route_of_what_cannot_be_read_leads_to_no_like_named_thing(
    chat: Chat, bad: dict[str, list[dict[str, Any]]]
) -> None:
    await chat.store.add_feed("news", "https://mine.example/rss", now=NOON)
    await chat.store.add_destination("mine", "webhook", "https://mine.example/hook", now=NOON)

    told = await _take(chat, **bad, routes=[{"feed": "news", "destination": "mine"}])

    assert await routes(chat) == []
    assert "⚠️ 2 were not taken in" in told


@pytest.mark.parametrize(
    "bad",
    [
        {"feeds": [{"name": "bad", "url": "http://[x"}]},
        {"feeds": [{"name": "bad", "url": "https://x.example/\ud800"}]},
        {"destinations": [{"name": "bad", "kind": "telegram", "address": "\ud800"}]},
        {"routes": [{"feed": "f\ud800", "destination": "x\ud800"}]},
        {"destinations": [HOOKS[0] | {"name": "bad", "secret": "x"}]},
    ],
)
async def test_an_item_that_cannot_be_read_or_stored_ends_no_import(
    chat: Chat, bad: dict[str, list[dict[str, Any]]]
) -> None:
    await _take(chat, **{**bad, "feeds": [*bad.get("feeds", []), *feeds(2)]})

    assert {"f0", "f1"} <= {feed.name for feed in await chat.store.list_feeds()}
    assert "bad" not in {place.name for place in await chat.store.list_destinations()}


async def test_one_chat_does_not_become_two_by_a_word_of_the_file(chat: Chat) -> None:
    named = [{"name": "lain", "kind": "telegram", "address": "@dailyberita", "resolved": True}]

    await _take(chat, feeds=feeds(1), destinations=named)

    places = [row.destination for row in await chat.store.list_destinations()]
    assert [place.resolved for place in places if place.address.startswith("@")] in ([], [False])
