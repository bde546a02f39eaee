"""Requests of the real adapter over a real connection: before, during and after a rotation."""

import random
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

from bot.adapter import Sent
from bot.adapters.webhook import make_secret
from feeds.model import Destination, DestinationOptions, EventFormat
from tests.adapters.golden_stories import AS_CLOUDEVENTS, EVENTS, STORIES
from tests.adapters.kinds import SECRET, Clock, an_endpoint

OLD, NEW, FOREIGN = SECRET, *(make_secret(random.Random(number)) for number in (2, 3))
TOLD = (*AS_CLOUDEVENTS, "emoji-title", "right-to-left", "very-long", "no-link")


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request as it arrived, and the secrets that must verify it or must not."""

    name: str
    headers: dict[str, str]
    body: str  # UTF-8
    good: list[str]
    bad: list[str]


async def captured() -> list[dict[str, Any]]:
    """Send every kind of event in every state of a rotation; gives them as JSON objects."""
    return [asdict(request) async for request in _requests()]


async def _requests() -> AsyncIterator[Request]:
    async with an_endpoint() as endpoint:
        for state, place, good in _states(endpoint.destination):
            for format_ in EventFormat:
                told = replace(place, options=DestinationOptions(format=format_))
                for name in TOLD:
                    parcel = (STORIES | EVENTS)[name]
                    body = endpoint.adapter.render(told, parcel)
                    outcome = await endpoint.adapter.send(told, parcel, body)
                    assert isinstance(outcome, Sent) or OLD not in good, outcome
                    yield Request(
                        name=f"{name}, {format_}, {state}",
                        headers=endpoint.receiver.headers[-1],
                        body=endpoint.receiver.raw[-1].decode(),
                        good=good,
                        bad=[each for each in (OLD, NEW, FOREIGN) if each not in good],
                    )


def _states(place: Destination) -> list[tuple[str, Destination, list[str]]]:
    now, hour = Clock().now(), timedelta(hours=1)
    rotated = replace(place, secret=NEW, old_secret=OLD, old_secret_until=now + hour)
    return [
        ("before a rotation", place, [OLD]),
        ("during a rotation", rotated, [NEW, OLD]),
        ("after a rotation", replace(rotated, old_secret_until=now - hour), [NEW]),
    ]
