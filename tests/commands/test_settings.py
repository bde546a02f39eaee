"""The card of a destination's settings: what it obeys, set by a tap or a word, and taken back."""

from typing import Any

import pytest

from bot.commands.cards.deck import CARDS
from feeds.catalog import DestinationChanges
from feeds.model import Destination, DestinationOptions, InDoubtPolicy, Origin
from tests.builders import NOON
from tests.commands.chat import Chat
from tests.commands.stewards import BUDI, a_steward, is_demoted
from tests.commands.test_links import buttons
from tests.commands.test_many import QUERIES_MAX, a_scene, counted
from tests.commands.test_routes import a_press_on_nothing, labels
from tests.commands.troubles import MINUTE, a_channel, another, hears

HOOK = "https://partner.example/hook?key=9f86d081884c7d65"


async def opened(chat: Chat, place: Destination, deed: str = "show", more: str = "") -> str:
    """Open the card of a destination's settings anew, or one of its choices; gives its text."""
    data = f"c:cs:{deed}:{place.id}:{more}"
    await hears(chat, chat.listener, "callback_query", a_press_on_nothing(data))
    return chat.told()[-1]


async def a_place(chat: Chat, kind: str, address: str, **more: Any) -> Destination:
    return await chat.store.add_destination(
        kind, kind, address, title=more.pop("title", ""), now=NOON, **more
    )


async def options(chat: Chat, place: Destination) -> DestinationOptions:
    found = await chat.store.destination_by(place.id)
    assert found is not None
    return found.options


def deeds(chat: Chat) -> set[str]:
    return {each.split(":")[1] for each in buttons(chat) if each.startswith("cs:")}


async def test_the_channels_card_leads_to_its_settings_and_back(chat: Chat) -> None:
    place = await a_channel(chat)
    await chat.says("/channels")
    await chat.taps(f"ch:show:{place.id}:")

    (card,) = await chat.taps(f"cs:show:{place.id}:")
    shown = labels(chat)
    (back,) = await chat.taps(f"ch:show:{place.id}:")

    assert card.startswith("⚙️ Daily Berita\ndaily-berita · telegram")
    assert "Language: as in berita.toml" in shown
    assert "Too old after: never" in shown
    assert back.startswith("📢 Daily Berita")


@pytest.mark.parametrize(
    ("kind", "address", "shown"),
    [
        ("telegram", "-100123", {"language", "doubt", "backlog", "age"}),
        (
            "discord",
            "https://discord.com/api/webhooks/1/x",
            {"language", "doubt", "backlog", "age"},
        ),
        (
            "webhook",
            HOOK,
            {"language", "backlog", "age", "rate", "format", "events"},
        ),
    ],
)
async def test_only_what_a_kind_obeys_is_shown(
    kind: str, address: str, shown: set[str], chat: Chat
) -> None:
    place = await a_place(chat, kind, address)

    await opened(chat, place)
    there = deeds(chat)
    await opened(chat, place, "backlog")

    assert there == shown | {"type"}
    rolls_up = f"cs:backlog:{place.id}:roll.-" in buttons(chat)
    assert rolls_up is (kind == "telegram")


SET: list[tuple[str, str, str, DestinationChanges]] = [
    ("language", "-", "id", DestinationChanges(language="id")),
    ("doubt", "-", "a", DestinationChanges(in_doubt="resend_if_absent")),
    ("backlog", "-", "n5", DestinationChanges(backlog="newest:5")),
    ("backlog", "-", "roll", DestinationChanges(backlog="roll_up")),
    ("age", "-", "86400", DestinationChanges(max_age=1_440 * MINUTE)),
]
SET_OF_WEBHOOKS: list[tuple[str, str, str, DestinationChanges]] = [
    ("rate", "-", "5", DestinationChanges(max_per_second=5)),
    ("format", "s", "c", DestinationChanges(format="cloudevents")),
    ("events", "1", "5", DestinationChanges(events=("story.published", "feed.failing"))),
]


