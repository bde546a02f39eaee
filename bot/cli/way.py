"""PURE: the way of one delivery, line by line: found when, each attempt, what next."""

from datetime import datetime, tzinfo

from feeds.model import Attempt, DeliveryState, Evidence, KeyKind, Layout, Route
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
WITH_ROLL_UP = "What becomes of delivery {id} becomes of it: berita delivery show {id}"


def tell_way(found: DeliveryStory, zone: tzinfo) -> str:
    """Tell it as text, times in `zone`."""
    delivery = found.delivery
    lines = [f"Delivery {delivery.id} · {delivery.webhook_id} · {delivery.occasion}"]
    lines += _origin(found, zone)
    lines.append(
        f"  to      {found.destination.name} ({found.destination.kind}), number {delivery.seq}"
        f" in its queue, put there {_at(delivery.created_at, zone)}"
    )
    if found.destination.state != "open":
        why = f": {found.destination.state_reason}" if found.destination.state_reason else ""
        lines.append(f"          which is {found.destination.state}{why}")
    lines += [line for attempt in found.attempts for line in _attempt(attempt, zone)]
    lines += [_look(look, zone) for look in found.evidence]
    lines.append(f"  state   {delivery.state}{f': {delivery.reason}' if delivery.reason else ''}")
    if delivery.message_id:
        lines.append(f"  message {delivery.message_id}, {_at(delivery.sent_at, zone)}")
    if found.goes_out_with is not None and delivery.state != DeliveryState.SENT:
        lines.append(WITH_ROLL_UP.format(id=found.goes_out_with))
    else:
        lines.append(NEXT[delivery.state].format(id=delivery.id, due=_at(delivery.due_at, zone)))
    return "\n".join(lines)


def _origin(found: DeliveryStory, zone: tzinfo) -> list[str]:
    story, source = found.story, found.source
    if found.delivery.details is not None:
        return ["  story   none: it tells of an incident"]
    if found.delivery.is_roll_up:
        return _members(found)
    if story is None or source is None:
        return ["  story   none: this is a test message"]
    polled = f"polled {_at(story.accepted_at, zone)} in {source.name}"
    return [
        f"  story   {story.title or '(no title)'}",
        f"          {story.link or '(no link)'} · {story.story_id}",
        f"  found   {polled}: {FOUND_BY[story.found_by]}",
        *_route(found.route, source.name, found.destination.name),
    ]


def _route(route: Route | None, feed: str, destination: str) -> list[str]:
    if route is None:
        return []
    options = [
        "silent" if route.options.silent else "with sound",
        "page preview" if route.options.preview else "no page preview",
        "headline and link alone"
        if route.options.layout is Layout.TITLE
        else f"summary up to {route.options.summary_max} characters",
    ]
    return [f"  route   {feed} → {destination}: {', '.join(options)}"]


def _members(found: DeliveryStory) -> list[str]:
    """Name what goes out in a roll-up, the newest first."""
    lines = [f"  stories {found.members_total} in one:"]
    lines += [f"          {member.id}  {member.title or '(no title)'}" for member in found.members]
    if (left := found.members_total - len(found.members)) > 0:
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
