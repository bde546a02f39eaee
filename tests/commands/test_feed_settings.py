"""The card of a feed's settings: values on buttons and typed ones, undo; two admins at once."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.commands.membership import BELIEVED
from feeds.catalog import RouteChanges
from feeds.model import Declared, DeclaredFeed
from tests.builders import NOON
from tests.commands.chat import FEED, OWNER, Chat, open_chat
from tests.commands.first_story import poll
from tests.commands.news import rss
from tests.commands.stewards import BUDI, a_steward, is_demoted
from tests.commands.test_feed_cards import MISSED, OLD, a_feed, waiting
from tests.commands.test_links import buttons
from tests.commands.test_routes import a_press_on_nothing, said
from tests.commands.troubles import another, hears, toasts
from tests.store.situations import a_source

HOUR, TEN_MINUTES = timedelta(hours=1), timedelta(minutes=10)
NEW_PLACE = "https://pindah.example/rss"
QUESTIONS = {"every": "ask", "name": "name", "url": "url"}  # setting → the button that asks


async def settings_of(chat: Chat) -> tuple[str, str, timedelta | None]:
    (row,) = await chat.store.list_feeds()
    return row.name, row.url, row.feed.every


async def opened(chat: Chat) -> int:
    """A feed that goes to a channel, with the card of its settings."""
    feed = await a_feed(chat)
    await chat.taps(f"fs:show:{feed}:")
    return feed


async def asked(chat: Chat, setting: str) -> int:
    feed = await opened(chat)
    await chat.taps(f"fs:{QUESTIONS[setting]}:{feed}:")
    return feed


async def test_the_card_says_what_is_set_and_marks_it_on_the_buttons(chat: Chat) -> None:
    feed = await a_feed(chat)

    (card,) = await chat.taps(f"fs:show:{feed}:")

    assert card.split("\n") == [
        "⚙️ Daily Berita",
        "Read every 15 minutes (default)",
        "Its name here: daily-berita",
        f"Its address: {FEED}",
    ]
    labels = {data: label for (_, data), (_, label) in chat.phone.buttons.items()}
    assert labels[f"c:fs:every:{feed}:default.default"] == "• Default: 15 minutes"
    assert labels[f"c:fs:every:{feed}:600.default"] == "10 minutes"


@pytest.mark.parametrize("card", ["fs", "fd"])
async def test_a_tap_changes_the_interval_in_place_and_undo_takes_it_back(
    card: str, chat: Chat
) -> None:
    feed = await opened(chat)

    (changed,) = await chat.taps(f"fs:every:{feed}:3600.default")
    after = await settings_of(chat)
    await chat.taps(f"{card}:show:{feed}:")
    (undo,) = [each for each in buttons(chat) if each.startswith(f"{card}:undo:")]
    await chat.taps(undo)

    assert "Read every 1 hour\n" in changed
    assert after[2] == HOUR
    assert await settings_of(chat) == ("daily-berita", FEED, None)
    assert not [each for each in buttons(chat) if ":undo:" in each]


async def test_the_log_tells_an_interval_as_people_do(chat: Chat) -> None:
    feed = await opened(chat)
    await chat.taps(f"fs:every:{feed}:3600.default")

    (told,) = await chat.says("/log")

    assert "every: – → 1 hour" in told


async def test_back_at_the_default_it_is_read_soon(chat: Chat) -> None:
    feed = await opened(chat)
    await chat.taps(f"fs:every:{feed}:86400.default")
    await poll(chat)

    await chat.taps(f"fs:every:{feed}:default.86400")

    (row,) = await chat.store.list_feeds()
    assert row.feed.every is None
    assert row.next_poll_at <= chat.clock.at


async def test_of_two_admins_the_later_sees_how_it_is_and_overwrites_nothing(chat: Chat) -> None:
    feed = await opened(chat)
    await chat.catalog.set_feed("daily-berita", every=TEN_MINUTES)

    (card,) = await chat.taps(f"fs:every:{feed}:3600.default")

    assert chat.toast == "Somebody changed it meanwhile. This is how it is now."
    assert "Read every 10 minutes" in card
    assert (await settings_of(chat))[2] == TEN_MINUTES


async def test_no_interval_is_offered_that_the_operator_forbids(chat: Chat) -> None:
    feed = await a_feed(chat)
    strict = another(chat, catalog=replace(chat.catalog, every_min=HOUR))

    await hears(chat, strict, "callback_query", a_press_on_nothing(f"c:fs:show:{feed}:"))
    chat.told()

    offered = [each for each in buttons(chat) if each.startswith("fs:every:")]
    assert [each.rpartition(":")[2] for each in offered] == [
        f"{value}.default" for value in ("default", 3_600, 10_800, 21_600, 43_200, 86_400)
    ]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("10m", timedelta(minutes=10)),
        ("1h30m", timedelta(minutes=90)),
        ("90 menit", timedelta(minutes=90)),
        ("2 Hours", timedelta(hours=2)),
        ("1 hari 2 jam", timedelta(hours=26)),
        ("1d 2h", timedelta(hours=26)),
        ("120 Seconds", timedelta(minutes=2)),
        ("45 seconds 0", None),
        ("default", None),
    ],
)
async def test_an_interval_is_typed_as_people_write_it(
    typed: str, kept: timedelta | None, chat: Chat
) -> None:
    await chat.catalog.add_feed(FEED, every=HOUR)
    (row,) = await chat.store.list_feeds()
    await hears(chat, another(chat), "callback_query", a_press_on_nothing(f"c:fs:ask:{row.id}:"))
    chat.told()

    (told,) = await chat.says(typed)

    if typed == "45 seconds 0":
        assert told.startswith("Can't: that is no interval.")
        kept = HOUR
    assert (await settings_of(chat))[2] == kept


WRONG = {
    "every": [
        ("besok", "Can't: that is no interval. Write it like 10m"),
        ("1s", "Can't: the interval lies between 60 seconds and 30 days"),
        ("31d", "Can't: the interval lies between 60 seconds and 30 days"),
        ("9" * 4_000, "Can't: that is no interval."),
    ],
    "name": [
        ("Daily Berita", "Can't: “Daily Berita” is no name: use up to 64 of a-z"),
        ("12", "Can't: “12” would be read as an id"),
        ("other", "Can't: there is a feed called other already"),
        ("/pause\u202e", "Can't: "),
    ],
    "url": [
        ("halo", "Can't: send me one link"),
        (f"{NEW_PLACE} {FEED}", "Can't: send me one link"),
        ("http://192.168.0.1/feed", "Can't: http://192.168.0.1/feed: "),
        ("https://nowhere.example/", "Can't: https://nowhere.example/: "),
        ("https://page.example/", "Can't: https://page.example/: an HTML page"),
        ("https://other.example/feed", "Can't: that feed is there already: it is called other"),
        ("file:///etc/passwd", "Can't: "),
    ],
}
RIGHT = {"every": "10m", "name": "kabar", "url": NEW_PLACE}
KEPT: dict[str, tuple[str, str, timedelta | None]] = {
    "every": ("daily-berita", FEED, TEN_MINUTES),
    "name": ("kabar", FEED, None),
    "url": ("daily-berita", NEW_PLACE, None),
}


@pytest.mark.parametrize(
    ("setting", "typed", "answer"), [(k, *each) for k, row in WRONG.items() for each in row]
)
async def test_what_cannot_be_is_told_and_the_question_stands(
    setting: str, typed: str, answer: str, chat: Chat
) -> None:
    chat.serve("page.example", "<!doctype html><html><body>Selamat datang</body></html>")
    chat.serve("pindah.example", rss("Daily Berita", *OLD))
    await asked(chat, setting)
    other = await a_source(chat.store, "other", url="https://other.example/feed")
    before = await chat.catalog.feed("daily-berita")

    (refused,) = await chat.says(typed)
    untouched = await chat.catalog.feed("daily-berita")
    await chat.catalog.remove_feed(str(other.id))
    (done,) = await chat.says(RIGHT[setting])

    assert refused.startswith(answer)
    assert untouched == before
    assert "⚙️ Daily Berita" in done
    assert await settings_of(chat) == KEPT[setting]
    assert await chat.store.talk(OWNER, now=chat.clock.at) is None


@pytest.mark.parametrize("setting", QUESTIONS)
async def test_a_restart_in_the_middle_of_the_question_changes_nothing(
    setting: str, chat: Chat
) -> None:
    chat.serve("pindah.example", rss("Daily Berita", *OLD))
    await asked(chat, setting)

    await hears(chat, another(chat), "message", said(RIGHT[setting]))

    assert await settings_of(chat) == KEPT[setting]


CHANGED: dict[str, dict[str, Any]] = {
    "every": {"every": HOUR},
    "name": {"rename": "warta"},
    "url": {"url": "https://lain.example/rss"},
}


@pytest.mark.parametrize("setting", QUESTIONS)
async def test_what_somebody_else_changed_meanwhile_is_shown_before_it_is_replaced(
    setting: str, chat: Chat
) -> None:
    for host in ("pindah.example", "lain.example"):
        chat.serve(host, rss("Daily Berita", *OLD))
    await asked(chat, setting)
    await chat.catalog.set_feed("daily-berita", **CHANGED[setting])
    meanwhile = await settings_of(chat)

    (told,) = await chat.says(RIGHT[setting])
    untouched = await settings_of(chat)
    await chat.says(RIGHT[setting])

    assert told.startswith("Can't: somebody changed it meanwhile to ")
    assert untouched == meanwhile
    assert await settings_of(chat) == KEPT[setting]


async def test_an_address_is_compared_after_telegram_was_told_of_the_work(chat: Chat) -> None:
    """To say “typing …” takes as long as Telegram likes; nobody's change of then is overwritten."""
    for host in ("pindah.example", "lain.example"):
        chat.serve(host, rss("Daily Berita", *OLD))
    await asked(chat, "url")
    chat.telegram.control.fault("slow", method="sendChatAction", seconds=0.05)
    before = len(chat.telegram.control.calls("sendChatAction"))
    number = chat.telegram.control.say(OWNER, NEW_PLACE)
    await chat.telegram.until_called("sendChatAction", before + 1)
    await chat.catalog.set_feed("daily-berita", **CHANGED["url"])
    await chat.until_heard(number)

    (told,) = [each for each in chat.told() if each.startswith("Can't")]

    assert told.startswith("Can't: somebody changed it meanwhile to https://lain.example/rss")
    assert (await settings_of(chat))[1] == "https://lain.example/rss"


