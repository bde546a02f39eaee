"""The gate before every answer to an admin: paced as the posts are, with a share of their own."""

from datetime import timedelta

from bot.adapter import Scope
from bot.pace import Limit
from bot.pacer import Pacer
from bot.passage import Passage
from feeds.ports import Clock


class AnswerGate:
    """Counts answers against the same paces as posts; those leave a share of each limit to them."""

    def __init__(
        self,
        *,
        pacer: Pacer,
        passage: Passage,
        clock: Clock,
        bot_scope: Scope,
        chat_limit: Limit,
    ) -> None:
        self._pacer = pacer
        self._passage = passage
        self._clock = clock
        self._bot_scope = bot_scope
        self._chat_limit = chat_limit

    async def admit(self, chat: int | str | None) -> None:
        """Wait until the token is proven and the pace allows it, and count it."""
        await self._passage.opened()
        await self._pacer.wait_and_take(self._scopes(chat))

    def flooded(self, chat: int | str | None, after: timedelta) -> None:
        """Close the chat that answered 429, and after three of them the token."""
        until = self._clock.now() + after
        self._pacer.answer_flooded(self._scopes(chat), until)

    def _scopes(self, chat: int | str | None) -> list[Scope]:
        if chat is None:
            return [self._bot_scope]
        return [self._bot_scope, Scope(name=f"telegram:chat:{chat}", limit=self._chat_limit)]
