"""How destinations are told of in the chat: what closed one, and how it is opened again."""

from aiogram.utils.formatting import Text

from bot.commands.reasons import tell_reason
from bot.commands.words import Words, known_as, plain
from feeds.model import Destination, DestinationState

NAME_MAX, REASON_MAX = 64, 120  # UTF-16 units


def called(place: Destination) -> str:
    """Call a destination by what it calls itself, else by its name here."""
    return known_as(place.title, place.name, NAME_MAX)


def closed(place: Destination, words: Words) -> Text:
    """Say why a destination is closed, and what opens it."""
    again = Text("/channels")  # one tap: its card has the button
    if place.state is DestinationState.PARKED:
        reason = tell_reason(place.state_reason, words, REASON_MAX)
        said = words.say("place.parked", place=called(place), reason=reason, again=again)
        return Text("⚠️ ", said)
    return Text("⏸ ", words.say("place.paused", place=called(place), again=again))


def is_failing(place: Destination) -> bool:
    """Tell that a destination is served and does not take what it is sent."""
    return place.state is DestinationState.OPEN and place.failing is not None


def failing(place: Destination, words: Words) -> Text:
    """Say since when a destination fails, and what it said last."""
    assert place.failing is not None, "it fails"
    since = words.moment(place.failing.since)
    reason = tell_reason(place.failing.answer, words, REASON_MAX)
    return Text("⚠️ ", words.say("place.failing", place=called(place), moment=since, reason=reason))


def scope_called(scope: str, places: list[Destination]) -> str:
    """Call a pace scope by the chat it stands for, where that is one of ours."""
    for place in places:
        if scope == f"{place.kind}:chat:{place.address.partition('/')[0]}":
            return f"“{called(place)}”"
    return plain(scope, NAME_MAX)
