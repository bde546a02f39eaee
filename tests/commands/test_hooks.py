"""Webhooks by chat: added by their URL, by owners alone; their secrets told to nobody else."""

import re
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.owners import Owners
from feeds.model import Destination, Origin
from tests.builders import NOON
from tests.commands.chat import OWNER, STRANGER, Chat
from tests.commands.stewards import BUDI, a_steward
from tests.commands.test_links import buttons
from tests.commands.test_routes import a_press_on_nothing, labels
from tests.commands.test_settings import opened
from tests.commands.troubles import MINUTE, a_press, another, hears, on_store, toasts
from tests.world.overtaken import OvertakenStore

HOOK = "https://partner.example/hook"
KEY = "tok_9f86d081884c7d65"
DISCORD = f"https://discord.com/api/webhooks/42/{KEY}"
SLACK = "https://hooks.slack.com/services/T0/B0/9f86d081884c7d65"
MATTERMOST = "https://chat.example/hooks/9f86d081884c7d65"


async def places(chat: Chat) -> list[tuple[str, str]]:
    return [(row.kind, row.address) for row in await chat.store.list_destinations()]


async def a_webhook(chat: Chat, **changes: Any) -> Destination:
    """A signed webhook, its card of settings open."""
    whole = {"title": "", "secret": "whsec_b25l", "name": "partner"} | changes
    place = await chat.store.add_destination(whole.pop("name"), "webhook", HOOK, now=NOON, **whole)
    await opened(chat, place)
    return place


async def secret_of(chat: Chat, place: Destination) -> str | None:
    found = await chat.store.destination_by(place.id)
    assert found is not None
    return found.secret


@pytest.mark.parametrize(
    ("url", "kind", "address", "signed"),
    [
        (HOOK, "webhook", HOOK, True),
        (DISCORD, "discord", DISCORD, False),
        (SLACK, "slack", SLACK, False),
    ],
)
async def test_a_url_is_asked_for_and_becomes_a_place_of_its_kind(
    url: str, kind: str, address: str, signed: bool, chat: Chat
) -> None:
    await chat.says("/channels")
    (question,) = await chat.taps("chs:hook:0:")

    added, card = await chat.says(url)

    assert question.startswith("Where shall the stories be posted?")
    assert await places(chat) == [(kind, address)]
    assert ("What I send there is signed" in added) is signed
    assert card.startswith("🔗 ")
    assert f" · {kind}" in card
    assert KEY not in card
    assert await chat.says("terima kasih") == ["I do not know that. All commands: /help"]


async def test_a_list_with_webhooks_in_it_is_no_list_of_channels(chat: Chat) -> None:
    await chat.catalog.add_destination("telegram", "@dailyberita")
    (channels,) = await chat.says("/channels")
    await chat.catalog.add_destination("webhook", HOOK)

    (both,) = await chat.says("/channels")

    assert (channels, both) == ("1 channel:", "2 places to publish:")


async def test_one_message_adds_a_webhook(chat: Chat) -> None:
    seen = await chat.says(f"/addwebhook {HOOK}")

    assert seen[0].startswith("✅ Done: “partner-example” is a place to publish now.")
    assert await places(chat) == [("webhook", HOOK)]


@pytest.mark.parametrize(
    ("kind", "address"), [("mattermost", MATTERMOST), ("webhook", MATTERMOST), ("cancel", None)]
)
async def test_a_url_that_may_be_two_things_is_asked_about(
    kind: str, address: str | None, chat: Chat
) -> None:
    await chat.says("/addwebhook")
    (question,) = await chat.says(MATTERMOST)

    assert question == "Whose URL is this? By its look it may be:"
    assert "9f86" not in str(chat.telegram.control.posts(OWNER)[-1])
    await chat.taps("wh:cancel:0:" if address is None else f"wh:as:0:{kind}")

    assert await places(chat) == ([] if address is None else [(kind, address)])


