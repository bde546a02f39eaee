"""Attacks: nothing is changed, nothing is said where others hear, and the answer is a safe one."""

import re
from datetime import timedelta
from typing import Any

import pytest

from bot.commands.access import TRIES_MAX
from bot.commands.membership import BELIEVED
from feeds.catalog.people import INVITE_LASTS
from feeds.model import PollMemory
from tests.commands.attacks import ALL, CODES, GROUP, NASTY, STALE, STEWARDS, Attack, filled
from tests.commands.chat import OWNER, STRANGER, Chat
from tests.commands.stewards import a_steward, an_invitation, is_demoted
from tests.commands.troubles import SEEN, a_channel, doubts, hears, toasts, undecided
from tests.store.situations import a_poll, a_source

ATTACKS_MIN = 40
CALLING = re.compile(r"(?<![\w/\u2060])[@/](?=[A-Za-z_])")  # where Telegram would find something
OUR_COMMANDS = re.compile(
    r"/(?:start|why|feeds|failures|log|status|resume|channels|addwebhook|deliveries)\b(?! daily)"
)


async def besieged(chat: Chat, attack: Attack) -> dict[str, object]:
    """A channel with a doubt and a feed; an invitation that was used, another that is too old."""
    if attack in STEWARDS.values() or attack in CODES.values():
        mine, _ = await a_steward(chat)
        old = await an_invitation(chat, mine)
        used = await an_invitation(chat, mine)
        await chat.says(f"/start {used}", STRANGER)
        chat.clock.at += max(INVITE_LASTS, BELIEVED)
        if attack in CODES.values():
            await chat.catalog.dismiss(STRANGER, mine.id)
        is_demoted(chat)
    else:
        mine, old, used = await a_channel(chat), "", ""
    feed = await a_source(chat.store, "daily", to=[mine.id])
    (doubt,) = await doubts(chat, mine, "Kim Jong Un Janji Dukung Penuh Putin")
    await undecided(chat, [doubt], SEEN)
    await chat.catalog.set_feed("daily", rename="daily-berita")
    await chat.catalog.set_feed("daily-berita", rename="daily")
    (change, *_) = await chat.catalog.log()
    await a_source(chat.store, "other")
    await chat.catalog.set_feed("other", every=timedelta(hours=1))
    (other_change, *_) = await chat.catalog.log()
    chat.telegram.control.supergroup(GROUP, "", "Kita")
    chat.told(), chat.told(STRANGER)
    chat.telegram.backend.calls.clear()
    return {
        "mine": mine.id,
        "doubt": doubt,
        "feed": feed.id,
        "change": change.id,
        "other_change": other_change.id,
        "used": used,
        "old": old,
    }


async def everything(chat: Chat) -> tuple[Any, ...]:
    """All that an attack could have changed."""
    rows = await chat.store.list_destinations()
    return (
        [(row.id, row.state, row.reason) for row in await chat.store.list_deliveries(limit=100)],
        [(row.id, row.name, row.url, row.feed) for row in await chat.store.list_feeds()],
        [await chat.store.talk(who, now=chat.clock.at) for who in (OWNER, STRANGER)],
        [row.destination for row in rows],
        [await chat.store.stewards_of(row.id) for row in rows],
        [line.id for line in await chat.catalog.log(limit=50)],
        sorted(chat.deps.owners),
    )


def spoken(chat: Chat) -> list[tuple[int, str]]:
    """All that the bot sent or changed anywhere."""
    calls = chat.telegram.control.calls()
    sent = [call["parameters"] for call in calls if call["method"].startswith(("send", "edit"))]
    return [(int(each["chat_id"]), str(each.get("text", ""))) for each in sent]


def is_safe(text: str) -> bool:
    """Nothing in a text calls anybody or offers a command, save our own."""
    return CALLING.search(OUR_COMMANDS.sub("", text)) is None


def test_there_are_forty_attacks_and_more() -> None:
    assert len(ALL) >= ATTACKS_MIN


@pytest.mark.parametrize("name", ALL)
async def test_an_attack_changes_nothing_and_gets_nothing_or_a_safe_answer(
    name: str, chat: Chat
) -> None:
    attack = ALL[name]
    ids = await besieged(chat, attack)
    before = await everything(chat)

    for _ in range(attack.times):
        for update in attack.updates:
            await hears(chat, chat.listener, *filled(update, ids))

    assert await everything(chat) == before
    answers = spoken(chat)
    assert {chat_ for chat_, _ in answers} <= {attack.whose}, "nobody else hears of it"
    assert all(is_safe(text) for _, text in answers)
    assert not chat.telegram.control.calls("deleteMessage")
    if attack.hears is None:
        assert answers == []
        assert set(toasts(chat)) <= {""}
    else:
        assert len(answers) <= TRIES_MAX + 1, "then he is told his number once"
        assert all(text.startswith(attack.hears) for _, text in answers)
        assert answers or name.startswith("stale"), "it is answered"
    pressed = sum(kind == "callback_query" for kind, _ in attack.updates)
    assert len(toasts(chat)) == pressed, "each press is answered, once"


@pytest.mark.parametrize("data", STALE)
async def test_a_stale_or_forged_button_says_in_words_what_is_the_matter(
    data: str, chat: Chat
) -> None:
    ids = await besieged(chat, STALE[data])

    await hears(chat, chat.listener, *filled(STALE[data].updates[0], ids))

    assert any(toasts(chat)) or spoken(chat)


async def test_a_feeds_own_words_call_nobody_and_offer_nothing(chat: Chat) -> None:
    place = await a_channel(chat, title=NASTY, name="evil-channel")
    feed = await a_source(chat.store, "evil", to=[place.id])
    memory = PollMemory(failures=3, last_error=NASTY, last_poll_at=chat.clock.at)
    await chat.store.record_polls([a_poll(feed, memory=memory, title=NASTY)], now=chat.clock.at)
    await undecided(chat, await doubts(chat, place, NASTY), SEEN)
    await chat.store.meet(STRANGER, NASTY, now=chat.clock.at)
    await chat.catalog.on_behalf_of(STRANGER).pause_feed("evil")
    chat.telegram.backend.calls.clear()

    said = [
        text
        for command in ("/feeds", "/status", "/failures", "/log", "/channels", "/why #1")
        for text in await chat.says(command)
    ]
    said += await chat.is_told()

    assert len(said) >= 7
    for text in said:
        shown = OUR_COMMANDS.sub("", text).replace("/removefeed\u2060", "")
        assert CALLING.search(shown) is None, text
        assert "\u202e" not in text, "nothing is written backwards"
    sent = [call["parameters"] for call in chat.telegram.control.calls("sendMessage")]
    assert sent
    for each in sent:
        assert "parse_mode" not in each
        assert not re.search(r'"type": ?"(?:mention|text_mention|text_link|url)"', str(each))
