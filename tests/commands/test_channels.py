"""Channels come in by a button, a link or a word; whoever brings one must be an admin there."""

from datetime import timedelta
from typing import Any

import pytest

from bot.commands.listening import Listener
from feeds.model import DestinationState
from tests.builders import NOON
from tests.commands.chat import CHANNEL, FEED, FOREIGN, OWNER, STRANGER, Chat
from tests.commands.troubles import a_press, hears, toasts

GROUP, FORUM = -100456, -100789


async def asked(chat: Chat) -> str:
    await chat.says("/start")
    (question,) = await chat.taps("home:channel:0:")
    return question


@pytest.mark.parametrize("address", [f"{CHANNEL}", f"{CHANNEL}/42"])
async def test_a_chat_known_by_its_number_alone_is_asked_about_before_it_is_resolved(
    address: str, chat: Chat
) -> None:
    await chat.store.add_destination("kanal", "telegram", address, resolved=False, now=NOON)
    chat.telegram.control.standing(CHANNEL, OWNER, "member")

    (told,) = await chat.says(f"/addfeed {FEED} kanal")

    assert told.startswith(f"Can't: you are no administrator of {address}")
    assert await chat.store.list_routes() == ()


async def test_a_chat_known_by_its_name_alone_cannot_be_asked_about(chat: Chat) -> None:
    """Its number comes with its first resolving; until then nothing goes out there."""
    await chat.store.add_destination("kanal", "telegram", "@nama", resolved=False, now=NOON)

    await chat.says(f"/addfeed {FEED} kanal")

    assert [row.destination for row in await chat.store.list_routes()] == ["kanal"]
    assert chat.telegram.control.calls("getChatMember") == []


async def places(chat: Chat) -> list[str]:
    return [row.address for row in await chat.store.list_destinations()]


async def test_a_channel_is_chosen_by_one_button_that_asks_for_the_rights(chat: Chat) -> None:
    await asked(chat)
    keyboard = chat.telegram.control.posts(OWNER)[-1]["markup"]["keyboard"]

    done, card = await chat.chooses(CHANNEL)

    request = keyboard[0][0]["request_chat"]
    wanted = {name for name, on in request["bot_administrator_rights"].items() if on}
    assert wanted == {"can_post_messages", "can_edit_messages", "can_delete_messages"}
    assert done == "✅ Done: I may post in “Daily Berita”."
    assert "Just send me a link" in card
    assert chat.telegram.control.posts(OWNER)[-2]["markup"] == {"remove_keyboard": True}
    assert await places(chat) == [str(CHANNEL)]


async def test_a_link_to_add_the_bot_asks_for_the_same_rights(chat: Chat) -> None:
    await asked(chat)

    entities = chat.telegram.control.posts(OWNER)[-1]["entities"]

    assert [each["url"] for each in entities if each["type"] == "text_link"] == [
        "https://t.me/berita_bot?startchannel&admin=post_messages+edit_messages+delete_messages"
    ]


async def test_by_that_link_the_channel_comes_in_by_itself_for_who_was_asked(chat: Chat) -> None:
    chat.telegram.control.channel(-100321, "", "Kanal Baru", bot="left")
    chat.telegram.control.standing(-100321, OWNER, "creator")
    await asked(chat)

    await chat.until_heard(chat.telegram.control.bot(-100321, "administrator", by=OWNER))
    told = chat.told()
    chosen = await chat.chooses(-100321)

    assert told[0] == "✅ Done: I may post in “Kanal Baru”."
    assert chosen == [], "Telegram tells of one tap twice: of the promotion and of the choice"
    assert await places(chat) == ["-100321"]


async def test_an_owner_who_puts_the_bot_somewhere_unasked_is_offered_to_use_it(
    chat: Chat,
) -> None:
    chat.telegram.control.channel(-100321, "", "Kanal Baru", bot="left")
    chat.telegram.control.standing(-100321, OWNER, "creator")
    await chat.says("/start")

    await chat.until_heard(chat.telegram.control.bot(-100321, "administrator", by=OWNER))
    told, before = chat.told(), await places(chat)
    await chat.taps("chs:take:0:-100321")

    assert told == ["I am an administrator of “Kanal Baru” now. Shall stories go there?"]
    assert (before, await places(chat)) == ([], ["-100321"])


