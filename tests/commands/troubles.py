"""Troubles of which the bot tells: posts in doubt, chats that refuse it; made in the store."""

from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any, cast

from aiogram.types import Update

from bot.commands import Listener
from feeds.health import FAILURES_MIN
from feeds.model import (
    DeliveryState,
    Destination,
    Evidence,
    Finding,
    Lane,
    LaneRelease,
    Verdict,
)
from feeds.store import Store
from tests.builders import NOON
from tests.commands.chat import CHANNEL, OWNER, Chat
from tests.store.situations import (
    a_place,
    a_poll,
    a_source,
    an_intent,
    claim,
    claim_one,
    news,
    send,
)
from tests.world.overtaken import OvertakenStore
from tests.world.refusing import RefusingStore

PERSON = {"id": OWNER, "is_bot": False, "first_name": "Ani", "language_code": "en"}
PRIVATE = {"id": OWNER, "type": "private", "first_name": "Ani"}
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
HEADLINES = (
    "Kim Jong Un Janji Dukung Penuh Putin",
    "Harga Beras Naik Lagi di Jakarta",
    "Gempa Guncang Maluku, Tidak Berpotensi Tsunami",
)
SEEN = Evidence(
    way="probe",
    finding=Finding.ABSENT,
    at=NOON,
    detail="messages 12 to 16 looked at: not there",
)
SILENT = Evidence(
    way="linked group",
    finding=Finding.UNKNOWN,
    at=NOON,
    detail="no copy was seen in the linked discussion group; that proves nothing",
)


async def a_channel(
    chat: Chat, number: int = CHANNEL, title: str = "Daily Berita", **changes: str
) -> Destination:
    """A channel of ours that is a destination; `address` may name a topic of it."""
    name = changes.pop("name", title.lower().replace(" ", "-"))
    address = changes.pop("address", str(number))
    chat.telegram.control.channel(number, "", title)
    chat.telegram.control.standing(number, OWNER, "creator")
    return await chat.store.add_destination(name, "telegram", address, title=title, now=NOON)


async def waiting(chat: Chat, place: Destination, *headlines: str, hold: str | None = None) -> None:
    """Let a feed find these stories for a destination, where a guard may hold them."""
    feed = await chat.store.feed_by(f"feed-of-{place.name}")
    if feed is None:
        feed = await a_source(chat.store, f"feed-of-{place.name}")
        await chat.store.add_route(feed.id, place.id, now=NOON)
    known = len(await chat.store.list_deliveries(limit=1_000))
    found = [news(known + at) for at in range(len(headlines))]
    told = [
        replace(each, entry=replace(each.entry, title=title), hold=hold)
        for each, title in zip(found, headlines, strict=True)
    ]
    await chat.store.record_polls([a_poll(feed, *told)], now=chat.clock.at)


async def doubts(chat: Chat, place: Destination, *headlines: str) -> list[int]:
    """Let posts be cut off while they are sent; gives the deliveries, all of them in doubt."""
    found = []
    for headline in headlines:
        await waiting(chat, place, headline)
        lanes = await claim(chat.store, now=chat.clock.at)
        (lane,) = [each for each in lanes if each.destination.id == place.id]
        await chat.store.begin_sends([an_intent(lane)], now=chat.clock.at)
        await chat.store.expire_leases(
            now=chat.clock.at, repeatable_kinds=("webhook",), everything=True
        )
        found.append(lane.parcels[0].delivery.id)
        overtaken = Verdict(delivery=found[-1])  # the lane goes on
        await chat.store.conclude_doubts([overtaken], now=chat.clock.at)
    return found


async def given_up(chat: Chat, place: Destination, *headlines: str) -> None:
    """Let posts for a place be refused for good, now."""
    await waiting(chat, place, *headlines)
    lanes = await claim(chat.store, now=chat.clock.at)
    (lane,) = [each for each in lanes if each.destination.id == place.id]
    refused: dict[str, Any] = {"reason": "400 Bad Request", "now": chat.clock.at}
    for parcel in lane.parcels:
        await send(chat.store, lane, DeliveryState.FAILED, parcel, **refused)
    for each in lanes:
        await let_go(chat, each)