async def test_a_move_while_another_looks_is_not_overwritten(chat: Chat) -> None:
    """Both were asked before either answered; the slower site loses."""
    for host in ("pindah.example", "lain.example"):
        chat.serve(host, rss("Daily Berita", *OLD))
    await asked(chat, "url")
    looked_at = chat.web.hold("pindah.example")
    number = chat.telegram.control.say(OWNER, NEW_PLACE)
    await chat.web.until_asked("pindah.example")
    await chat.catalog.set_feed("daily-berita", **CHANGED["url"])
    looked_at.set()
    await chat.until_heard(number)

    (told,) = [each for each in chat.told() if each.startswith("Can't")]

    assert told.startswith("Can't: it was changed meanwhile: look again")
    assert (await settings_of(chat))[1] == "https://lain.example/rss"


async def test_what_a_poll_learns_while_a_new_address_is_looked_at_is_kept(chat: Chat) -> None:
    chat.serve("pindah.example", rss("Daily Berita", *OLD))
    await asked(chat, "url")
    looked_at = chat.web.hold("pindah.example")
    number = chat.telegram.control.say(OWNER, NEW_PLACE)
    await chat.web.until_asked("pindah.example")
    chat.clock.at += HOUR
    await poll(chat)
    looked_at.set()
    await chat.until_heard(number)

    moved = await chat.catalog.feed("daily-berita")

    assert moved.url == NEW_PLACE
    assert moved.memory.last_poll_at == chat.clock.at


