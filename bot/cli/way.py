"""PURE: the way of one delivery in English, line by line."""

from datetime import datetime, tzinfo

from bot.way import (
    Arrived,
    Cause,
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
from feeds.model import Attempt, DeliveryState, Evidence, KeyKind, Layout
from feeds.store.rows import DeliveryStory

DETAIL_SHOWN = 300  # characters of an answer

FOUND_BY = {
    KeyKind.GUID: "its guid was new",
    KeyKind.BARE_GUID: "its guid was new, scheme and host aside",
    KeyKind.LINK: "its link was new",
    KeyKind.TITLE_DAY: "its title was new on that day",
    KeyKind.TITLE: "its title was new",
    KeyKind.GUID_AND_LINK: "its guid was new together with its link",
}
NEXT = {
    DeliveryState.WAITING: "It waits; due {due}.",
    DeliveryState.HELD: "It is held until you decide: berita delivery retry {id}, or drop {id};"
    " on all of its burst: berita burst list",
    DeliveryState.SENDING: "It is being sent right now.",
    DeliveryState.SENT: "It arrived.",
    DeliveryState.IN_DOUBT: "Whether it arrived is not known. Look, then: berita delivery"
    " confirm {id} (it is there), retry {id} (it is not), or drop {id}.",
    DeliveryState.FAILED: "It is given up. Send it again: berita delivery retry {id}",
    DeliveryState.DROPPED: "It will not be sent. Send it after all: berita delivery retry {id}",
}
WAITS = {
    Cause.DOUBT: "  waits   a minute at most, while delivery {id}, in doubt, is looked for",
    Cause.PACE: "  waits   {scope} is to be left alone until {until}: {why}",
    Cause.SENDING: "  waits   for delivery {id} before it, which is being sent",
    Cause.HEAD: "  waits   for delivery {id} before it, which is due {until}",
    Cause.LANE: "  waits   its destination is to be left alone until {until}",
    Cause.NAME: "  waits   {scope} has not been found yet; the log says why",
    Cause.OUTAGE: "  waits   its service cannot be used: {why}",
}
WITH_ROLL_UP = "What becomes of delivery {id} becomes of it: berita delivery show {id}"


def tell_way(found: DeliveryStory, zone: tzinfo) -> str:
    """Tell it as text, times in `zone`."""
    delivery = found.delivery
    head = f"Delivery {delivery.id} · {delivery.webhook_id} · {delivery.occasion}"
    return "\n".join([head, *(line for step in way_of(found) for line in _lines(step, zone))])


def _lines(step: Step, zone: tzinfo) -> list[str]:  # noqa: C901, PLR0911, PLR0912  # a branch a step
    match step:
        case OfNoStory():
            what = "it tells of an incident" if step.incident else "this is a test message"
            return [f"  story   none: {what}"]
        case OfMany():
            return _members(step)
        case OfStory():
            story = step.story
            where = f"          {story.link or '(no link)'} · {story.story_id}"
            return [f"  story   {story.title or '(no title)'}", where]
        case Found():
            return [f"  found   polled {_at(step.at, zone)} in {step.feed}: {FOUND_BY[step.by]}"]
        case Routed():
            return _route(step)
        case Queued():
            place = f"{step.destination.name} ({step.destination.kind}), number {step.seq}"
            return [f"  to      {place} in its queue, put there {_at(step.at, zone)}"]
        case Closed():
            return [f"          which is {step.state}{f': {step.reason}' if step.reason else ''}"]
        case Attempt():
            return _attempt(step, zone)
        case Evidence():
            return [_look(step, zone)]
        case Stands():
            return [f"  state   {step.state}{f': {step.reason}' if step.reason else ''}"]
        case Arrived():
            return [f"  message {step.message_id}, {_at(step.at, zone)}"]
        case GoesWith():
            return [WITH_ROLL_UP.format(id=step.roll_up)]
        case WaitsFor():
            until = _at(step.until, zone)
            told = {"id": step.delivery, "scope": step.scope, "why": step.reason, "until": until}
            return [WAITS[step.cause].format(**told)]
        case Next():
            due, delivery = _at(step.due_at, zone), step.delivery
            return [NEXT[delivery.state].format(id=delivery.id, due=due)]


def _route(step: Routed) -> list[str]:
    options = [
        "silent" if step.route.options.silent else "with sound",
        "page preview" if step.route.options.preview else "no page preview",
        "headline and link alone"
        if step.route.options.layout is Layout.TITLE
        else f"summary up to {step.route.options.summary_max} characters",
    ]
    looks = f"  route   {step.feed} → {step.destination}: {', '.join(options)}"
    rules = (f"  filter  {rule}" for rule in step.route.options.filter)
    template = ["  told    in the words of its template"] if step.route.options.template else []
    return [looks, *rules, *template]


def _members(step: OfMany) -> list[str]:
    """Name what goes out in a roll-up, the newest first."""
    lines = [f"  stories {step.total} in one:"]
    lines += [f"          {member.id}  {member.title or '(no title)'}" for member in step.members]
    if (left := step.total - len(step.members)) > 0:
        lines.append(f"          and {left} more")
    return lines


def _attempt(attempt: Attempt, zone: tzinfo) -> list[str]:
    if attempt.ended_at is None:
        return [f"  try {attempt.number:<3} {_at(attempt.started_at, zone)}  no outcome written"]
    took = (attempt.ended_at - attempt.started_at).total_seconds()
    said = [f"{attempt.outcome}", f"{took:.2f} s"]
    if attempt.status is not None:
        said.append(f"status {attempt.status}")
    if attempt.wait is not None:
        said.append(f"next try after {attempt.wait.total_seconds():g} s")
    lines = [f"  try {attempt.number:<3} {_at(attempt.started_at, zone)}  {', '.join(said)}"]
    detail = " ".join(attempt.detail.split())[:DETAIL_SHOWN]
    return [*lines, f"          {detail}"] if detail else lines


def _look(look: Evidence, zone: tzinfo) -> str:
    said = f": {look.detail}" if look.detail else ""
    return f"  looked  {_at(look.at, zone)}  {look.way}: {look.finding}{said}"


def _at(instant: datetime | None, zone: tzinfo) -> str:
    return f"{instant.astimezone(zone):%d %b %Y %H:%M:%S %Z}" if instant else "never"