async def test_a_choice_that_is_over_says_what_to_do(chat: Chat) -> None:
    await chat.says("/addwebhook")
    await chat.says(MATTERMOST)
    await chat.says("/cancel")

    (told,) = await chat.taps("wh:as:0:mattermost")

    assert told == "This is over. Send me the URL again: /addwebhook"
    assert await places(chat) == []


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("halo", "this is not a whole address: write it like https://partner.example/hook"),
        ("dua kata", "send me one URL"),
        ("http://partner.example/hook", "this address is plain http"),
        ("ftp://partner.example/hook", "a webhook's address begins with https://"),
        ("https://2130706433/hook", "the host in the address is a number"),
        ("https://partner.example:99999/", "the port in the address"),
        (f"https://partner.example/{'x' * 3_000}", "the address is too long"),
        ("https://discord.com/channels/1/2", "this is no webhook of Discord's"),
        ("https://hooks.slack.com/workflows/T0/x", "this is no incoming webhook of Slack's"),
        ("https://ani:rahasia@discord.com/api/webhooks/1/x", "a user name or password is not"),
    ],
)
async def test_a_wrong_url_gets_a_human_answer_without_it_and_is_asked_for_again(
    typed: str, answer: str, chat: Chat
) -> None:
    await chat.says("/addwebhook")

    (told,) = await chat.says(typed)

    assert told.startswith(f"Can't: {answer}")
    assert "rahasia" not in told
    assert await places(chat) == []
    await chat.says(HOOK)
    assert await places(chat) == [("webhook", HOOK)]


async def test_a_url_that_is_there_already_is_called_by_its_name(chat: Chat) -> None:
    await chat.says(f"/addwebhook {DISCORD}")

    (told,) = await chat.says(f"/addwebhook {DISCORD}")

    assert "that destination is there already: it is called discord-com" in told
    assert KEY not in told


async def test_a_restart_in_the_middle_of_the_wizard_goes_on(chat: Chat) -> None:
    await chat.says("/addwebhook")
    await chat.says(MATTERMOST)

    data = "c:wh:as:0:mattermost"
    await hears(chat, another(chat), "callback_query", a_press_on_nothing(data))

    assert await places(chat) == [("mattermost", MATTERMOST)]


async def test_a_broken_bot_writes_no_key_into_its_log(chat: Chat) -> None:
    await chat.says("/addwebhook")

    def broken(_address: str) -> tuple[str, ...]:
        raise RuntimeError

    kinds = chat.deps.kinds
    listener = another(chat, kinds=replace(kinds, likely=broken))
    pressed = a_press_on_nothing("")
    message = pressed["message"] | {"message_id": 5, "text": DISCORD, "from": pressed["from"]}
    with capture_logs() as logs:
        await hears(chat, listener, "message", message)

    assert [line for line in logs if line["event"] == "a command failed"]
    assert KEY[:8] not in str(logs)


async def test_the_secret_is_told_under_a_spoiler_and_taken_away_by_a_tap(chat: Chat) -> None:
    place = await a_webhook(chat)

    (told,) = await chat.taps(f"sec:tell:{place.id}:")
    sent = chat.telegram.control.calls("sendMessage")[-1]["parameters"]
    await chat.taps(f"sec:hide:{place.id}:")

    assert told.endswith("whsec_b25l")
    assert '"spoiler"' in str(sent["entities"]).replace("'", '"')
    assert not [post for post in chat.telegram.control.posts(OWNER) if "whsec" in post["text"]]
    assert "whsec" not in str(await chat.catalog.log(limit=50))


async def test_a_message_too_old_to_be_deleted_is_emptied(chat: Chat) -> None:
    place = await a_webhook(chat)
    await chat.taps(f"sec:tell:{place.id}:")
    chat.telegram.control.fault("answer", method="deleteMessage", code=400)

    (left,) = await chat.taps(f"sec:hide:{place.id}:")

    assert left == "Hidden."


async def test_a_new_secret_is_made_when_asked_twice_and_both_sign_for_a_day(chat: Chat) -> None:
    place = await a_webhook(chat)

    (question,) = await chat.taps(f"sec:show:{place.id}:")
    untouched = await secret_of(chat, place)
    (yes,) = [each for each in buttons(chat) if each.startswith("sec:rotating:")]
    seen = await chat.taps(yes)
    made = await chat.store.destination_by(place.id)
    await chat.taps(yes)

    assert "For 24 hours everything is signed with both" in question
    assert untouched == "whsec_b25l"
    assert made is not None
    assert made.secret != "whsec_b25l"
    assert made.secrets_at(NOON) == (made.secret, "whsec_b25l")
    assert any(text.endswith(made.secret or "?") for text in seen)
    assert await secret_of(chat, place) == made.secret, "the same button makes no other one"
    (logged,) = [
        each.change for each in await chat.catalog.log() if each.change.what.endswith("secret")
    ]
    assert not logged.before | logged.after


async def test_of_two_owners_who_change_it_at_once_the_second_gets_a_word(chat: Chat) -> None:
    place = await a_webhook(chat)
    await chat.taps(f"sec:show:{place.id}:")
    (yes,) = [each for each in buttons(chat) if each.startswith("sec:rotating:")]
    first = partial(chat.catalog.rotate_secret, "partner")
    listener = on_store(chat, OvertakenStore(chat.store, "set_secret", first))
    before = len(chat.telegram.control.posts(OWNER))

    await hears(chat, listener, "callback_query", a_press(f"c:{yes}"))

    made = await chat.store.destination_by(place.id)
    assert made is not None
    assert made.secrets_at(NOON)[1:] == ("whsec_b25l",), "the receiver's goes on signing"
    assert "somebody made a new secret just now, and it holds" in toasts(chat)[-1]
    assert len(chat.telegram.control.posts(OWNER)) == before, "no secret that signs nothing"


