"""Dialogues about what went wrong: the bot speaks first, the owner presses a button."""

from bot.adapters.telegram.standing import refusal_of
from feeds.model import DeliveryState, Incident, NoticeKind, PollMemory, Verdict
from tests.commands.chat import CHANNEL, Chat
from tests.commands.troubles import (
    HEADLINES,
    HOUR,
    MINUTE,
    SEEN,
    SILENT,
    a_channel,
    doubts,
    fail,
    failing,
    let_go,
    tell_of_failing,
    undecided,
    waiting,
)
from tests.store.situations import a_place, a_poll, a_source, claim_one, send

TOPIC = (
    "400 Bad Request: TOPIC_CLOSED: open the topic again or give the destination another, then"
    " resume"
)
KICKED = refusal_of("channel", "kicked")
SICK = (
    "no feed at this address (404)",
    "berita.example was too slow to answer",
    "no safe connection to berita.example (certificate has expired)",
    "an HTML page, not a feed",
    "the answer of berita.example is larger than 10,000,000 bytes",
)
SPENT = "out of attempts (10); the last: the endpoint answered 503 Service Unavailable"


async def a_post_in_doubt(chat: Chat) -> None:
    """It is decided with one tap; another tap on what was seen before changes nothing."""
    place = await a_channel(chat)
    (doubt,) = await doubts(chat, place, HEADLINES[0])
    await undecided(chat, [doubt], SILENT, SEEN)
    await chat.is_told()
    await chat.presses("confirm", doubt)
    await chat.is_told()
    await chat.presses("retry", doubt)
    await chat.is_told()


async def posts_in_doubt(chat: Chat) -> None:
    """Several are one message, which shows the present truth until the last is decided."""
    place, other = await a_channel(chat), await a_channel(chat, -100124, "Berita Kedua")
    found = [*await doubts(chat, place, *HEADLINES[:2]), *await doubts(chat, other, HEADLINES[2])]
    await undecided(chat, found, SEEN)
    await chat.is_told()
    await chat.presses("drop", found[1])
    await chat.is_told()
    proof = Verdict(delivery=found[0], found="17", reason="it is there: linked group")
    await chat.store.conclude_doubts([proof], now=chat.clock.at)
    await chat.is_told()
    await chat.presses("retry", found[2])
    await chat.is_told()


async def more_doubts_than_a_message_shows(chat: Chat) -> None:
    """It shows eight, and the next ones when these are decided."""
    place = await a_channel(chat)
    found = await doubts(chat, place, *(f"Berita {number}" for number in range(1, 11)))
    await undecided(chat, found)
    await chat.is_told()
    await chat.store.decide(found[:8], deed="drop", now=chat.clock.at)
    await chat.is_told()
    await chat.store.decide(found[8:], deed="confirm", now=chat.clock.at)
    await chat.is_told()


async def a_channel_that_refuses(chat: Chat) -> None:
    """Telegram says so, and says when it is over."""
    place = await a_channel(chat)
    await waiting(chat, place, HEADLINES[0])
    await chat.until_heard(chat.telegram.control.bot(CHANNEL, "kicked"))
    await chat.is_told()
    await chat.says("/status")
    await chat.until_heard(chat.telegram.control.bot(CHANNEL, "administrator"))
    await chat.is_told()


async def places_that_refuse(chat: Chat) -> None:
    """A refused send says so; the owner resumes what only he can know to be mended."""
    topic = await a_channel(chat, address=f"{CHANNEL}/7")
    hook = await a_place(chat.store)
    for place, why in ((topic, TOPIC), (hook, "410 Gone")):
        await waiting(chat, place, HEADLINES[0])
        lane = await claim_one(chat.store, now=chat.clock.at)
        await send(chat.store, lane, DeliveryState.WAITING, park=why, now=chat.clock.at)
        await let_go(chat, lane)
    await chat.is_told()
    await chat.presses("resume", topic.id)
    await chat.is_told()
    await chat.catalog.pause_destination(hook.name)
    await chat.presses("resume", hook.id)
    await chat.catalog.remove_destination(hook.name)
    await chat.is_told()
    await chat.presses("resume", hook.id)


