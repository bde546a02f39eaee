"""The questions that wizards put: for a channel, for a feed."""

from typing import Final

from aiogram.types import (
    ChatAdministratorRights,
    KeyboardButton,
    KeyboardButtonRequestChat,
    ReplyKeyboardMarkup,
)
from aiogram.utils.formatting import TextLink

from bot.commands.cards.scene import Scene
from bot.commands.wizards.talking import begin

CHANNEL, GROUP = 1, 2  # numbers of the requests, which come back with the chat
RIGHTS: Final = ("post_messages", "edit_messages", "delete_messages")  # that posting well takes
GROUP_RIGHTS: Final = ("manage_chat", "delete_messages")
_NAMES: Final = tuple(
    name for name, each in ChatAdministratorRights.model_fields.items() if each.is_required()
)


async def ask_for_channel(scene: Scene) -> None:
    """Ask for a channel, a group or a topic, in all the ways there are."""
    me = await scene.bot.me()
    rights = "+".join(RIGHTS)
    url = f"https://t.me/{me.username}?startchannel&admin={rights}"
    link = TextLink(scene.words.label("channel.link"), url=url)
    await begin(scene, "channel")
    await scene.say(scene.words.say("channel.ask", link=link), _chooser(scene))


async def ask_for_feed(scene: Scene) -> None:
    """Ask for a feed's link."""
    await begin(scene, "feed")
    await scene.say(scene.words.say("feed.ask"))


def _chooser(scene: Scene) -> ReplyKeyboardMarkup:
    """Make the buttons by which Telegram lets somebody choose a chat of his.

    Choosing makes the bot an administrator there, with these rights (Bot API,
    KeyboardButtonRequestChat); the bot's must be among those of who chooses.
    """
    return ReplyKeyboardMarkup(
        keyboard=[
            [_request(scene.words.label("channel.button"), CHANNEL, RIGHTS)],
            [_request(scene.words.label("channel.group_button"), GROUP, GROUP_RIGHTS)],
        ],
        resize_keyboard=True,
        one_time_keyboard=True,
    )


def _request(label: str, number: int, names: tuple[str, ...]) -> KeyboardButton:
    channel = number == CHANNEL
    rights = ChatAdministratorRights(
        **dict.fromkeys(_NAMES, False) | {f"can_{name}": True for name in names}
    )
    request = KeyboardButtonRequestChat(
        request_id=number,
        chat_is_channel=channel,
        user_administrator_rights=rights,
        bot_administrator_rights=rights,
        request_title=True,
        request_username=True,
    )
    return KeyboardButton(text=label, request_chat=request)
