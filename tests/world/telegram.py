"""Telegram as a function of its dice: an aiogram session that never touches a network.

Chats hold what was posted; the dice decide which requests are refused, lost before they leave, lost
after they took effect, or answered by a proxy's page. Limits are enforced as Telegram does.
"""

import asyncio
import json
import random
from collections import defaultdict
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from aiogram import Bot
from aiogram.methods import GetMe, GetUpdates, SendMessage, TelegramMethod
from aiohttp import ClientConnectionError, ClientResponse

from bot.adapters.telegram.session import BeritaSession, Gate

PER_SECOND_MAX, PER_CHAT_MINUTE_MAX = 30, 20


@dataclass(frozen=True, slots=True)
class Post:
    """A message as the chat's readers see it."""

    at: float
    message_id: int
    text: str


@dataclass(slots=True)
class TelegramFaults:
    """How likely each misfortune is, per request; all zero once the world is healed."""

    refused: float = 0.0  # never left
    lost_before: float = 0.0  # left, and never arrived
    lost_after: float = 0.0  # arrived, and its answer was lost
    bad_gateway: float = 0.0  # arrived or not, answered by a proxy's page
    flood: float = 0.0  # 429 out of the blue


@dataclass(slots=True)
class SimTelegram:
    """The other side: chats, what was posted to them, and every limit that was broken."""

    dice: random.Random
    faults: TelegramFaults = field(default_factory=TelegramFaults)
    posts: dict[int, list[Post]] = field(default_factory=lambda: defaultdict(list))
    violations: list[str] = field(default_factory=list)
    floods: dict[int, float] = field(default_factory=dict)  # chat → closed until
    asked_early: list[str] = field(default_factory=list)  # requests to a chat that said: wait

    def session(self, api_base: str, gate: Gate) -> "SimSession":
        """Open a session, as the World does."""
        return SimSession(self, api_base=api_base, gate=gate)

    async def answer(
        self, method: TelegramMethod[Any], departure: SimpleNamespace
    ) -> tuple[int, dict[str, str], str]:
        """Play one request; raises what a broken network raises."""
        await asyncio.sleep(self.dice.uniform(0.02, 0.3))
        if self._falls("refused"):
            raise ClientConnectionError("connection refused")
        departure.bytes_left = True
        if isinstance(method, GetUpdates):
            await asyncio.sleep(method.timeout or 0)
            return _ok([])
        if isinstance(method, GetMe):
            return _ok({"id": 1, "is_bot": True, "first_name": "Berita", "username": "berita_bot"})
        if not isinstance(method, SendMessage):
            return _ok(True)  # menus and the like
        return await self._send(method)

    async def _send(self, method: SendMessage) -> tuple[int, dict[str, str], str]:
        chat, now = int(method.chat_id), asyncio.get_running_loop().time()
        if self.floods.get(chat, 0.0) > now:
            self.asked_early.append(f"chat {chat} at {now:.1f}")
            return _flood(int(self.floods[chat] - now) + 1)
        if self._falls("flood"):
            seconds = self.dice.choice([3, 7, 30, 300])
            self.floods[chat] = now + seconds
            return _flood(seconds)
        if self._falls("lost_before"):
            await asyncio.sleep(60)
            raise TimeoutError
        gateway = self._falls("bad_gateway")
        if gateway and self.dice.random() < 0.5:
            return 502, {}, "<html>Bad Gateway</html>"
        message = self._post(chat, method.text, now)
        if gateway:
            return 502, {}, "<html>Bad Gateway</html>"
        if self._falls("lost_after"):
            await asyncio.sleep(60)
            raise TimeoutError
        return _ok(message)

    def _post(self, chat: int, text: str, now: float) -> dict[str, Any]:
        posts = self.posts[chat]
        minute = sum(post.at > now - 60 for post in posts)
        second = sum(post.at > now - 1 for all_ in self.posts.values() for post in all_[-40:])
        if minute >= PER_CHAT_MINUTE_MAX or second >= PER_SECOND_MAX:
            self.violations.append(
                f"chat {chat} at {now:.1f}: {minute} a minute, {second} a second"
            )
        posts.append(Post(at=now, message_id=len(posts) + 1, text=text))
        where = {"id": chat, "type": "channel", "title": "Daily Berita"}
        return {"message_id": len(posts), "date": int(now), "chat": where, "text": text}

    def _falls(self, fault: str) -> bool:
        return self.dice.random() < getattr(self.faults, fault)


class SimSession(BeritaSession):
    """Our own session with the network cut off and Telegram put in its place."""

    def __init__(self, telegram: SimTelegram, *, api_base: str, gate: Gate) -> None:
        super().__init__(api_base=api_base, gate=gate)
        self._telegram = telegram

    async def _post(
        self,
        bot: Bot,  # the session's signature
        method: TelegramMethod[Any],
        timeout_seconds: float,
        departure: SimpleNamespace,
        heard: list[ClientResponse],
    ) -> str | None:
        async with asyncio.timeout(timeout_seconds):
            status, headers, body = await self._telegram.answer(method, departure)
        heard.append(SimpleNamespace(status=status, headers=headers))
        return body

    async def close(self) -> None:
        """Nothing was opened."""


def _ok(result: Any) -> tuple[int, dict[str, str], str]:
    return 200, {}, json.dumps({"ok": True, "result": result})


def _flood(seconds: int) -> tuple[int, dict[str, str], str]:
    body = {
        "ok": False,
        "error_code": 429,
        "description": f"Too Many Requests: retry after {seconds}",
        "parameters": {"retry_after": seconds},
    }
    return 429, {"Retry-After": str(seconds)}, json.dumps(body)