async def test_a_channel_that_is_here_already_is_not_offered(chat: Chat) -> None:
    await chat.says("@dailyberita")
    await chat.says("https://t.me/dailyberita")
    me = chat.telegram.backend.bot
    chat.telegram.control.standing(CHANNEL, me, "administrator", can_post_messages=False)
    (place,) = await chat.store.list_destinations()
    await chat.catalog.resume_destination(place.name)

    await chat.until_heard(chat.telegram.control.bot(CHANNEL, "administrator", by=OWNER))

    assert [said for said in chat.told() if "Shall stories go there?" in said] == []


async def test_an_offer_that_was_made_up_takes_in_nothing(chat: Chat) -> None:
    press = a_press(f"c:chs:take:0:{FOREIGN}")

    await hears(chat, chat.listener, "callback_query", press)

    assert "I am not in" in toasts(chat)[-1]
    assert await places(chat) == []


async def test_a_stranger_who_puts_the_bot_somewhere_brings_nothing_and_hears_nothing(
    chat: Chat,
) -> None:
    chat.telegram.control.channel(-100321, "", "Kanal Baru", bot="left")
    await asked(chat)

    await chat.until_heard(chat.telegram.control.bot(-100321, "administrator", by=STRANGER))

    assert (chat.told(), chat.told(STRANGER)) == ([], [])
    assert await places(chat) == []


async def test_after_a_channel_came_by_the_link_what_is_typed_is_heard_as_usual(chat: Chat) -> None:
    chat.telegram.control.channel(-100321, "", "Kanal Baru", bot="left")
    chat.telegram.control.standing(-100321, OWNER, "creator")
    await asked(chat)
    await chat.until_heard(chat.telegram.control.bot(-100321, "administrator", by=OWNER))
    chat.told()

    assert await chat.says("halo") == ["I do not know that. All commands: /help"]


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("@dailyberita", f"{CHANNEL}"),
        (f"{CHANNEL}", f"{CHANNEL}"),
        ("https://t.me/dailyberita", f"{CHANNEL}"),
        (f"{GROUP}", f"{GROUP}"),
        ("https://t.me/c/789/42/7", f"{FORUM}/42"),
        (f"{FORUM}/42", f"{FORUM}/42"),
    ],
)
async def test_a_chat_or_a_topic_may_be_typed(typed: str, address: str, chat: Chat) -> None:
    chat.telegram.control.supergroup(GROUP, title="Kita", bot="administrator")
    chat.telegram.control.standing(GROUP, OWNER, "administrator")
    chat.telegram.control.supergroup(FORUM, title="Forum", bot="administrator", topics=(42,))
    chat.telegram.control.standing(FORUM, OWNER, "creator")
    await asked(chat)

    told = await chat.says(typed)

    assert told[0].startswith("✅ Done")
    assert await places(chat) == [address]


async def test_a_link_to_a_chat_is_taken_for_a_channel_even_unasked(chat: Chat) -> None:
    await chat.says("https://t.me/dailyberita")

    assert await places(chat) == [str(CHANNEL)]


MUTE = {"can_post_messages": False}
WHY_NOT = {
    "a channel that the bot is not in": (FOREIGN, {}, "I am not in"),
    "one where it may not post": (CHANNEL, {"bot": ("administrator", MUTE)}, "I may not post in"),
    "one where the asker is nobody": (CHANNEL, {"asker": ("left", {})}, "no administrator"),
    "one where he may not": (CHANNEL, {"asker": ("administrator", MUTE)}, "no administrator"),
    "none at all": (-100555, {}, "I do not find"),
}


@pytest.mark.parametrize(("number", "standings", "said"), WHY_NOT.values(), ids=WHY_NOT)
async def test_a_channel_without_the_rights_is_refused_with_what_to_do_and_the_question_stands(
    number: int, standings: dict[str, Any], said: str, chat: Chat
) -> None:
    for who, (status, rights) in standings.items():
        user = OWNER if who == "asker" else chat.telegram.backend.bot
        chat.telegram.control.standing(CHANNEL, user, status, **rights)
    await asked(chat)

    (told,) = await chat.says(f"{number}")

    assert told.startswith("Can't: ")
    assert said in told
    assert await places(chat) == []
    assert await chat.store.talk(OWNER, now=chat.clock.at) is not None


