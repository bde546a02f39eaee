"""/status: how things stand, the worst first."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message
from aiogram.utils.formatting import Text

from bot.commands.answers import answer
from bot.commands.deps import CommandDeps
from bot.commands.places import closed, failing, is_failing, scope_called
from bot.commands.reasons import tell_reason
from bot.commands.words import Words, joined, lines, plain
from bot.health import Health
from feeds.model import DeliveryState, DestinationState
from feeds.store.rows import DestinationRow, Status

SHOWN_MAX: Final = 4  # of problems, of closed destinations, of resting scopes
LINE_MAX, REASON_MAX = 120, 64  # UTF-16 units
FAILURES: Final = Text("/failures")
WATCHED: Final = (DeliveryState.IN_DOUBT, DeliveryState.FAILED, DeliveryState.HELD)


def register(made: Router) -> None:
    """Register what is heard of /status."""
    made.message.register(show, Command("status", ignore_case=True))


async def show(message: Message, deps: CommandDeps, words: Words) -> None:
    """Say how things stand."""
    now = deps.clock.now()
    status = await deps.catalog.store.status(now=now)
    places = await deps.catalog.store.list_destinations()
    await answer(message, tell(status, places, deps.health(), words=words, now=now))


def tell(
    status: Status, places: Sequence[DestinationRow], health: Health, *, words: Words, now: datetime
) -> Text:
    """Say it in three parts: is it well, what is there, when it last did something."""
    parts = (
        _verdict(health, words),
        _house(status, places, words),
        lines(
            _waiting(status, words, now),
            *_undecided(status, words),
            *_resting(status, places, words),
        ),
        lines(
            words.say("status.polled", ago=words.ago(status.last_poll_at, now=now)),
            words.say("status.sent", ago=words.ago(status.last_sent_at, now=now)),
        ),
    )
    return joined(parts, "\n\n")


def _verdict(health: Health, words: Words) -> Text:
    if health.ok:
        return Text("✅ ", words.say("status.well"))
    told = [f"· {_problem(each, words)}" for each in health.problems[:SHOWN_MAX]]
    return lines(Text("🆘 ", words.say("status.ill")), *told, *_more(health.problems, words))


def _problem(problem: str, words: Words) -> str:
    """Say what is wrong; before it may stand what is: a service, a beat, a token's scope."""
    what, parted, why = problem.partition(": ")
    if parted and " " not in what:
        return plain(f"{what}: {tell_reason(why, words, LINE_MAX)}", LINE_MAX)
    return tell_reason(problem, words, LINE_MAX)


def _house(status: Status, places: Sequence[DestinationRow], words: Words) -> Text:
    return lines(
        _counted(words, "feeds", status.feeds, "failing", status.feeds_failing),
        _counted(words, "destinations", status.destinations, "closed", status.destinations_closed),
        *_closed_places(places, words),
    )


def _counted(words: Words, key: str, number: int, of_them: str, so_many: int) -> Text:
    said = words.count(f"status.{key}", number)
    return Text(said, ", ", words.count(f"status.{of_them}", so_many)) if so_many else said


def _closed_places(places: Sequence[DestinationRow], words: Words) -> Iterator[Text]:
    shut = [row.destination for row in places if row.state is not DestinationState.OPEN]
    yield from (closed(place, words) for place in shut[:SHOWN_MAX])
    yield from _more(shut, words)
    ill = [row.destination for row in places if is_failing(row.destination)]
    yield from (failing(place, words) for place in ill[:SHOWN_MAX])
    yield from _more(ill, words)


def _waiting(status: Status, words: Words, now: datetime) -> Text:
    waiting = status.deliveries.get(DeliveryState.WAITING, 0)
    waiting += status.deliveries.get(DeliveryState.SENDING, 0)
    if not waiting:
        return words.say("status.nothing_waits")
    said = words.count("status.waiting", waiting)
    if status.oldest_waiting_at is None:
        return said
    ago = words.ago(status.oldest_waiting_at, now=now)
    return Text(said, " ", words.say("status.oldest", ago=ago))


def _undecided(status: Status, words: Words) -> Iterator[Text]:
    """Count what waits for a person, with the command that lists it."""
    for state in WATCHED:
        if number := status.deliveries.get(state, 0):
            yield Text("❓ ", words.count(f"status.{state}", number, command=FAILURES))


def _resting(status: Status, places: Sequence[DestinationRow], words: Words) -> Iterator[Text]:
    """Say who may not be sent to yet, because it asked for patience."""
    ours = [row.destination for row in places]
    for pace in status.closed[:SHOWN_MAX]:
        assert pace.not_before is not None, "a closed scope says until when"
        until, why = words.moment(pace.not_before), tell_reason(pace.reason, words, REASON_MAX)
        scope = scope_called(pace.scope, ours)
        yield Text("⏳ ", words.say("status.rests_until", until=until, scope=scope, reason=why))
    yield from _more(status.closed, words)


def _more(listed: Sequence[object], words: Words) -> Iterator[Text]:
    if (left := len(listed) - SHOWN_MAX) > 0:
        yield words.count("status.more", left)
