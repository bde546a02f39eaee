"""Promise 2: each event at least once, always the same id and the same bytes, truly signed."""

from collections import defaultdict

from tests.simulation.oracle.reading import Reading


def forged(reading: Reading) -> list[str]:
    """Every signature is right over the exact bytes."""
    return [
        f"{endpoint.name} {request.webhook_id}"
        for endpoint in reading.seen.outside.endpoints.values()
        for request in endpoint.requests
        if not request.genuine
    ]


def changed(reading: Reading) -> list[str]:
    """An id stands for one body, and an event for one id."""
    wrong = []
    for endpoint in reading.seen.outside.endpoints.values():
        bodies: dict[str, set[bytes]] = defaultdict(set)
        ids: dict[str, set[str]] = defaultdict(set)
        for request in endpoint.requests:
            bodies[request.webhook_id].add(request.body)
            ids[request.title].add(request.webhook_id)
        wrong += [f"{name} changed its bytes" for name, found in bodies.items() if len(found) > 1]
        wrong += [f"“{title}” under two ids" for title, found in ids.items() if len(found) > 1]
    return wrong


def said_to_have_arrived(reading: Reading) -> list[str]:
    """What is `sent` was taken; nothing else was answered with success."""
    wrong = []
    for delivery in reading.deliveries:
        if delivery.kind != "webhook":
            continue
        requests = [
            request
            for request in reading.seen.outside.endpoints[delivery.place].requests
            if request.webhook_id == delivery.webhook_id
        ]
        taken = any(request.arrived_at is not None for request in requests)
        if delivery.state == "sent" and not taken and delivery.id not in reading.decided:
            wrong.append(f"never taken: {reading.told(delivery)}")
        if delivery.state == "in_doubt":
            wrong.append(f"in doubt, though it may be repeated: {reading.told(delivery)}")
    return wrong


def arrived_after_it_was_settled(reading: Reading) -> list[str]:
    """Once success was heard and written down, it is not sent again."""
    wrong = []
    for delivery in reading.deliveries:
        heard = [n for n, attempt in enumerate(delivery.attempts, 1) if attempt.outcome == "sent"]
        if delivery.kind == "webhook" and heard and heard[0] < len(delivery.attempts):
            wrong.append(reading.told(delivery))
    return wrong


LAWS = (forged, changed, said_to_have_arrived, arrived_after_it_was_settled)