@pytest.mark.parametrize(("deed", "seen", "code", "meant"), [*SET, *SET_OF_WEBHOOKS])
async def test_a_tap_sets_a_value_and_undo_takes_it_back(
    deed: str, seen: str, code: str, meant: DestinationChanges, chat: Chat
) -> None:
    of_webhooks = (deed, seen, code, meant) in SET_OF_WEBHOOKS
    place = await (a_place(chat, "webhook", HOOK) if of_webhooks else a_channel(chat))
    await opened(chat, place, deed)

    await chat.taps(f"cs:{deed}:{place.id}:{code}.{seen}")
    changed = await options(chat, place)
    await opened(chat, place)
    (undo,) = [each for each in buttons(chat) if each.startswith("cs:undo:")]
    await chat.taps(undo)

    assert changed == meant.options(DestinationOptions())
    assert await options(chat, place) == DestinationOptions()
    assert "undo" not in deeds(chat), "it is taken back once"


async def test_each_policy_for_doubts_says_what_it_means(chat: Chat) -> None:
    card = await opened(chat, await a_channel(chat), "doubt")

    assert "hold: I wait for your word; nothing is doubled." in card
    assert card.count("a doubled post becomes possible.") == 2


async def test_of_two_admins_the_later_sees_how_it_is_and_overwrites_nothing(chat: Chat) -> None:
    place = await a_channel(chat)
    await opened(chat, place, "doubt")
    await chat.catalog.set_destination(place.name, DestinationChanges(in_doubt="hold"))

    await chat.taps(f"cs:doubt:{place.id}:r.-")

    assert chat.toast == "Somebody changed it meanwhile. This is how it is now."
    assert (await options(chat, place)).in_doubt is InDoubtPolicy.HOLD
    assert "In doubt: hold" in labels(chat)


async def test_the_last_kind_of_event_stays(chat: Chat) -> None:
    place = await a_place(chat, "webhook", HOOK)
    await opened(chat, place, "events")

    await chat.taps(f"cs:events:{place.id}:1.1")

    assert await options(chat, place) == DestinationOptions()


async def test_a_declared_destination_shows_its_settings_without_buttons(chat: Chat) -> None:
    place = await a_place(chat, "telegram", "-100123", origin=Origin.FILE)

    card = await opened(chat, place)
    there = buttons(chat)
    await hears(chat, chat.listener, "callback_query", a_press_on_nothing(f"c:cs:age:{place.id}:"))

    assert "• Too old after: never" in card
    assert "It is declared in berita.toml: change it there." in card
    assert there == [f"ch:show:{place.id}:"]


async def test_a_webhooks_address_is_shown_without_its_key(chat: Chat) -> None:
    headers = (("Authorization", "Bearer 4711"),)
    place = await a_place(
        chat, "webhook", HOOK, options=DestinationOptions(headers=headers), secret="whsec_9"
    )

    card = await opened(chat, place)

    assert "https://partner.example/hook?…" in card
    assert "1 header is sent along" in card
    assert not [secret for secret in ("9f86", "4711", "whsec") if secret in card]


TYPED: list[tuple[str, str, str, DestinationChanges]] = [
    (
        "name",
        "Kanal Utama!",
        "kanal-utama",
        DestinationChanges(rename="kanal-utama"),
    ),
    ("age", "besok", "1 hari 12 jam", DestinationChanges(max_age=2_160 * MINUTE)),
    ("age", "400 days", "36h", DestinationChanges(max_age=2_160 * MINUTE)),
    ("age", "9 9 9", "90m", DestinationChanges(max_age=90 * MINUTE)),
    ("backlog", "0", "12", DestinationChanges(backlog="newest:12")),
    ("backlog", "-5", "12", DestinationChanges(backlog="newest:12")),
]


@pytest.mark.parametrize(("setting", "wrong", "right", "meant"), TYPED)
async def test_a_value_may_be_typed_and_a_wrong_one_is_asked_for_again(
    setting: str, wrong: str, right: str, meant: DestinationChanges, chat: Chat
) -> None:
    place = await a_channel(chat)
    await opened(chat, place)
    await opened(chat, place, "type", setting)

    (told,) = await chat.says(wrong)
    untouched = await chat.store.destination_by(place.id)
    (card,) = await chat.says(right)

    assert told.startswith("Can't: ")
    assert untouched == place
    assert card.startswith("⚙️ Daily Berita")
    found = await chat.store.destination_by(place.id)
    assert found is not None
    assert found.name == (meant.rename or place.name)
    assert found.options == meant.options(DestinationOptions())
    assert await chat.says("terima kasih") == ["I do not know that. All commands: /help"]