async def posts_held_back(chat: Chat) -> None:
    """A word decides on all of a burst; for a webhook nothing is rolled up."""
    place, hook = await a_channel(chat), await a_place(chat.store)
    await waiting(chat, place, *HEADLINES, hold="burst: 23 new at once")
    await waiting(chat, hook, "Berita 4", "Berita 5", hold="burst: 22 waited while paused")
    await chat.is_told()
    first, second = await chat.catalog.bursts()
    await chat.presses("roll_up", first.id)
    await chat.is_told()
    await chat.presses("skip", second.id)
    await chat.is_told()
    await chat.presses("publish", first.id)
    await chat.is_told()


async def bursts_at_one_place(chat: Chat) -> None:
    """Each is decided for itself; the message shows what is left of them."""
    place = await a_channel(chat)
    for number, why in enumerate(("burst: 23 new at once", "the feed was given new names")):
        await waiting(chat, place, f"Berita {number}", f"Berita {number}b", hold=why)
    await chat.is_told()
    first, second = await chat.catalog.bursts()
    await chat.presses("publish", second.id)
    await chat.is_told()
    await chat.presses("skip", first.id)
    await chat.is_told()


async def an_endpoint_that_takes_nothing(chat: Chat) -> None:
    """One message changes as its time runs out; that it is over is another, with a button."""
    hook = await failing(chat)
    for _ in range(3):
        await tell_of_failing(chat, after=24 * HOUR)
    chat.clock.at += 24 * HOUR
    await fail(chat)
    await chat.is_told()
    await chat.presses("resume", hook.id)
    await chat.is_told()


async def an_endpoint_that_comes_back(chat: Chat) -> None:
    """It is said in the old message and by a short new one."""
    await failing(chat)
    await tell_of_failing(chat, after=24 * HOUR)
    await chat.says("/status")
    await fail(chat, DeliveryState.SENT)
    await chat.is_told()


async def reasons_in_the_readers_language(chat: Chat) -> None:
    """Feeds, places and posts say why in the language of who asks; the store keeps English."""
    place = await a_channel(chat)
    for number, error in enumerate(SICK):
        feed = await a_source(chat.store, f"sick-{number}", to=[place.id])
        memory = PollMemory(failures=3, last_error=error, last_poll_at=chat.clock.at)
        await chat.store.record_polls([a_poll(feed, memory=memory)], now=chat.clock.at)
    await chat.store.park_destination(place.id, reason=KICKED, now=chat.clock.at)
    hook = await a_place(chat.store)
    await waiting(chat, hook, *HEADLINES[:2])
    lane = await claim_one(chat.store, now=chat.clock.at)
    for parcel in lane.parcels:
        await send(chat.store, lane, DeliveryState.FAILED, parcel, reason=SPENT, now=chat.clock.at)
    await let_go(chat, lane)
    await chat.says("/feeds")
    await chat.says("/failures")
    await chat.taps("fail:show:0:1")
    await chat.says("/status")


async def an_outage(chat: Chat) -> None:
    """Of one that kept the bot from telling, the owner hears when it is over."""
    details = {"service": "telegram", "reason": "HTTP 502, and no Bot API answer"}
    await chat.store.begin_incident(
        Incident(key="outage:telegram", kind=NoticeKind.OUTAGE, details=details), now=chat.clock.at
    )
    chat.clock.at += 40 * MINUTE
    await chat.store.end_incidents(["outage:telegram"], now=chat.clock.at)
    await chat.is_told()
    other = Incident(key="outage:x", kind=NoticeKind.OUTAGE, details={"service": "@x /status"})
    await chat.store.begin_incident(other, now=chat.clock.at)
    await chat.is_told()


SCENES_OF_TROUBLE = (
    a_post_in_doubt,
    posts_in_doubt,
    more_doubts_than_a_message_shows,
    a_channel_that_refuses,
    places_that_refuse,
    an_endpoint_that_takes_nothing,
    an_endpoint_that_comes_back,
    posts_held_back,
    bursts_at_one_place,
    an_outage,
    reasons_in_the_readers_language,
)
