"""PURE: an outcome and the attempts so far, with dice → what becomes of the delivery."""

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from bot.adapter import DETAIL_MAX, Gone, InDoubt, Moved, Outcome, Rejected, RetryLater, Sent
from bot.rest import rest_after
from feeds.health import DISABLED_AFTER
from feeds.model import Attempt, DeliveryState, Failing, Parcel, Settlement

# Standard Webhooks 1.0, "Deliverability and reliability": ten attempts over 75 h 35 min.
SCHEDULE = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
SPAN = sum(SCHEDULE, timedelta(0))
ATTEMPTS_MAX = len(SCHEDULE) + 1
JITTER = 0.2  # a step is waited for between 80 and 120 % of its length
ASKED_MAX = timedelta(hours=24)  # of what the other side asks for while attempts are burnt
UNHEARD_MIN = timedelta(seconds=60)  # after an answer that did not come in time
STREAK_BASE = timedelta(seconds=5)  # for waits that burn no attempt: 5, 10, 20 … s
STREAK_MAX = timedelta(minutes=5)
NAMES: dict[type[Outcome], str] = {
    Sent: "sent",
    RetryLater: "retry_later",
    Rejected: "rejected",
    Gone: "gone",
    Moved: "moved",
    InDoubt: "in_doubt",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One attempt as it went, with what judging it needs."""

    parcel: Parcel
    epoch: int
    started_at: datetime
    ended_at: datetime
    repeatable: bool
    streak: int = 0  # outcomes in a row, this lane, that burnt no attempt
    failing: Failing | None = None  # the endpoint's health before it


def judge(outcome: Outcome, tried: Try, dice: random.Random) -> Settlement:
    """Decide the delivery's next state; total over outcomes, and never loses one."""
    match outcome:
        case Sent():
            return _settle(outcome, tried, DeliveryState.SENT, message_id=outcome.message_id)
        case RetryLater():
            return _later(outcome, tried, dice)
        case Rejected():
            return _rejected(outcome, tried)
        case Gone():
            return _back(outcome, tried, park=outcome.reason)
        case Moved():
            return _back(outcome, tried, address=outcome.address)
        case InDoubt():
            return _doubt(outcome, tried, dice)
        case _:
            assert_never(outcome)


def _later(outcome: RetryLater, tried: Try, dice: random.Random) -> Settlement:
    attempts = tried.parcel.delivery.attempts + outcome.counts
    left = _left_of_schedule(tried) if outcome.lane else timedelta(0)
    if attempts >= ATTEMPTS_MAX and not left:
        return _out_of_attempts(attempts, outcome, tried, dice)
    wait = wait_before(attempts, outcome, tried, dice)
    return _settle(
        outcome,
        tried,
        DeliveryState.WAITING,
        reason=outcome.reason,
        wait=wait,
        counts=outcome.counts,
        overtakable=not outcome.lane,
        lane_waits=outcome.lane,
    )


def _out_of_attempts(
    attempts: int, outcome: RetryLater, tried: Try, dice: random.Random
) -> Settlement:
    """End the delivery; the next waits as after any first failure: its endpoint still fails."""
    reason = f"out of attempts ({attempts}); the last: {outcome.reason}"
    settlement = _settle(outcome, tried, DeliveryState.FAILED, reason=reason)
    if not outcome.lane:
        return settlement
    wait = wait_before(1, outcome, tried, dice)
    return replace(settlement, not_before=tried.ended_at + wait)


def wait_before(attempts: int, outcome: RetryLater, tried: Try, dice: random.Random) -> timedelta:
    """Tell how long to wait: the schedule's step, or longer when asked to, up to 24 h.

    `attempts` are those burnt so far, this one included. What the other side asks for without
    burning an attempt (a 429) is obeyed as it stands, however long.
    """
    if not outcome.counts:
        own = min(STREAK_BASE * 2 ** min(tried.streak, 16), STREAK_MAX)
        return outcome.after if outcome.after is not None else own * dice.uniform(1, 1 + JITTER)
    asked = min(outcome.after or timedelta(0), ASKED_MAX)
    if attempts >= ATTEMPTS_MAX:
        return max(_left_of_schedule(tried), asked)
    step = SCHEDULE[attempts - 1] * dice.uniform(1 - JITTER, 1 + JITTER)
    return max(_until_disabled(step, tried), asked)


def _left_of_schedule(tried: Try) -> timedelta:
    """Tell how much is left of the schedule's own length where the dice have been quick with it.

    An endpoint that was down for three days gets what stood at its head, too.
    """
    if tried.failing is None:
        return timedelta(0)
    return max(tried.failing.since + SPAN - tried.ended_at, timedelta(0))


def _until_disabled(step: timedelta, tried: Try) -> timedelta:
    """Shorten a step so that the last look falls when an endpoint's time is over, not hours later.

    Beyond that time it is disabled by this very failure, or goes on as ever.
    """
    if tried.failing is None:
        return step
    left = tried.failing.since + DISABLED_AFTER - tried.ended_at
    return min(step, left) if left > timedelta(0) else step


def _rejected(outcome: Rejected, tried: Try) -> Settlement:
    if outcome.malformed and not tried.parcel.delivery.plain:
        return _back(outcome, tried, plain=True)
    return _settle(outcome, tried, DeliveryState.FAILED, reason=outcome.reason)


def _doubt(outcome: InDoubt, tried: Try, dice: random.Random) -> Settlement:
    """Send again what may be repeated; anything else is looked into first (bot/doubts.py).

    An endpoint that goes on failing rests ever longer: an hour of it makes a few doubts.
    """
    if tried.repeatable:
        later = RetryLater(
            reason=outcome.reason, after=UNHEARD_MIN, status=outcome.status, detail=outcome.detail
        )
        return _later(later, tried, dice)
    settlement = _settle(outcome, tried, DeliveryState.IN_DOUBT, reason=outcome.reason)
    rest = rest_after(1 + (tried.failing.failures if tried.failing else 0))
    return replace(settlement, not_before=tried.ended_at + rest) if rest else settlement


def _back(
    outcome: Rejected | Gone | Moved,
    tried: Try,
    *,
    park: str | None = None,
    address: str | None = None,
    plain: bool = False,
) -> Settlement:
    """Back to waiting at once: the place or the form was wrong, not the story."""
    settlement = _settle(
        outcome,
        tried,
        DeliveryState.WAITING,
        reason=outcome.reason,
        wait=timedelta(0),
        counts=plain,
    )
    return replace(settlement, park=park, address=address, plain=plain)


def _settle(
    outcome: Outcome,
    tried: Try,
    state: DeliveryState,
    *,
    reason: str | None = None,
    wait: timedelta | None = None,
    counts: bool = True,
    overtakable: bool = False,
    lane_waits: bool = False,
    message_id: str | None = None,
) -> Settlement:
    due_at = None if wait is None else tried.ended_at + wait
    delivery = tried.parcel.delivery
    return Settlement(
        delivery=delivery.id,
        destination=delivery.destination,
        epoch=tried.epoch,
        attempt=Attempt(
            delivery=delivery.id,
            number=0,
            started_at=tried.started_at,
            ended_at=tried.ended_at,
            outcome=NAMES[type(outcome)],
            status=None if outcome.status is None else int(outcome.status),
            detail=(outcome.detail or reason or "")[:DETAIL_MAX],
            wait=wait,
        ),
        state=state,
        reason=reason,
        due_at=due_at,
        counts=counts,
        overtakable=overtakable,
        message_id=message_id,
        not_before=due_at if lane_waits else None,
    )
