"""Promise 1: every delivery ends in exactly one visible state, and can say why."""

from tests.simulation.books import Delivery
from tests.simulation.oracle.reading import Reading

ATTEMPTS_MAX = 10
REASONED = ("held", "failed", "dropped", "in_doubt")
LAST_OUTCOMES = {
    "sent": ("sent",),
    "in_doubt": ("in_doubt",),
    "failed": ("rejected", "retry_later", "in_doubt"),
}


def crashed(reading: Reading) -> list[str]:
    """No fault of the world's ends the process."""
    return list(reading.diary.crashes)


def unfinished(reading: Reading) -> list[str]:
    """When the world has been well for long enough, nothing waits and nothing is under way."""
    waiting = [each for each in reading.deliveries if each.state in ("waiting", "sending")]
    return [reading.told(delivery) for delivery in waiting]


def unexplained(reading: Reading) -> list[str]:
    """Every end has its reason, and the attempts that led to it."""
    wrong = []
    for delivery in reading.deliveries:
        if delivery.state in REASONED and not delivery.reason:
            wrong.append(f"no reason: {reading.told(delivery)}")
        if any(attempt.outcome is None for attempt in delivery.attempts):
            wrong.append(f"an attempt without an outcome: {reading.told(delivery)}")
        if not _is_told_by_attempts(reading, delivery):
            wrong.append(f"the attempts do not tell why: {reading.told(delivery)}")
    return wrong


def _is_told_by_attempts(reading: Reading, delivery: Delivery) -> bool:
    if delivery.id in reading.decided or delivery.state not in LAST_OUTCOMES:
        return True
    if any(look.finding == "found" for look in delivery.looks):
        return delivery.state == "sent"
    last = delivery.attempts[-1].outcome if delivery.attempts else None
    if last not in LAST_OUTCOMES[delivery.state]:
        return False
    spent = delivery.counted >= ATTEMPTS_MAX
    return delivery.state != "failed" or last == "rejected" or spent


def not_written_before(reading: Reading) -> list[str]:
    """No request leaves before its attempt is written down."""
    wrong = []
    for delivery in reading.deliveries:
        made = _requests(reading, delivery)
        if made > len(delivery.attempts):
            wrong.append(f"{made} requests of {reading.told(delivery)}")
    return wrong


def _requests(reading: Reading, delivery: Delivery) -> int:
    if delivery.kind == "telegram":
        return len(reading.sendings.get((delivery.place, delivery.title), []))
    endpoint = reading.seen.outside.endpoints[delivery.place]
    return sum(request.webhook_id == delivery.webhook_id for request in endpoint.requests)


LAWS = (crashed, unfinished, unexplained, not_written_before)
