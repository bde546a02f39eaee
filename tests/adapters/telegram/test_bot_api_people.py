"""What people do at the loopback Telegram: they press, discuss, promote and kick."""

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    ChatMemberAdministrator,
    ChatMemberBanned,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MessageOriginChannel,
)

from tests.adapters.telegram.conftest import CHANNEL, FORUM
from tests.servers.bot_api import BotApi
from tests.servers.bot_api_chats import TELEGRAM

ANI = 7


async def test_a_press_under_a_post_too_old_comes_without_its_text(
    telegram: BotApi, bot: Bot
) -> None:
    menu = await bot.send_message(ANI, "Menu")

    telegram.control.press(ANI, ANI, menu.message_id, "pause:1", too_old=True)
    (update,) = await bot.get_updates()

    assert update.callback_query is not None
    assert update.callback_query.message is not None
    assert update.callback_query.message.message_id == menu.message_id
    assert getattr(update.callback_query.message, "text", None) is None
    with pytest.raises(TelegramBadRequest, match="MESSAGE_TOO_LONG"):
        await bot.answer_callback_query(update.callback_query.id, "a" * 201)


async def test_buttons_are_kept_shown_changed_and_taken_away(telegram: BotApi, bot: Bot) -> None:
    def buttons() -> object:
        return telegram.control.posts(ANI)[0]["markup"]

    one, other = (
        InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text=t, callback_data=t)]])
        for t in ("Jeda", "Lanjut")
    )
    menu = await bot.send_message(ANI, "Menu", reply_markup=one)
    assert menu.reply_markup is not None
    assert menu.reply_markup.model_dump() == one.model_dump()

    await bot.edit_message_reply_markup(chat_id=ANI, message_id=menu.message_id, reply_markup=other)
    assert buttons() == {"inline_keyboard": [[{"text": "Lanjut", "callback_data": "Lanjut"}]]}
    await bot.edit_message_reply_markup(chat_id=ANI, message_id=menu.message_id)
    assert buttons() is None
    await bot.edit_message_text("Menu", chat_id=ANI, message_id=menu.message_id, reply_markup=other)
    await bot.edit_message_text("Selesai", chat_id=ANI, message_id=menu.message_id)
    assert (buttons(), telegram.posts(ANI)) == (None, ["Selesai"])
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_reply_markup(chat_id=ANI, message_id=menu.message_id)


async def test_a_channels_posts_come_up_in_its_group_whoever_wrote_them(
    telegram: BotApi, bot: Bot
) -> None:
    telegram.control.link(CHANNEL, FORUM)
    post = await bot.send_message(CHANNEL, "Selamat pagi")
    by_a_person = telegram.control.post(CHANNEL, "Selamat siang")

    updates = await bot.get_updates(allowed_updates=["message", "channel_post"])

    copies = [update.message for update in updates if update.message]
    assert [update.event_type for update in updates] == ["message", "channel_post", "message"]
    for copy, number in zip(copies, (post.message_id, by_a_person), strict=True):
        assert copy.is_automatic_forward
        assert copy.chat.id == FORUM
        assert copy.from_user is not None
        assert copy.from_user.id == TELEGRAM
        assert copy.sender_chat is not None
        assert copy.sender_chat.id == CHANNEL
        assert isinstance(copy.forward_origin, MessageOriginChannel)
        assert (copy.forward_origin.chat.id, copy.forward_origin.message_id) == (CHANNEL, number)
    assert [copy.text for copy in copies] == ["Selamat pagi", "Selamat siang"]


async def test_a_bot_outside_of_the_group_hears_nothing_of_it(telegram: BotApi, bot: Bot) -> None:
    telegram.control.link(CHANNEL, FORUM)
    telegram.control.bot(FORUM, "left")
    await bot.send_message(CHANNEL, "Selamat pagi")

    updates = await bot.get_updates()

    assert [update.event_type for update in updates] == ["my_chat_member"]
    assert telegram.posts(FORUM) == ["Selamat pagi"]


async def test_the_bot_is_told_of_its_own_standing(telegram: BotApi, bot: Bot) -> None:
    telegram.control.bot(CHANNEL, "kicked", by=ANI)
    telegram.control.bot(ANI, "kicked", by=ANI)

    updates = await bot.get_updates()

    changes = [update.my_chat_member for update in updates if update.my_chat_member]
    assert [change.chat.id for change in changes] == [CHANNEL, ANI]
    assert {change.from_user.id for change in changes} == {ANI}
    assert isinstance(changes[0].old_chat_member, ChatMemberAdministrator)
    assert isinstance(changes[0].new_chat_member, ChatMemberBanned)