async def test_the_same_feed_goes_on_elsewhere_and_repeats_nothing(chat: Chat) -> None:
    await asked(chat, "url")
    chat.serve("pindah.example", rss("Daily Berita", *MISSED, *OLD))
    chat.clock.at += HOUR

    (told,) = await chat.says(NEW_PLACE)
    await poll(chat)

    assert told.startswith("“Daily Berita” goes on at its new address")
    assert await waiting(chat) == list(reversed(MISSED)), "what is new, and nothing old"


async def test_another_feed_begins_anew_and_publishes_nothing_that_it_holds_now(
    chat: Chat,
) -> None:
    feed = await asked(chat, "url")
    elsewhere = rss("Lain", *MISSED).replace("berita.example", "lain.example")
    chat.serve("pindah.example", elsewhere)
    chat.clock.at += HOUR

    (asked_whether,) = await chat.says(NEW_PLACE)
    unmoved = await settings_of(chat)
    (told,) = await chat.taps(f"fs:move:{feed}:")
    await poll(chat)
    before = await waiting(chat)
    chat.clock.at += HOUR
    chat.serve("pindah.example", elsewhere.replace("<item>", _ITEM + "<item>", 1))
    await poll(chat)

    assert asked_whether.startswith(f"At {NEW_PLACE} I know none of the stories")
    assert unmoved == ("daily-berita", FEED, None)
    assert told.startswith("“Daily Berita” begins anew at that address")
    assert before == []
    assert await waiting(chat) == ["Tujuh"]


