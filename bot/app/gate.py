"""The gate before every answer to an admin: paced as the posts are, with a share of their own."""

from dataclasses import replace
from datetime import timedelta

import structlog

from bot.adapter import Scope
from bot.pace import Limit
from bot.pacer import Pacer
from bot.passage import Passage
from feeds.errors import StoreError
from feeds.ports import Clock
from feeds.store import Store

log = structlog.get_logger()


class AnswerGate:
    """Counts answers against the same paces as posts; those leave a share of each limit to them."""

    def __init__(
        self,
        *,
        pacer: Pacer,
        passage: Passage,
        store: Store,
        clock: Clock,
        bot_scope: Scope,
        chat_limit: Limit,
        probes_limit: Limit,  # of looks after doubts: the rest of `chat_limit` is for answers
    ) -> None:
        self._pacer = pacer
        self._passage = passage
        self._store = store
        self._clock = clock
        self._bot_scope = bot_scope
        self._chat_limit = chat_limit
        self._probes_limit = probes_limit

    async def admit(self, chat: int | str | None) -> None:
        """Wait until the token is proven and the pace allows it, and count it."""
        await self._passage.opened()
        await self._pacer.wait_and_take(self._scopes(chat))

    def free_in(self, chat: int) -> timedelta:
        """Tell how long a look after a doubt waits for this chat, and leaves answers a share."""
        now = self._clock.now()
        token, room = self._scopes(chat)
        return self._pacer.free_at([token, replace(room, limit=self._probes_limit)]) - now

    async def flooded(self, chat: int | str | None, after: timedelta) -> None:
        """Close the chat that answered 429, and after three of them the token; stored at once.

        No lane will store it with an outcome, and a death before upkeep does would forget it.
        """
        now = self._clock.now()
        closed = self._pacer.answer_flooded(self._scopes(chat), now + after)
        try:
            await self._store.save_paces(closed, now=now)
        except StoreError as error:
            log.error("a 429 is stored with the next upkeep", why=str(error))

    def _scopes(self, chat: int | str | None) -> list[Scope]:
        if chat is None:
            return [self._bot_scope]
        return [self._bot_scope, Scope(name=f"telegram:chat:{chat}", limit=self._chat_limit)]
