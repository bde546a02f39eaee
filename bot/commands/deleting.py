"""Takes a post of ours away from where it stands."""

from typing import Final

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError

from bot.commands.refusal import Refusal
from feeds.store.rows import DeliveryStory

GONE_ALREADY: Final = "message to delete not found"


async def delete_post(bot: Bot, told: DeliveryStory) -> None:
    """Delete the post of a delivery; one that is gone already is no trouble. Raises Refusal."""
    message_id, chat = told.delivery.message_id, told.destination.address.partition("/")[0]
    if message_id is None or not message_id.isdecimal():
        raise Refusal("delete.nowhere")
    try:
        await bot.delete_message(chat_id=int(chat), message_id=int(message_id))
    except TelegramForbiddenError as error:
        raise Refusal("delete.refused") from error
    except TelegramBadRequest as error:
        if GONE_ALREADY not in error.message.lower():
            raise Refusal("delete.refused") from error