async def undecided(chat: Chat, ids: list[int], *evidence: Evidence) -> None:
    """Let looks come to nothing, so that an admin must decide; he may hear of it by now."""
    told = [Verdict(delivery=each, evidence=evidence, tell=True) for each in ids]
    await chat.store.conclude_doubts(told, now=chat.clock.at)
    chat.clock.at += MINUTE


async def let_go(chat: Chat, lane: Lane) -> None:
    """Give a lane back."""
    release = LaneRelease(destination=lane.destination.id, epoch=lane.epoch)
    await chat.store.release_lanes([release], now=chat.clock.at)


async def a_doubt(chat: Chat) -> int:
    """One post in doubt that somebody must decide on; gives the delivery."""
    place = await a_channel(chat)
    ids = await doubts(chat, place, HEADLINES[0])
    await undecided(chat, ids, SEEN)
    return ids[0]


async def refuse(chat: Chat, number: int = 1, reason: str = "410 Gone") -> Destination:
    """Let a webhook refuse us; gives it, parked."""
    place = await a_place(chat.store, f"partner-{number}")
    found = await chat.store.shut_out("webhook", place.address, reason=reason, now=chat.clock.at)
    return found[0]


async def failing(chat: Chat) -> Destination:
    """A webhook that has failed for a day and a half; of which nobody has heard yet."""
    hook = await a_place(chat.store)
    await waiting(chat, hook, *HEADLINES)
    for _ in range(FAILURES_MIN):
        await fail(chat)
    for hours in (24, 12):
        await fail_after(chat, hours * HOUR)
    return hook


async def fail_after(chat: Chat, span: timedelta) -> None:
    """Let time pass, at whose end the webhook is tried again: a row never rests for long."""
    chat.clock.at += span
    await fail(chat)


async def fail(chat: Chat, state: DeliveryState = DeliveryState.WAITING) -> None:
    """Let the webhook fail once more, or take what it is sent."""
    now = chat.clock.at
    lane = await claim_one(chat.store, now=now)
    reason = "the endpoint answered 503 Service Unavailable"
    await send(chat.store, lane, state, now=now, due_at=now, reason=reason)
    await let_go(chat, lane)


async def tell_of_failing(chat: Chat, *, after: timedelta) -> list[str]:
    """Let time pass in which it fails, and upkeep look; gives what the owner sees anew."""
    await fail_after(chat, after)
    await chat.store.tell_failing(now=chat.clock.at)
    return await chat.is_told()


def another(chat: Chat, **changes: Any) -> Listener:
    """Start the bot anew on the same store, with other owners or tools if so wished."""
    return Listener(chat.bot, replace(chat.deps, **changes))


def on_store(chat: Chat, store: RefusingStore | OvertakenStore) -> Listener:
    """Start the bot anew on a store that refuses some things, or does them a moment too late."""
    return another(chat, catalog=replace(chat.catalog, store=cast("Store", store)))


async def hears(chat: Chat, listener: Listener, kind: str, value: dict[str, Any]) -> None:
    """Let a bot hear an update, even one that Telegram would never send it."""
    number = next(_numbers)
    update = Update.model_validate({"update_id": number, kind: value}, context={"bot": chat.bot})
    await listener.hear(update)
    await listener.until_done(number)


def a_press(data: str | None, **changes: Any) -> dict[str, Any]:
    whole = {
        "id": "q1",
        "from": PERSON,
        "chat_instance": "1",
        "message": {"message_id": 1, "date": 1, "chat": PRIVATE, "text": "?"},
        "data": data,
    }
    return {name: value for name, value in (whole | changes).items() if value is not None}


def toasts(chat: Chat) -> list[str]:
    calls = chat.telegram.control.calls("answerCallbackQuery")
    return [str(call["parameters"].get("text", "")) for call in calls]


_numbers = count(1_000_000)
