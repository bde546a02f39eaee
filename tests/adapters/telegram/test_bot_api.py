"""The loopback Telegram holds what the tests believe of it, judged by aiogram and by TDLib."""

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramConflictError, TelegramForbiddenError
from aiogram.types import (
    BotCommand,
    ChatMemberAdministrator,
    ChatMemberBanned,
    ChatMemberRestricted,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MessageEntity,
)
from hypothesis import given, settings
from hypothesis import strategies as some

from tests.adapters import tdlib
from tests.adapters.telegram.conftest import CHANNEL, FORUM
from tests.servers.bot_api import BotApi
from tests.servers.bot_api_faults import Refused
from tests.servers.bot_api_limits import Limits
from tests.servers.bot_api_text import checked_text

ANI = 7
TOKEN = "31337:a-token"
texts = some.text(alphabet="ab é😀🇮", min_size=1, max_size=8).filter(str.strip)


@settings(deadline=None)
@given(text=texts, offset=some.integers(-2, 14), length=some.integers(1, 9))
def test_entities_are_judged_in_tdlibs_words(text: str, offset: int, length: int) -> None:
    entity = {"type": "bold", "offset": offset, "length": length}

    try:
        checked_text(f"x{text}x", [entity])
        ours = None
    except Refused as refused:
        ours = refused.description.removeprefix("Bad Request: ")

    assert ours == _tdlibs_word(f"x{text}x", entity)


def _tdlibs_word(text: str, entity: dict[str, Any]) -> str | None:
    """Ask TDLib about a text as it stands; its words begin small in the Bot API."""
    formatted = {"text": text, "entities": [tdlib._to_tdlib(entity)]}
    answer = tdlib._execute({"@type": "getMarkdownText", "text": formatted})
    word = answer["message"] if answer["@type"] == "error" else None
    return word and word[0].lower() + word[1:]


def test_trimming_moves_entities_as_tdlib_does() -> None:
    entities = [{"type": "bold", "offset": 1, "length": 4}]

    text, moved = checked_text(" \n😀b \n", entities)

    assert text == "😀b"
    assert moved == [{"type": "bold", "offset": 0, "length": 3}]
    assert tdlib.kept(text, moved) == (text, moved)


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "message text is empty"), (" \n", "must be non-empty"), ("a" * 4097, "is too long")],
)
async def test_texts_are_refused_in_the_bot_apis_words(
    telegram: BotApi, bot: Bot, text: str, words: str
) -> None:
    with pytest.raises(TelegramBadRequest, match=words):
        await bot.send_message(CHANNEL, text)

    assert telegram.posts(CHANNEL) == []


async def test_a_channels_post_has_no_author_and_an_edit_leaves_its_time(bot: Bot) -> None:
    post = await bot.send_message("@DailyBerita", "Selamat pagi")

    edited = await bot.edit_message_text(
        "Selamat siang", chat_id=CHANNEL, message_id=post.message_id
    )

    assert post.from_user is None
    assert post.sender_chat is not None
    assert post.sender_chat.id == CHANNEL
    assert not isinstance(edited, bool)
    assert edited.edit_date is not None
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_text("Selamat siang", chat_id=CHANNEL, message_id=post.message_id)


async def test_standing_decides_who_may_post(telegram: BotApi, bot: Bot) -> None:
    telegram.control.user(8, "Budi", bot="left")
    telegram.control.user(9, "Cici", bot="kicked")
    telegram.control.topic(FORUM, 43, open=False)

    with pytest.raises(TelegramForbiddenError, match="can't initiate conversation"):
        await bot.send_message(8, "a")
    with pytest.raises(TelegramForbiddenError, match="blocked by the user"):
        await bot.send_message(9, "a")
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await bot.send_message(FORUM, "a", message_thread_id=1)
    with pytest.raises(TelegramBadRequest, match="TOPIC_CLOSED"):
        await bot.send_message(FORUM, "a", message_thread_id=43)
    telegram.control.bot(FORUM, "restricted")
    with pytest.raises(TelegramBadRequest, match="not enough rights to send"):
        await bot.send_message(FORUM, "a")
    telegram.control.bot(CHANNEL, "administrator", can_post_messages=False)
    with pytest.raises(TelegramBadRequest, match="need administrator rights"):
        await bot.send_message(CHANNEL, "a")
    telegram.control.bot(CHANNEL, "administrator")
    await bot.send_message(CHANNEL, "a")


async def test_members_are_told_in_all_their_shapes(telegram: BotApi, bot: Bot) -> None:
    telegram.control.standing(CHANNEL, ANI, "administrator", can_post_messages=False)

    ani = await bot.get_chat_member(CHANNEL, ANI)
    administrators = await bot.get_chat_administrators(CHANNEL)

    assert isinstance(ani, ChatMemberAdministrator)
    assert ani.can_post_messages is False
    assert [member.user.id for member in administrators] == [ANI]
    telegram.control.standing(FORUM, ANI, "restricted")
    assert isinstance(await bot.get_chat_member(FORUM, ANI), ChatMemberRestricted)
    telegram.control.standing(FORUM, ANI, "kicked")
    assert isinstance(await bot.get_chat_member(FORUM, ANI), ChatMemberBanned)


async def test_a_post_can_be_looked_for_by_forwarding_it_and_the_copy_deleted(
    telegram: BotApi, bot: Bot
) -> None:
    post = await bot.send_message(CHANNEL, "Selamat pagi")

    copy = await bot.forward_message(ANI, CHANNEL, post.message_id)
    await bot.delete_message(ANI, copy.message_id)

    assert copy.text == "Selamat pagi"
    assert telegram.posts(ANI) == []
    with pytest.raises(TelegramBadRequest, match="message to forward not found"):
        await bot.forward_message(ANI, CHANNEL, post.message_id + 1)


