"""PURE: the way of one delivery in an admin's language, step by step, as the command line tells it.

Reasons that the store and the adapters give in English are translated where they are known here.
"""

from collections.abc import Iterator
from typing import Final

from aiogram.utils.formatting import Bold, Text

from bot.commands.notices.doubts import look_told, reason_told
from bot.commands.places import called
from bot.commands.reasons import tell_reason
from bot.commands.words import Words, joined, lines, plain
from bot.way import (
    Arrived,
    Closed,
    Found,
    GoesWith,
    Next,
    OfMany,
    OfNoStory,
    OfStory,
    Queued,
    Routed,
    Stands,
    Step,
    WaitsFor,
    way_of,
)
from feeds.model import Attempt, DeliveryState, Evidence, Layout
from feeds.store import NO_DESTINATION
from feeds.store.rows import Decided, DeliveryStory

TITLE_MAX, REASON_MAX, DETAIL_MAX, LOOK_MAX = 160, 160, 160, 100  # UTF-16 units
REASONS: Final = {
    "dropped by an admin": "why.dropped",
    "skipped by an admin": "why.dropped",
    "its post was deleted by an admin": "why.deleted",
    "it is there: an admin says so": "why.confirmed",
}
MEMBERS_MAX: Final = 10
ATTEMPTS_MAX: Final = 6  # the first and the last ones
LOOKS_MAX: Final = 4  # the last ones
MARKS: Final = {
    DeliveryState.WAITING: "⏳",
    DeliveryState.HELD: "✋",
    DeliveryState.SENDING: "📤",
    DeliveryState.SENT: "✅",
    DeliveryState.IN_DOUBT: "❓",
    DeliveryState.FAILED: "❌",
    DeliveryState.DROPPED: "🗑",
}


def tell_way(told: DeliveryStory, words: Words) -> Text:
    """Tell it: at most 20 lines of at most 200 units."""
    steps = list(_shortened(list(way_of(told))))
    parts = [part for step in steps for part in _told(step, words)]
    return lines(*parts)


def why_not(decided: Decided, state: str, words: Words) -> str:
    """Say why nothing was changed about a delivery, which is in this state."""
    if any(why == NO_DESTINATION for _, why in decided.refused):
        return words.label("delivery.no_place")
    return words.label(f"delivery.{state}")


def _shortened(steps: list[Step]) -> Iterator[Step | int]:
    """Leave out attempts in the middle, naming how many, and all looks but the last."""
    attempts = [step for step in steps if isinstance(step, Attempt)]
    looks = [step for step in steps if isinstance(step, Evidence)]
    left_out = attempts[1 : -(ATTEMPTS_MAX - 1)] if len(attempts) > ATTEMPTS_MAX else []
    hidden = {id(step) for step in (*left_out, *looks[:-LOOKS_MAX])}
    for step in steps:
        if left_out and step is left_out[0]:
            yield len(left_out)
        if id(step) not in hidden:
            yield step


def _told(step: Step | int, words: Words) -> list[Text]:  # noqa: C901, PLR0911  # a branch a step
    match step:
        case int():
            return [words.count("way.more_tries", step)]
        case OfNoStory():
            return [words.say("way.incident" if step.incident else "way.test")]
        case OfMany():
            return _members(step, words)
        case OfStory():
            title = plain(step.story.title, TITLE_MAX) or words.say("notice.untitled")
            return [Text(Bold(title))]
        case Found():
            by = words.say(f"way.by.{step.by.name.lower()}")
            at = words.brief(step.at)
            return [Text("🔎 ", words.say("way.found", moment=at, feed=step.feed, by=by))]
        case Routed():
            return [_route(step, words)]
        case Queued():
            place, at = called(step.destination), words.brief(step.at)
            said = words.say("way.queued", moment=at, place=place, no=step.seq)
            return [Text("📥 ", said)]
        case Closed() | Stands() | Arrived() | GoesWith() | WaitsFor() | Next():
            return _end(step, words)
        case Attempt():
            return _attempt(step, words)
        case Evidence():
            return [look_told(step, words, LOOK_MAX)]


def _end(  # a branch a step
    step: Closed | Stands | Arrived | GoesWith | WaitsFor | Next, words: Words
) -> list[Text]:
    match step:
        case Closed():
            reason = tell_reason(step.reason, words, REASON_MAX) or "–"
            return [Text("⏸ ", words.say(f"way.closed.{step.state}", reason=reason))]
        case Stands():
            said = words.say(f"way.state.{step.state}")
            known = REASONS.get(step.reason)
            why = words.say(known) if known else reason_told(step.reason, words)
            return [Text(MARKS[step.state], " ", said, *((": ", why) if step.reason else ()))]
        case Arrived():
            at = words.brief(step.at) if step.at else "?"
            return [Text("🆔 ", words.say("way.message", no=step.message_id, moment=at))]
        case GoesWith():
            return [words.say("way.goes_with", no=step.roll_up)]
        case WaitsFor():
            until = words.brief(step.until) if step.until else Text("?")
            no, why = step.delivery or 0, reason_told(step.reason or "–", words)
            said = words.say(
                f"way.waits.{step.cause}", no=no, moment=until, reason=why, scope=step.scope
            )
            return [Text("🚧 ", said)]
        case Next():
            due = words.brief(step.due_at)
            return [words.say(f"way.next.{step.delivery.state}", moment=due)]


def _members(step: OfMany, words: Words) -> list[Text]:
    shown = step.members[:MEMBERS_MAX]
    titles = [Text("· ", plain(each.title or "", TITLE_MAX // 2)) for each in shown]
    left = step.total - len(shown)
    more = [words.count("status.more", left)] if left > 0 else []
    return [words.count("way.members", step.total), *titles, *more]


def _route(step: Routed, words: Words) -> Text:
    options = step.route.options
    length = options.summary_max
    said = [
        words.say("way.silent" if options.silent else "way.loud"),
        words.say("way.page" if options.preview else "way.no_page"),
        words.say("way.title_alone")
        if options.layout is Layout.TITLE
        else words.say("way.summary", no=length),
    ]
    ends = Text(plain(step.feed, 64), " → ", plain(step.destination, 64))
    return Text("🧭 ", ends, ": ", joined(said, ", "))


def _attempt(step: Attempt, words: Words) -> list[Text]:
    at = words.brief(step.started_at)
    if step.ended_at is None or step.outcome is None:
        return [Text("➡️ ", words.say("way.try_unwritten", no=step.number, moment=at))]
    said = [words.say(f"way.outcome.{step.outcome}")]
    if step.status is not None:
        said.append(words.say("way.status", no=step.status))
    if step.wait is not None:
        said.append(words.say("way.wait", span=words.span(step.wait)))
    head = words.say("way.try", no=step.number, moment=at, said=joined(said, ", "))
    detail = tell_reason(step.detail, words, DETAIL_MAX)
    return [Text("➡️ ", head), *([Text("   ", detail)] if detail else [])]
