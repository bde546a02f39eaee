"""PURE: the way of one delivery as steps, in the order in which they are told, wherever that is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from feeds.model import (
    Attempt,
    Delivery,
    DeliveryState,
    Destination,
    DestinationState,
    Evidence,
    KeyKind,
    Route,
    Story,
)
from feeds.store.rows import Ahead, DeliveryRow, DeliveryStory


class Cause(StrEnum):
    """What a waiting delivery waits for, other than its own time."""

    DOUBT = "doubt"  # of its lane; that post is being looked for
    PACE = "pace"  # its chat, its token or its endpoint is to be left alone
    SENDING = "sending"  # the one before it is under way
    HEAD = "head"  # the one before it waits
    LANE = "lane"  # its destination is to be left alone
    NAME = "name"  # its address was not looked up yet
    OUTAGE = "outage"  # its service cannot be used


@dataclass(frozen=True, slots=True, kw_only=True)
class OfNoStory:
    """It tells of an incident, or is a test message."""

    incident: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OfMany:
    """It is a roll-up; `members` are the newest of its `total` stories."""

    members: tuple[DeliveryRow, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfStory:
    """It is a story's."""

    story: Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A poll of this feed found the story."""

    feed: str
    at: datetime
    by: KeyKind  # what was new of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """It is rendered with this route's options."""

    feed: str
    destination: str
    route: Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """It was put into a destination's lane."""

    destination: Destination
    seq: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """The destination is not served."""

    state: DestinationState
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """Where it is by now, and why."""

    state: DeliveryState
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """The message that it became."""

    message_id: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GoesWith:
    """What becomes of a roll-up becomes of it."""

    roll_up: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitsFor:
    """Why a delivery that is due may still have to wait."""

    cause: Cause
    until: datetime | None = None
    delivery: int | None = None  # the one that goes first, or is looked for
    scope: str = ""  # what is closed …
    reason: str = ""  # … and why


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """What comes next, or who must decide; `due_at`: not before all that stands ahead of it."""

    delivery: Delivery
    due_at: datetime


Step = (
    OfNoStory
    | OfMany
    | OfStory
    | Found
    | Routed
    | Queued
    | Closed
    | Attempt
    | Evidence
    | Stands
    | Arrived
    | GoesWith
    | WaitsFor
    | Next
)


def way_of(told: DeliveryStory) -> Iterator[Step]:
    """Give the steps: what it is, where it goes, each attempt and look, how it stands."""
    delivery, place = told.delivery, told.destination
    yield from _origin(told)
    yield Queued(destination=place, seq=delivery.seq, at=delivery.created_at)
    if place.state is not DestinationState.OPEN:
        yield Closed(state=place.state, reason=place.state_reason or "")
    yield from told.attempts
    yield from told.evidence
    yield Stands(state=delivery.state, reason=delivery.reason or "")
    if delivery.message_id:
        yield Arrived(message_id=delivery.message_id, at=delivery.sent_at)
    if told.goes_out_with is not None and delivery.state is not DeliveryState.SENT:
        yield GoesWith(roll_up=told.goes_out_with)
    else:
        if told.ahead is not None and place.state is DestinationState.OPEN:
            yield from _cause(told.ahead, delivery, place)
        yield Next(delivery=delivery, due_at=_due_at(told))


def _cause(ahead: Ahead, delivery: Delivery, place: Destination) -> Iterator[WaitsFor]:
    """Name the one thing that holds it up the longest."""
    if not place.resolved:
        yield WaitsFor(cause=Cause.NAME, scope=place.address)
        return
    if ahead.outage is not None:
        yield WaitsFor(cause=Cause.OUTAGE, reason=ahead.outage)
        return
    closed, lane_until = ahead.closed, ahead.lane_until or delivery.due_at
    closed_until = (closed and closed.not_before) or delivery.due_at
    own = max(delivery.due_at, ahead.head_due_at or delivery.due_at)
    if ahead.doubt is not None:
        yield WaitsFor(cause=Cause.DOUBT, delivery=ahead.doubt)
    elif closed is not None and closed_until > max(own, lane_until):
        why = closed.reason or ""
        yield WaitsFor(cause=Cause.PACE, until=closed_until, scope=closed.scope, reason=why)
    elif ahead.head_state is DeliveryState.SENDING:
        yield WaitsFor(cause=Cause.SENDING, delivery=ahead.head)
    elif ahead.head is not None:
        yield WaitsFor(cause=Cause.HEAD, delivery=ahead.head, until=max(own, lane_until))
    elif lane_until > delivery.due_at:
        yield WaitsFor(cause=Cause.LANE, until=lane_until)


def _due_at(told: DeliveryStory) -> datetime:
    ahead, due_at = told.ahead, told.delivery.due_at
    if ahead is None:
        return due_at
    closed_until = ahead.closed.not_before if ahead.closed else None
    others = (ahead.head_due_at, ahead.lane_until, closed_until)
    return max([due_at, *(at for at in others if at is not None)])


def _origin(told: DeliveryStory) -> Iterator[Step]:
    story, source = told.story, told.source
    if told.delivery.details is not None:
        yield OfNoStory(incident=True)
    elif told.delivery.is_roll_up:
        yield OfMany(members=told.members, total=told.members_total)
    elif story is None or source is None:
        yield OfNoStory(incident=False)
    else:
        yield OfStory(story=story)
        yield Found(feed=source.name, at=story.accepted_at, by=story.found_by)
        if told.route is not None:
            name = told.destination.name
            yield Routed(feed=source.name, destination=name, route=told.route)