async def asked_whether_it_moves(chat: Chat) -> int:
    feed = await asked(chat, "url")
    chat.serve("pindah.example", rss("Lain", *MISSED).replace("berita.example", "lain.example"))
    await chat.says(NEW_PLACE)
    return feed


async def test_a_link_meant_for_a_new_feed_takes_the_place_of_none(chat: Chat) -> None:
    feed = await asked_whether_it_moves(chat)

    (card,) = await chat.taps(f"fs:leave:{feed}:")
    (found,) = (await chat.says(NEW_PLACE))[-1:]

    assert chat.toast == "Nothing was changed."
    assert f"Its address: {FEED}" in card
    assert found.startswith("📰 Lain"), "it is a find again, and no answer"
    assert (await settings_of(chat))[1] == FEED


async def test_another_address_may_be_sent_instead(chat: Chat) -> None:
    await asked_whether_it_moves(chat)
    chat.serve("benar.example", rss("Daily Berita", *OLD))

    (told,) = await chat.says("https://benar.example/rss")

    assert told.startswith("“Daily Berita” goes on at its new address")
    assert (await settings_of(chat))[1] == "https://benar.example/rss"


async def test_a_restart_before_the_word_yes_loses_nothing(chat: Chat) -> None:
    feed = await asked_whether_it_moves(chat)

    press = a_press_on_nothing(f"c:fs:move:{feed}:")
    await hears(chat, another(chat), "callback_query", press)

    assert (await settings_of(chat))[1] == NEW_PLACE


async def test_yes_to_a_question_that_is_over_moves_nothing(chat: Chat) -> None:
    feed = await asked_whether_it_moves(chat)
    await chat.says("/cancel")

    (told,) = await chat.taps(f"fs:move:{feed}:")

    assert told == "There is nothing to save any more: begin again."
    assert (await settings_of(chat))[1] == FEED


async def test_yes_after_somebody_else_moved_it_moves_nothing(chat: Chat) -> None:
    feed = await asked_whether_it_moves(chat)
    chat.serve("lain.example", rss("Daily Berita", *OLD))
    await chat.catalog.set_feed("daily-berita", **CHANGED["url"])

    (card,) = await chat.taps(f"fs:move:{feed}:")

    assert chat.toast == "Somebody changed it meanwhile. This is how it is now."
    assert "Its address: https://lain.example/rss" in card


async def test_yes_about_one_feed_moves_no_other(chat: Chat) -> None:
    await asked_whether_it_moves(chat)
    other = await a_source(chat.store, "other")

    press = a_press_on_nothing(f"c:fs:move:{other.id}:")
    await hears(chat, another(chat), "callback_query", press)

    assert (await chat.catalog.feed("other")).url == other.url


async def test_typed_in_one_line_another_feed_is_meant(chat: Chat) -> None:
    await asked_whether_it_moves(chat)

    (told,) = await chat.says(f"/setfeed daily-berita url {NEW_PLACE}")

    assert told.startswith("“Daily Berita” begins anew at that address")


_ITEM = (
    "<item><title>Tujuh</title><link>https://lain.example/7/</link>"
    "<guid>https://lain.example/?p=7</guid></item>"
)


async def test_a_feed_that_rests_is_changed_and_said_to_rest(chat: Chat) -> None:
    feed = await opened(chat)
    await chat.catalog.pause_feed("daily-berita")
    await chat.taps(f"fs:ask:{feed}:")

    (told,) = await chat.says("1h")

    assert "It rests for now: resume it on its card, /feeds" in told