async def test_a_shared_number_is_but_a_claim(chat: Chat) -> None:
    await asked(chat)

    (told,) = await chat.chooses(FOREIGN)

    assert told.startswith("Can't: I am not in")
    assert await places(chat) == []


async def test_a_card_shows_the_channel_and_its_buttons_work(chat: Chat) -> None:
    await chat.says(f"/addfeed {FEED} @dailyberita")
    (place,) = await chat.store.list_destinations()
    (listed,) = await chat.says("/channels")
    (card,) = await chat.taps(f"ch:show:{place.id}:")

    (paused,) = await chat.taps(f"ch:pause:{place.id}:")
    (resumed,) = await chat.taps(f"ch:resume:{place.id}:")
    (tested,) = await chat.taps(f"ch:test:{place.id}:")
    (sure,) = await chat.taps(f"ch:remove:{place.id}:")
    (removed,) = await chat.taps(f"ch:removing:{place.id}:")

    assert listed == "1 channel:"
    assert "1 feed goes there:\n• " in card
    assert "⏸ Paused" in paused
    assert "🟢 Open" in resumed
    assert "1 post is waiting." in tested
    assert sure.startswith("Remove “Daily Berita”?")
    assert removed.startswith("“Daily Berita” is removed.")
    assert await places(chat) == []


async def test_a_removed_channels_card_says_so_and_leads_back(chat: Chat) -> None:
    await chat.says(f"/addfeed {FEED} @dailyberita")
    (place,) = await chat.store.list_destinations()
    await chat.says("/channels")
    await chat.taps(f"ch:show:{place.id}:")
    await chat.catalog.remove_destination(place.name)

    (told,) = await chat.taps(f"ch:pause:{place.id}:")
    (back,) = await chat.taps("chs:show:0:")

    assert told == "This channel was removed. Add it again at any time."
    assert back.startswith("No channel yet.")


@pytest.mark.parametrize("deed", ["test", "resume"])
async def test_a_demoted_admin_makes_nothing_go_out_by_an_old_button(deed: str, chat: Chat) -> None:
    await chat.says(f"/addfeed {FEED} @dailyberita")
    (place,) = await chat.store.list_destinations()
    if deed == "resume":
        await chat.catalog.pause_destination(place.name)
    await chat.says("/channels")
    await chat.taps(f"ch:show:{place.id}:")
    chat.telegram.control.standing(CHANNEL, OWNER, "member")

    await chat.taps(f"ch:{deed}:{place.id}:")

    assert "you are no administrator of “Daily Berita”" in chat.toast
    (row,) = await chat.store.list_destinations()
    paused = deed == "resume"
    assert (row.state is DestinationState.PAUSED, row.waiting) == (paused, 0)


async def test_the_question_for_a_channel_stands_after_a_restart(chat: Chat) -> None:
    await asked(chat)
    anew = Listener(chat.bot, chat.deps)
    said = {
        "message_id": 900,
        "date": 1,
        "chat": {"id": OWNER, "type": "private", "first_name": "Ani"},
        "from": {"id": OWNER, "is_bot": False, "first_name": "Ani", "language_code": "en"},
        "text": "@dailyberita",
    }

    await hears(chat, anew, "message", said)

    assert await places(chat) == [str(CHANNEL)]


async def test_a_question_left_lying_for_a_day_is_over(chat: Chat) -> None:
    await asked(chat)
    chat.clock.at += timedelta(days=1, seconds=1)

    assert await chat.says("@dailyberita") == ["I do not know that. All commands: /help"]


async def test_cancel_ends_the_question(chat: Chat) -> None:
    await asked(chat)

    assert await chat.says("/cancel") == ["All right, forgotten."]
    assert await chat.says("@dailyberita") == ["I do not know that. All commands: /help"]
