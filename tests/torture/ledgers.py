"""Three ledgers of one story each wrote by itself: Berita's, the receiver's, the Bot API's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from feeds.store import Store
from tests.e2e.servers import Receiver, Telegram

CUT_OFF = "stopped while sending"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One attempt as Berita keeps it."""

    outcome: str | None
    detail: str
    ended_at: datetime | None

    @property
    def cut_off(self) -> bool:
        return self.detail == CUT_OFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One delivery as Berita keeps it; `place` is a webhook's path, or a chat's number."""

    id: int
    kind: str
    place: str
    title: str
    story_id: str
    webhook_id: str
    seq: int
    state: str
    reason: str | None
    message_id: str | None
    tries: tuple[Tried, ...]

    @property
    def cuts(self) -> int:
        """Count the attempts that a death cut off."""
        return sum(tried.cut_off for tried in self.tries)

    @property
    def proven(self) -> bool:
        """Tell whether it was in doubt and then found."""
        return self.state == "sent" and self.tries[-1].outcome == "in_doubt"

    @property
    def failures(self) -> int:
        """Count the attempts that did not end well, deaths included."""
        return sum(tried.outcome != "sent" for tried in self.tries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One request as the receiver keeps it."""

    place: str
    webhook_id: str
    story_id: str | None
    title: str | None
    digest: str
    verified: bool
    accepted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One post as the Bot API keeps it."""

    place: str
    title: str
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledgers:
    """All three, at one moment."""

    rows: Sequence[Row]
    heard: Sequence[Heard] = ()  # in order
    posts: Sequence[Post] = ()  # of each chat in order
    sends: Sequence[tuple[str, str]] = ()  # chat and title of every request to send


async def berita_s(store: Store) -> list[Row]:
    """Read every delivery with its attempts."""
    listed = await store.list_deliveries(limit=1_000_000)
    stories = [await store.delivery_story(row.id) for row in listed]
    return [_row(story) for story in stories if story is not None]


def _row(story: Any) -> Row:
    delivery, place = story.delivery, story.destination
    return Row(
        id=delivery.id,
        kind=place.kind,
        place=_path(place.address) if place.kind == "webhook" else place.address,
        title=story.story.title,
        story_id=story.story.story_id,
        webhook_id=delivery.webhook_id,
        seq=delivery.seq,
        state=str(delivery.state),
        reason=delivery.reason,
        message_id=delivery.message_id,
        tries=tuple(
            Tried(outcome=each.outcome, detail=each.detail, ended_at=each.ended_at)
            for each in story.attempts
        ),
    )


def receiver_s(receiver: Receiver) -> list[Heard]:
    """Read every request, in order."""
    return [
        Heard(
            place=heard["path"],
            webhook_id=heard["id"],
            story_id=heard["story_id"],
            title=heard["title"],
            digest=heard["digest"],
            verified=heard["verified"],
            accepted=heard["verified"] and (heard["answered"] or 0) // 100 == 2,
        )
        for heard in receiver.ledger()
    ]


def bot_api_s(telegram: Telegram, chats: Sequence[int]) -> list[Post]:
    """Read every post of these chats."""
    return [
        Post(place=str(chat), title=_first_line(post), message_id=str(post["message_id"]))
        for chat in chats
        for post in telegram.control("posts", chat=chat)
    ]


def sends_of(telegram: Telegram, chats: Sequence[int]) -> list[tuple[str, str]]:
    """Read every request to send to one of these chats: the chat and the headline."""
    calls = telegram.control("calls", method="sendMessage")
    asked = [(str(call["parameters"]["chat_id"]), call["parameters"]) for call in calls]
    wanted = {str(chat) for chat in chats}
    return [(chat, _first_line(message)) for chat, message in asked if chat in wanted]


def _first_line(post: Any) -> str:
    return str(post["text"]).split("\n")[0]


def _path(url: str) -> str:
    return "/" + url.split("/", 3)[3]
