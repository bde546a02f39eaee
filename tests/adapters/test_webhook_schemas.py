"""The schemas we ship say what we send: no less, and nothing that is never there."""

import json
from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError

from bot.adapters.webhook.event import ENDPOINT_TEST
from bot.adapters.webhook.schemas import schemas
from feeds.model import DestinationOptions, Event, EventFormat, RouteOptions
from tests.adapters import wild
from tests.adapters.golden_stories import EVENTS, STORIES, event, schema_with_example
from tests.adapters.kinds import a_webhook_adapter
from tests.builders import a_destination, a_parcel, a_source, a_story

SHIPPED: Mapping[str, dict[str, Any]] = {
    name.removesuffix(".json"): json.loads(schema) for name, schema in schemas().items()
}
SECONDS = st.integers(0, 4_000_000_000)
INSTANTS = st.none() | SECONDS.map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def closed(schema: Any) -> Any:
    """Forbid what is not described: a copy that also fails where a field is sent and not told."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: closed(each) for name, each in schema.items() if name != "examples"}
    return inner | {"additionalProperties": False} if "properties" in schema else inner


def check(sent: dict[str, Any]) -> None:
    """Raise ValidationError unless its schema describes it wholly."""
    Draft202012Validator(closed(SHIPPED[sent["type"]])).validate(sent)


def test_every_event_has_a_schema_and_no_other() -> None:
    assert set(SHIPPED) == {*Event, ENDPOINT_TEST}
    for kind, schema in SHIPPED.items():
        Draft202012Validator.check_schema(schema)
        assert schema["properties"]["type"]["const"] == kind


@pytest.mark.parametrize("name", [*STORIES, *EVENTS])
def test_what_is_sent_is_what_its_schema_describes(name: str) -> None:
    check(event((STORIES | EVENTS)[name]))


@given(
    title=wild.texts,
    summary=wild.texts,
    link=wild.links,
    author=st.none() | wild.texts,
    image=wild.links,
    tags=st.lists(wild.texts, max_size=30),
    language=st.none() | st.text(max_size=9),
    published_at=INSTANTS,
    updated_at=INSTANTS,
    site=wild.texts,
    most=st.integers(0, 3_000),
    format_=st.sampled_from(EventFormat),
)
@settings(max_examples=100, deadline=None)
def test_any_story_is_sent_within_its_schema_and_20_kb(
    site: str, most: int, format_: EventFormat, **story: Any
) -> None:
    parcel = a_parcel(
        story=a_story(**story | {"tags": tuple(story["tags"])}),
        source=a_source(title=site),
        options=RouteOptions(summary_max=most),
    )
    place = a_destination(options=DestinationOptions(format=format_))

    body = a_webhook_adapter(None).render(place, parcel)

    sent = json.loads(body)
    assert len(body) <= 20_000
    at = sent["timestamp"] if format_ is EventFormat.STANDARD else sent["time"]
    check({"type": sent["type"], "timestamp": at, "data": sent["data"]})


def _without(name: str) -> Any:
    return lambda data: data.pop(name)


@pytest.mark.parametrize(
    "spoil",
    [
        _without("story_id"),
        _without("feed"),
        lambda data: data["feed"].pop("url"),
        lambda data: data.update(seq="7"),
        lambda data: data.update(published_at="13 Sep 2023"),
        lambda data: data.update(title=""),
        lambda data: data.update(undescribed=1),
    ],
)
def test_a_schema_tells_true_events_from_others(spoil: Any) -> None:
    sent = deepcopy(event(STORIES["kim-putin"]))
    spoil(sent["data"])

    with pytest.raises(ValidationError):
        check(sent)


def test_readers_are_told_to_expect_fields_they_do_not_know() -> None:
    sent = event(STORIES["kim-putin"])
    sent["data"]["new"] = 1

    Draft202012Validator(SHIPPED[sent["type"]]).validate(sent)


@pytest.mark.parametrize("name", schemas())
def test_the_example_in_a_schema_is_what_is_sent(name: str) -> None:
    shipped = schemas()[name]

    assert json.loads(shipped)["examples"]
    assert shipped == schema_with_example(shipped), "python -m tests.adapters.rewrite_golden"
