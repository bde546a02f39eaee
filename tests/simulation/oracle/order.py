"""Promise 4: a lane goes out in its order, but for what may be overtaken, and then visibly."""

from tests.simulation.books import Delivery
from tests.simulation.oracle.reading import Reading

OVERTAKABLE = frozenset({400, 413, 422})  # they speak of one story alone


def out_of_order(reading: Reading) -> list[str]:
    """Nothing is asked to go out before those ahead of it have, unless those may be overtaken."""
    wrong = []
    for lane in reading.by_place.values():
        ahead: tuple[float, Delivery] | None = None  # who arrived last of all that must go first
        for delivery in lane:
            asked = _asked_at(reading, delivery)
            if ahead and asked and asked[0] < ahead[0] - 0.001:
                wrong.append(f"before {reading.told(ahead[1])}: {reading.told(delivery)}")
            if asked and not _may_be_overtaken(reading, delivery):
                ahead = max(ahead or (0.0, delivery), (asked[-1], delivery), key=lambda x: x[0])
    return wrong


def lane_not_as_accepted(reading: Reading) -> list[str]:
    """Places in a lane are given in the order of acceptance."""
    wrong = []
    for place, lane in reading.by_place.items():
        ids = [delivery.id for delivery in lane]
        if ids != sorted(ids):
            wrong.append(place)
    return wrong


def _may_be_overtaken(reading: Reading, delivery: Delivery) -> bool:
    if delivery.id in reading.decided or delivery.state in ("held", "dropped", "failed"):
        return True
    if delivery.kind == "webhook":
        return any(attempt.status in OVERTAKABLE for attempt in delivery.attempts)
    return any(attempt.outcome in ("in_doubt", "rejected") for attempt in delivery.attempts)


def _asked_at(reading: Reading, delivery: Delivery) -> list[float]:
    if delivery.kind == "telegram":
        calls = reading.sendings.get((delivery.place, delivery.title), [])
        return [call.at for call in calls]
    endpoint = reading.seen.outside.endpoints[delivery.place]
    return [r.at for r in endpoint.requests if r.webhook_id == delivery.webhook_id]


LAWS = (out_of_order, lane_not_as_accepted)
