"""What someone sees on his phone: the bot's messages, new and changed, and their buttons."""

from dataclasses import dataclass, field

from tests.servers.bot_api import BotApi
from tests.servers.bot_api_chats import Post

Look = tuple[str, str]


@dataclass(slots=True)
class Phone:
    """Remembers how each message looked when it was last looked at."""

    telegram: BotApi
    looked: dict[tuple[int, int], Look] = field(default_factory=dict)  # (chat, post) → its look
    buttons: dict[tuple[int, str], tuple[int, str]] = field(default_factory=dict)

    def new_posts(self, chat: int) -> list[Post]:
        """Give the bot's posts in a chat since the last look."""
        return [post for post in self._mine(chat) if self._look(chat, post) is None]

    def changed_posts(self, chat: int) -> list[Post]:
        """Give the bot's posts in a chat that were edited since the last look."""
        known = [post for post in self._mine(chat) if (chat, post.id) in self.looked]
        return [post for post in known if self._look(chat, post) != _look_of(post)]

    def button(self, data: str, chat: int) -> tuple[int, str]:
        """Find a button that was seen, by what it sends; gives its message and its words.

        It may be gone by now: a phone that was offline still shows it.
        """
        return self.buttons[chat, data]

    def _mine(self, chat: int) -> list[Post]:
        posts = self.telegram.backend.chats.find(chat).posts
        return [post for post in posts.values() if post.sender == self.telegram.backend.bot]

    def _look(self, chat: int, post: Post) -> Look | None:
        """Look at a post; gives how it was at the last look."""
        for row in (post.markup or {}).get("inline_keyboard", ()):
            for each in row:
                self.buttons[chat, each["callback_data"]] = (post.id, each["text"])
        before = self.looked.get((chat, post.id))
        self.looked[chat, post.id] = _look_of(post)
        return before


def _look_of(post: Post) -> Look:
    return post.text, str(post.markup)