async def test_a_name_that_is_taken_is_refused_with_what_to_do(chat: Chat) -> None:
    place = await a_channel(chat)
    await a_place(chat, "discord", "https://discord.com/api/webhooks/1/x")
    await opened(chat, place, "type", "name")

    (told,) = await chat.says("discord")

    assert told == "Can't: there is a destination called discord already: choose another name."


async def test_what_changed_while_it_was_typed_is_told_first(chat: Chat) -> None:
    place = await a_channel(chat)
    await opened(chat, place, "type", "age")
    await chat.catalog.set_destination(place.name, DestinationChanges(max_age=60 * MINUTE))

    (told,) = await chat.says("36h")
    seen = await options(chat, place)
    await chat.says("36h")

    assert "somebody changed it meanwhile to 1 hour" in told
    assert (seen.max_age, (await options(chat, place)).max_age) == (60 * MINUTE, 2_160 * MINUTE)


async def test_a_restart_in_the_middle_of_the_wizard_changes_nothing(chat: Chat) -> None:
    place = await a_channel(chat)
    await opened(chat, place, "type", "age")

    listener = another(chat)
    message = a_press_on_nothing("")["message"] | {"message_id": 5, "text": "36 jam"}
    await hears(chat, listener, "message", message | {"from": a_press_on_nothing("")["from"]})

    assert (await options(chat, place)).max_age == 2_160 * MINUTE


async def test_a_steward_sets_his_own_channel_and_no_other(chat: Chat) -> None:
    first, second = await a_steward(chat)
    await chat.says("/channels", BUDI)
    await chat.taps(f"ch:show:{first.id}:", BUDI)
    await chat.taps(f"cs:show:{first.id}:", BUDI)
    await chat.taps(f"cs:language:{first.id}:", BUDI)

    await chat.taps(f"cs:language:{first.id}:en.-", BUDI)
    chat.phone.buttons[BUDI, f"c:cs:language:{second.id}:en.-"] = (1, "?")
    await chat.taps(f"cs:language:{second.id}:en.-", BUDI)

    assert (await options(chat, first)).language == "en"
    assert await options(chat, second) == DestinationOptions()
    assert chat.toast == "This is not yours to decide. An owner of this bot can."


async def test_a_demoted_admins_word_in_the_wizard_is_not_heard(chat: Chat) -> None:
    first, _ = await a_steward(chat)
    await chat.says("/channels", BUDI)
    await chat.taps(f"ch:show:{first.id}:", BUDI)
    await chat.taps(f"cs:show:{first.id}:", BUDI)
    await chat.taps(f"cs:type:{first.id}:name", BUDI)
    is_demoted(chat)
    chat.clock.at += 2 * MINUTE

    assert await chat.says("punyaku", BUDI) == []

    found = await chat.store.destination_by(first.id)
    assert found is not None
    assert found.name == first.name


async def test_a_change_that_came_between_look_and_write_is_not_overwritten(chat: Chat) -> None:
    place = await a_channel(chat)
    await chat.catalog.set_destination(place.name, DestinationChanges(language="en"))

    with pytest.raises(Exception, match="changed meanwhile"):
        await chat.catalog.change_destination(place, DestinationChanges(backlog="all"))

    assert await options(chat, place) == DestinationOptions(language="en")


async def test_the_card_opens_by_three_queries_at_most(chat: Chat) -> None:
    place = await a_channel(chat)
    await chat.catalog.set_destination(place.name, DestinationChanges(language="en"))
    scene = await a_scene(chat)

    with counted() as asked:
        await CARDS["cs"].show(scene, place.id)

    assert len([each for each in asked if each.startswith("SELECT")]) <= QUERIES_MAX
