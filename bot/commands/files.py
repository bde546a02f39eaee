"""Files that people send: fetched from Telegram as far as they are small enough."""

from typing import Final

from aiogram import Bot
from aiogram.exceptions import AiogramError

from bot.commands.refusal import Refusal

FILE_BYTES_MAX: Final = 1_000_000
CHUNK_BYTES: Final = 64 * 1024
DOWNLOAD_SECONDS: Final = 30


async def fetched(bot: Bot, file_id: str, *, said_bytes: int = 0) -> bytes:
    """Fetch a file; its size is but said, so the reading is bounded, too. Raises Refusal."""
    if said_bytes > FILE_BYTES_MAX:
        raise too_large()
    try:
        return await _downloaded(bot, file_id)
    except AiogramError as error:
        raise Refusal("list.not_given") from error


def too_large() -> Refusal:
    """Say how large a file may be, and what to do with a larger one."""
    return Refusal("list.too_large", megabytes=FILE_BYTES_MAX // 1_000_000)


async def _downloaded(bot: Bot, file_id: str) -> bytes:
    file = await bot.get_file(file_id)
    url = bot.session.api.file_url(bot.token, file.file_path or "")
    data = bytearray()
    async for chunk in bot.session.stream_content(
        url, timeout=DOWNLOAD_SECONDS, chunk_size=CHUNK_BYTES, raise_for_status=True
    ):
        data += chunk
        if len(data) > FILE_BYTES_MAX:
            raise too_large()
    return bytes(data)