async def test_what_the_file_declares_is_shown_without_buttons(chat: Chat) -> None:
    declared = Declared(feeds=(DeclaredFeed(name="daily-berita", url=FEED),))
    await chat.store.declare(declared, now=NOON)
    (row,) = await chat.store.list_feeds()
    await hears(chat, another(chat), "callback_query", a_press_on_nothing(f"c:fs:show:{row.id}:"))

    (card,) = chat.told()

    assert card.endswith("It is declared in berita.toml: change it there.")
    assert buttons(chat) == [f"fd:show:{row.id}:"]
    for data in (f"every:{row.id}:600.default", f"ask:{row.id}:", f"url:{row.id}:"):
        await hears(chat, another(chat), "callback_query", a_press_on_nothing(f"c:fs:{data}"))
        assert toasts(chat)[-1] == "It is declared in berita.toml: change it there."
    assert (await chat.catalog.feed("daily-berita")).every is None
    assert await chat.store.talk(OWNER, now=chat.clock.at) is None


async def test_a_feed_removed_in_the_middle_of_the_question_ends_it(chat: Chat) -> None:
    await asked(chat, "name")
    await chat.catalog.remove_feed("daily-berita")

    (told,) = await chat.says("kabar")

    assert told.startswith("This feed was removed.")
    assert await chat.store.talk(OWNER, now=chat.clock.at) is None


async def test_by_a_feeds_card_nothing_else_is_undone(chat: Chat) -> None:
    feed = await opened(chat)
    other = await a_source(chat.store, "other")
    await chat.catalog.set_feed("other", every=HOUR)
    (change, *_) = await chat.catalog.log()

    for card in ("fs", "fd"):
        press = a_press_on_nothing(f"c:{card}:undo:{feed}:{change.id}")
        await hears(chat, another(chat), "callback_query", press)

    assert (await chat.catalog.feed(str(other.id))).every == HOUR


async def test_a_change_of_a_route_is_not_undone_from_the_feeds_card(chat: Chat) -> None:
    feed = await opened(chat)
    await chat.taps(f"fs:every:{feed}:3600.default")
    (row,) = await chat.store.list_routes()
    await chat.catalog.set_route(row.feed, row.destination, RouteChanges(silent=True))

    await chat.taps(f"fs:show:{feed}:")
    (undo,) = [each for each in buttons(chat) if each.startswith("fs:undo:")]
    await chat.taps(undo)

    assert (await settings_of(chat))[2] is None
    (row,) = await chat.store.list_routes()
    assert row.route.options.silent


async def test_of_the_settings_of_a_feed_of_others_a_steward_sees_nothing(chat: Chat) -> None:
    mine, other = await a_steward(chat)
    shared = await a_source(chat.store, "shared", to=[mine.id, other.id])
    await chat.says("/feeds", BUDI)

    await chat.taps(f"fd:show:{shared.id}:", BUDI)

    seen = [data for who, data in chat.phone.buttons if who == BUDI]
    assert not [data for data in seen if data.startswith("c:fs:")]


async def test_a_steward_changes_a_feed_of_his_own_and_sees_no_key_in_its_address(
    chat: Chat,
) -> None:
    mine, _ = await a_steward(chat)
    url = "https://berita.example/feed?key=RAHASIA"
    feed = await a_source(chat.store, "mine", url=url, to=[mine.id])
    await chat.says("/feeds", BUDI)
    await chat.taps(f"fd:show:{feed.id}:", BUDI)

    (card,) = await chat.taps(f"fs:show:{feed.id}:", BUDI)
    await chat.taps(f"fs:every:{feed.id}:3600.default", BUDI)
    await chat.taps(f"fs:url:{feed.id}:", BUDI)
    await chat.store.set_feed(feed.id, url=f"{url}2")
    (changed,) = await chat.says(NEW_PLACE, BUDI)

    assert "RAHASIA" not in card + changed
    assert changed.startswith("Can't: somebody changed it meanwhile to https://berita.example/feed")
    assert (await chat.catalog.feed("mine")).every == HOUR
    (line,) = await chat.catalog.log(about={"feed": feed.id}, limit=1)
    assert line.change.person == BUDI


@pytest.mark.parametrize("setting", QUESTIONS)
async def test_who_is_demoted_in_the_middle_of_the_question_gets_nothing(
    setting: str, chat: Chat
) -> None:
    mine, _ = await a_steward(chat)
    feed = await a_source(chat.store, "mine", to=[mine.id])
    await chat.says("/feeds", BUDI)
    await chat.taps(f"fd:show:{feed.id}:", BUDI)
    await chat.taps(f"fs:show:{feed.id}:", BUDI)
    await chat.taps(f"fs:{QUESTIONS[setting]}:{feed.id}:", BUDI)
    before = await chat.catalog.feed("mine")
    is_demoted(chat)
    chat.clock.at += BELIEVED

    answers = await chat.says(RIGHT[setting], BUDI)
    await chat.taps(f"fs:every:{feed.id}:3600.default", BUDI)

    assert answers == []
    assert await chat.catalog.feed("mine") == before


