"""Incidents as operators' webhooks read them, from the store to the wire."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from feeds.model import (
    DeliveryState,
    DestinationOptions,
    Event,
    EventFormat,
    Parcel,
    PollMemory,
)
from feeds.store import Store
from tests.adapters.kinds import a_webhook_adapter
from tests.adapters.test_webhook_schemas import check
from tests.builders import NOON, a_destination
from tests.store.situations import a_place, a_poll, a_source, claim, claim_one, send
from tests.world.store import fresh_store

OPERATORS = DestinationOptions(events=(Event.ENDPOINT_DISABLED, Event.FEED_FAILING))


async def what_ops_gets(store: Store) -> list[dict[str, Any]]:
    lanes = {lane.destination.name: lane for lane in await claim(store)}
    return [sent(parcel, OPERATORS) for parcel in lanes["ops"].parcels]


def sent(parcel: Parcel, options: DestinationOptions) -> Any:
    return json.loads(a_webhook_adapter(None).render(a_destination(options=options), parcel))


async def test_what_the_store_keeps_of_incidents_is_sent_as_the_schemas_say(tmp_path: Path) -> None:
    store = await fresh_store(tmp_path)
    await a_place(store, "ops", options=OPERATORS)
    partner = await a_place(store)
    feed = await a_source(store)
    never = PollMemory(last_error="the name is not known", failures=5)
    await store.record_polls([a_poll(feed, memory=never)], now=NOON)
    await store.add_test_delivery(partner.id, now=NOON)
    lane = next(lane for lane in await claim(store) if lane.destination.id == partner.id)
    await send(store, lane, DeliveryState.WAITING, due_at=NOON, park="410 Gone")
    await store.expire_leases(now=NOON, repeatable_kinds=("webhook",), everything=True)

    failing, disabled = await what_ops_gets(store)

    for event in (failing, disabled):
        check(event)
    assert (failing["type"], failing["timestamp"]) == ("feed.failing", "2023-09-13T12:00:00Z")
    assert failing["data"]["last_success_at"] is None
    assert failing["data"]["seq"] == 1
    assert (disabled["type"], disabled["data"]["reason"]) == ("endpoint.disabled", "410 Gone")
    await store.close()


async def test_an_incident_is_a_cloudevent_where_that_is_asked_for(tmp_path: Path) -> None:
    store = await fresh_store(tmp_path)
    options = replace(OPERATORS, format=EventFormat.CLOUDEVENTS)
    await a_place(store, "ops", options=options)
    ill = PollMemory(last_error="no answer", failures=5)
    await store.record_polls([a_poll(await a_source(store), memory=ill)], now=NOON)

    lane = await claim_one(store)
    event = sent(lane.parcels[0], lane.destination.options)

    assert (event["specversion"], event["type"]) == ("1.0", "feed.failing")
    assert event["source"] == "https://daily-berita.example/feed/"
    await store.close()