async def test_a_second_change_within_a_day_is_warned_of(chat: Chat) -> None:
    place = await a_webhook(chat)
    await chat.catalog.rotate_secret("partner")

    await chat.taps(f"sec:show:{place.id}:")
    lately = chat.telegram.control.posts(OWNER)[-1]["text"]
    chat.clock.at += 25 * 60 * MINUTE
    await chat.taps(f"sec:show:{place.id}:")

    assert "It was changed less than 24 hours ago" in lately
    assert "less than 24 hours" not in chat.telegram.control.posts(OWNER)[-1]["text"]


async def test_a_secret_that_the_file_gives_is_not_changed_here(chat: Chat) -> None:
    place = await a_webhook(chat, name="declared", origin=Origin.FILE)
    there = buttons(chat)

    data = f"c:sec:show:{place.id}:"
    await hears(chat, chat.listener, "callback_query", a_press_on_nothing(data))
    chat.told()
    (yes,) = [each for each in buttons(chat) if each.startswith("sec:rotating:")]
    await chat.taps(yes)

    assert there == [f"sec:tell:{place.id}:", f"ch:show:{place.id}:"]
    assert "the secret of “declared” is declared in berita.toml" in chat.toast
    assert await secret_of(chat, place) == "whsec_b25l"


async def test_a_channel_has_no_secret_to_tell(chat: Chat) -> None:
    await chat.catalog.add_destination("telegram", "@dailyberita")
    (place,) = await chat.store.list_destinations()
    await opened(chat, place.destination)
    there = buttons(chat)

    data = f"c:sec:tell:{place.id}:"
    await hears(chat, chat.listener, "callback_query", a_press_on_nothing(data))

    assert not [each for each in there if each.startswith("sec:")]
    answers = chat.telegram.control.calls("answerCallbackQuery")
    assert "has no secret: only webhooks are signed" in answers[-1]["parameters"]["text"]


async def test_a_steward_is_offered_no_webhook_and_gets_no_secret(chat: Chat) -> None:
    first, _ = await a_steward(chat)
    place = await a_webhook(chat)
    await chat.says("/channels", BUDI)
    offered = chat.telegram.control.posts(BUDI)[-1]["markup"]

    await chat.says(f"/addwebhook {DISCORD}", BUDI)
    for data in ("chs:hook:0:", f"sec:tell:{place.id}:", f"sec:tell:{first.id}:", "wh:as:0:slack"):
        chat.phone.buttons[BUDI, f"c:{data}"] = (1, "?")
        await chat.taps(data, BUDI)
        assert chat.toast == "This is not yours to decide. An owner of this bot can."

    assert "hook" not in str(offered)
    assert not [post for post in chat.telegram.control.posts(BUDI) if "whsec" in post["text"]]
    assert ("discord", DISCORD) not in await places(chat)


@pytest.mark.parametrize("deed", ["tell:{}:", "hide:{}:", "rotating:{}:{mark}"])
async def test_an_owner_no_more_gets_nothing_by_his_old_buttons(deed: str, chat: Chat) -> None:
    place = await a_webhook(chat)
    await chat.taps(f"sec:show:{place.id}:")
    (yes,) = [each for each in buttons(chat) if each.startswith("sec:rotating:")]
    before = len(chat.telegram.control.posts(OWNER))
    listener = another(chat, owners=Owners({STRANGER}))

    data = deed.format(place.id, mark=yes.rpartition(":")[2])
    await hears(chat, listener, "callback_query", a_press(f"c:sec:{data}"))

    assert len(chat.telegram.control.posts(OWNER)) == before
    assert await secret_of(chat, place) == "whsec_b25l"


async def test_a_webhooks_card_says_how_it_fares_and_removal_speaks_of_no_channel(
    chat: Chat,
) -> None:
    place = await a_webhook(chat)
    data = f"c:ch:show:{place.id}:"
    await hears(chat, chat.listener, "callback_query", a_press_on_nothing(data))
    chat.told()

    (sure,) = await chat.taps(f"ch:remove:{place.id}:")

    assert sure == "Remove “partner”? What waits for it is dropped. Its history stays."
    assert not re.search("I stay in it", sure)
    assert "🗑 Yes, remove it" in labels(chat)