async def test_who_shares_the_feed_by_now_is_asked_no_longer(chat: Chat) -> None:
    mine, other = await a_steward(chat)
    feed = await a_source(chat.store, "mine", to=[mine.id])
    await chat.says("/feeds", BUDI)
    await chat.taps(f"fd:show:{feed.id}:", BUDI)
    await chat.taps(f"fs:show:{feed.id}:", BUDI)
    await chat.taps(f"fs:name:{feed.id}:", BUDI)
    await chat.store.add_route(feed.id, other.id, now=NOON)

    (told,) = await chat.says("kabar", BUDI)

    assert told.startswith("Can't: you may not decide this any more")
    assert (await chat.catalog.feed("mine")).name == "mine"
    assert await chat.store.talk(BUDI, now=chat.clock.at) is None


TYPED = {
    "/setfeed daily-berita every 10m": (
        "“Daily Berita” is read every 10 minutes now.",
        ("daily-berita", FEED, TEN_MINUTES),
    ),
    "/setfeed daily-berita EVERY 1 jam": (
        "“Daily Berita” is read every 1 hour now.",
        ("daily-berita", FEED, HOUR),
    ),
    "/setfeed daily-berita name kabar": (
        "“Daily Berita” is called kabar here now.",
        ("kabar", FEED, None),
    ),
    f"/setfeed daily-berita url {NEW_PLACE}": (
        "“Daily Berita” goes on at its new address: I know its stories, so only new ones go out.",
        ("daily-berita", NEW_PLACE, None),
    ),
}
UNTYPED = {
    "/setfeed": "Which feed, and what of it?",
    "/setfeed daily-berita": "Which feed, and what of it?",
    "/setfeed daily-berita every": "Which feed, and what of it?",
    "/setfeed daily-berita colour red": "Which feed, and what of it?",
    "/setfeed daily-brita every 10m": "Can't: no feed is called “daily-brita”",
    "/setfeed daily-berita every soon": "Can't: that is no interval.",
    "/setfeed daily-berita every 1s": "Can't: the interval lies between",
    "/setfeed daily-berita name two names": "Can't: “two names” is no name",
    "/setfeed daily-berita url http://127.0.0.1.example/": "Can't: ",
    "/setfeed daily-berita url not a url": "Can't: ",
}


@pytest.mark.parametrize("text", TYPED)
async def test_a_setting_is_changed_by_one_typed_line(text: str, chat: Chat) -> None:
    chat.serve("pindah.example", rss("Daily Berita", *OLD))
    await a_feed(chat)
    told, after = TYPED[text]

    assert await chat.says(text) == [told]
    assert await settings_of(chat) == after


@pytest.mark.parametrize("text", UNTYPED)
async def test_a_typed_line_that_cannot_be_says_how_it_is_written(text: str, chat: Chat) -> None:
    await a_feed(chat)

    (told,) = await chat.says(text)

    assert told.startswith(UNTYPED[text])
    assert await settings_of(chat) == ("daily-berita", FEED, None)


async def test_in_indonesian_it_is_asked_and_told_in_indonesian(tmp_path: Path) -> None:
    async with open_chat(tmp_path, language="id") as chat:
        feed = await asked(chat, "every")

        (wrong,) = await chat.says("besok")
        (card,) = await chat.says("1 jam")

        assert wrong.startswith("Tidak bisa: itu bukan jarak waktu.")
        assert card.startswith("“Daily Berita” sekarang dibaca tiap 1 jam.\n\n⚙️ Daily Berita")
        assert f"fs:every:{feed}:default.3600" in buttons(chat)
        await chat.taps(f"fs:url:{feed}:")
        chat.serve("lain.example", rss("Lain", *MISSED).replace("berita.example", "lain.example"))
        (whether,) = await chat.says("lain.example/feed")
        (moved,) = await chat.taps(f"fs:move:{feed}:")

        assert whether.startswith("Di lain.example/feed tidak ada berita “Daily Berita”")
        assert moved.startswith("“Daily Berita” dimulai dari awal di alamat itu")
