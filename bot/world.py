"""Everything outside as one object; `real_world()` is the one we live in, tests bring their own."""

import random
import secrets
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TextIO

from bot.clock import WallClock
from bot.scheduler import Rings, Scheduler
from feeds.guard import Guard
from feeds.parse import ParserProcess
from feeds.ports import Clock, Parser, Web, live_on
from feeds.web import AiohttpWeb

if TYPE_CHECKING:
    from aiogram.client.session.base import BaseSession

    from bot.adapters.telegram.session import Gate


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """All that is not ours: time, dice, the web, Telegram, the terminal, and where we may die."""

    clock: Clock
    dice: random.Random
    web: Web
    parser: Parser
    terminal: TextIO
    telegram_session: "Callable[[str, Gate], BaseSession]"  # (api_base, gate) → aiogram's session
    rings: Callable[[], Rings]  # what rings the beats' bells
    reached: Callable[[str], None]  # crash points: nothing happens at them in the real world


@asynccontextmanager
async def real_world(
    *,
    allow_private: Sequence[str],
    user_agent: str,
    feed_connections: int,
    webhooks: int,
    tell: Callable[[str], None],
    clock: Clock | None = None,
    reached: Callable[[str], None] = live_on,
) -> AsyncIterator[World]:
    """Open the outside and close it again; nothing is dialled before it is needed.

    `tell` hears, for the operator alone, why something within a private network was not reached.
    """
    async with AsyncExitStack() as stack:
        web = await stack.enter_async_context(
            AiohttpWeb(
                Guard(allow_private),
                user_agent=user_agent,
                feed_connections=feed_connections,
                webhook_connections=webhooks,
                tell=tell,
                reached=reached,
            )
        )
        parser = ParserProcess()
        stack.push_async_callback(parser.close)
        yield World(
            clock=clock or WallClock(),
            dice=secrets.SystemRandom(),
            web=web,
            parser=parser,
            terminal=sys.stdout,
            telegram_session=partial(_telegram_session, reached),
            rings=Scheduler,
            reached=reached,
        )


def _telegram_session(reached: Callable[[str], None], api_base: str, gate: "Gate") -> "BaseSession":
    from bot.adapters.telegram.session import (  # noqa: PLC0415  # aiogram takes 3 s to import
        BeritaSession,
    )

    return BeritaSession(api_base=api_base, gate=gate, reached=reached)