async def test_updates_stay_until_an_offset_confirms_them(telegram: BotApi, bot: Bot) -> None:
    first, second = telegram.control.say(ANI, "/start"), telegram.control.say(ANI, "halo")

    assert [u.update_id for u in await bot.get_updates(limit=1)] == [first]
    assert [u.update_id for u in await bot.get_updates()] == [first, second]
    assert [u.update_id for u in await bot.get_updates(offset=second)] == [second]
    assert await bot.get_updates(offset=second + 1) == []


async def test_a_waiting_poll_hears_at_once_and_a_second_poller_ends_it(
    telegram: BotApi, bot: Bot
) -> None:
    async with asyncio.TaskGroup() as group:
        heard = group.create_task(bot.get_updates(timeout=20))
        await telegram.until_called("getUpdates")
        telegram.control.say(ANI, "halo")
    assert len(heard.result()) == 1

    async def poll() -> Exception | None:
        try:
            await bot.get_updates(offset=99, timeout=20)
        except TelegramConflictError as conflict:
            return conflict
        return None

    async with asyncio.TaskGroup() as group:
        ended = group.create_task(poll())
        await telegram.until_called("getUpdates", times=2)
        await bot.get_updates(offset=99)
    assert "terminated by other getUpdates" in str(ended.result())


async def test_a_button_pressed_is_answered_once(telegram: BotApi, bot: Bot) -> None:
    button = InlineKeyboardButton(text="Jeda", callback_data="pause:1")
    markup = InlineKeyboardMarkup(inline_keyboard=[[button]])
    menu = await bot.send_message(ANI, "Menu", reply_markup=markup)

    telegram.control.press(ANI, ANI, menu.message_id, "pause:1")
    (update,) = await bot.get_updates()

    assert update.callback_query is not None
    assert update.callback_query.data == "pause:1"
    await bot.answer_callback_query(update.callback_query.id, "Dijeda")
    assert [answer["text"] for answer in telegram.control.answers()] == ["Dijeda"]
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await bot.answer_callback_query(update.callback_query.id)


async def test_commands_are_kept_by_language(bot: Bot) -> None:
    await bot.set_my_commands(
        [BotCommand(command="mulai", description="Mulai")], language_code="id"
    )

    assert [c.command for c in await bot.get_my_commands(language_code="id")] == ["mulai"]
    assert await bot.get_my_commands() == []
    assert await bot.delete_webhook()


def test_limits_are_those_known_from_outside() -> None:
    at = 0.0
    limits = Limits(lambda: at, enforce=True)

    for _ in range(3):
        limits.count(CHANNEL)
    with pytest.raises(Refused, match="retry after 1"):
        limits.count(CHANNEL)
    for _ in range(17):
        at += 1.1
        limits.count(CHANNEL)
    at += 1.1
    with pytest.raises(Refused, match="retry after 41"):
        limits.count(CHANNEL)
    at = 60.0
    limits.count(CHANNEL)
    assert [violation.limit for violation in limits.violations] == ["chat burst", "chat minute"]


def test_a_whole_bot_is_limited_too() -> None:
    limits = Limits(lambda: 0.0, enforce=True)

    for user in range(1, 31):
        limits.count(user)

    with pytest.raises(Refused, match="Too Many Requests"):
        limits.count(31)


async def test_limits_not_enforced_are_still_noted(telegram: BotApi, bot: Bot) -> None:
    for number in range(5):
        await bot.send_message(CHANNEL, f"{number}")

    assert len(telegram.posts(CHANNEL)) == 5
    assert {violation["limit"] for violation in telegram.control.violations()} == {"chat burst"}


async def test_a_fault_hits_the_nth_call_of_its_method_and_chat(telegram: BotApi, bot: Bot) -> None:
    telegram.faults.refuse("Bad Request: later", chat=CHANNEL, nth=2, times=1)

    await bot.send_message(ANI, "a")
    await bot.send_message(CHANNEL, "a")
    with pytest.raises(TelegramBadRequest, match="later"):
        await bot.send_message(CHANNEL, "b")
    await bot.send_message(CHANNEL, "c")

    assert telegram.posts(CHANNEL) == ["a", "c"]


async def test_as_a_process_it_is_controlled_over_http_and_leaves_a_ledger(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.jsonl"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.servers.bot_api", "--token", TOKEN, "--ledger", str(ledger),
        "--channel=-100123:@dailyberita:Daily Berita", "--user=7:Ani",
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    base = json.loads(await process.stdout.readline())["base"]

    async with aiohttp.ClientSession(base) as http:
        sent = {"chat_id": "@dailyberita", "text": "Selamat pagi"}
        await (await http.post(f"/bot{TOKEN}/SendMessage", json=sent)).read()
        listed = await (await http.post("/control/posts", json={"chat": -100123})).json()
        unknown = await http.post("/control/explode")
        nobody = await http.get("/bot31337:wrong/getMe")
        missing = await http.get(f"/bot{TOKEN}/getNothing")
    process.send_signal(signal.SIGTERM)

    assert await process.wait() == 0
    assert [post["text"] for post in listed] == ["Selamat pagi"]
    assert (unknown.status, nobody.status, missing.status) == (404, 401, 404)
    (line,) = ledger.read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["chat"] == -100123


async def test_entities_come_back_as_they_were_sent(bot: Bot) -> None:
    link = MessageEntity(
        type="text_link", offset=0, length=7, url="https://berita.example/?a=1&b=2"
    )

    post = await bot.send_message(CHANNEL, "Selamat pagi", entities=[link], parse_mode=None)

    assert [entity.model_dump() for entity in post.entities or ()] == [link.model_dump()]
