"""The one suite that every adapter must pass; its table is in `kinds`."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.adapter import Adapter, InDoubt, Outcome, RetryLater, Sent
from bot.adapters import KINDS, AddressBook, load
from feeds.backlog import ROLLED_UP, cannot_roll_up
from feeds.errors import AddressError
from feeds.model import Parcel, RouteOptions
from tests.adapters import wild
from tests.adapters.kinds import CASES, Case, Outside
from tests.builders import (
    a_delivery,
    a_parcel,
    a_rolled_up_parcel,
    a_source,
    a_story,
    a_test_parcel,
)


@pytest.fixture(params=CASES, ids=lambda case: case.kind)
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


@pytest.fixture
async def outside(case: Case) -> AsyncIterator[Outside]:
    async with case.outside() as opened:
        yield opened


async def send(outside: Outside, parcel: Parcel) -> Outcome:
    body = outside.adapter.render(outside.destination, parcel)
    return await outside.adapter.send(outside.destination, parcel, body)


def texts_of(outcome: Outcome) -> str:
    return " ".join(str(getattr(outcome, name, "")) for name in outcome.__slots__)


# ── addresses ────────────────────────────────────────────────────────────────────────────────────


async def test_an_address_has_one_canonical_form(case: Case, outside: Outside) -> None:
    for typed, canonical in case.canonical:
        assert outside.adapter.read(typed) == canonical
        assert outside.adapter.read(canonical) == canonical


async def test_a_resolved_address_is_canonical(outside: Outside) -> None:
    resolved = await outside.adapter.resolve(outside.destination.address)

    assert resolved.address == outside.destination.address
    assert outside.adapter.read(resolved.address) == resolved.address


async def test_a_bad_address_is_refused_without_quoting_it(case: Case, outside: Outside) -> None:
    for typed in case.refused:
        with pytest.raises(AddressError) as refusal:
            outside.adapter.read(typed)

        assert not any(secret in str(refusal.value) for secret in case.secrets)


async def test_describing_a_destination_gives_no_secret_away(case: Case, outside: Outside) -> None:
    described = outside.adapter.describe(outside.destination)

    assert described
    assert not any(secret in described for secret in case.secrets)


async def test_a_destination_is_paced_under_its_own_name(outside: Outside) -> None:
    scopes = outside.adapter.scopes(outside.destination)

    assert len({scope.name for scope in scopes}) == len(scopes)
    assert all(scope.name.startswith(f"{outside.adapter.kind}:") for scope in scopes)
    assert scopes == outside.adapter.scopes(outside.destination)


# ── rendering ────────────────────────────────────────────────────────────────────────────────────


@given(
    title=wild.texts,
    summary=wild.texts,
    link=wild.links,
    author=st.none() | wild.texts,
    image=wild.links,
    tags=st.lists(wild.texts, max_size=30),
    site=wild.texts,
    most=st.integers(0, 3_000),
    plain=st.booleans(),
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_any_story_is_rendered_within_bounds_and_always_to_the_same_bytes(
    case: Case, outside: Outside, most: int, site: str, *, plain: bool, **story: Any
) -> None:
    parcel = a_parcel(
        delivery=a_delivery(plain=plain),
        story=a_story(**story | {"tags": tuple(story["tags"])}),
        source=a_source(title=site),
        options=RouteOptions(summary_max=most),
    )

    body = outside.adapter.render(outside.destination, parcel)

    assert 0 < len(body) <= case.body_bytes_max
    assert body.decode()
    assert "\x1b" not in body.decode()
    assert body == outside.adapter.render(outside.destination, parcel)


# ── sending ──────────────────────────────────────────────────────────────────────────────────────


async def test_a_story_arrives(outside: Outside) -> None:
    outcome = await send(outside, a_parcel())

    assert isinstance(outcome, Sent)
    assert outside.arrived() == 1


async def test_a_test_message_arrives(outside: Outside) -> None:
    outcome = await send(outside, a_test_parcel())

    assert isinstance(outcome, Sent)
    assert outside.arrived() == 1


async def test_a_roll_up_arrives_as_one_message_where_the_kind_allows_it(
    case: Case, outside: Outside
) -> None:
    if cannot_roll_up(case.kind):
        assert case.kind not in ROLLED_UP
        return

    outcome = await send(outside, a_rolled_up_parcel(12))

    assert isinstance(outcome, Sent)
    assert outside.arrived() == 1


async def test_where_nobody_listens_it_is_tried_again_later(case: Case, outside: Outside) -> None:
    await outside.refuse()

    outcome = await send(outside, a_parcel())

    assert isinstance(outcome, RetryLater)
    assert outcome.reason
    assert not any(secret in texts_of(outcome) for secret in case.secrets)


async def test_silence_is_repeated_only_where_repeating_is_harmless(
    case: Case, outside: Outside
) -> None:
    if not case.hangs:
        pytest.skip("this kind always answers at once")
    outside.hang()

    outcome = await send(outside, a_parcel())

    assert isinstance(outcome, RetryLater if outside.adapter.repeatable else InDoubt)
    assert not any(secret in texts_of(outcome) for secret in case.secrets)


async def test_a_cancelled_send_leaves_nothing_behind(case: Case, outside: Outside) -> None:
    if not case.hangs:
        pytest.skip("this kind never waits")
    outside.hang()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await send(outside, a_parcel())

    assert isinstance(await send(outside, a_parcel()), Sent)


# ── the table ────────────────────────────────────────────────────────────────────────────────────


async def test_a_kind_is_loaded_by_its_name(case: Case, outside: Outside) -> None:
    loaded: type[Adapter] = load(case.kind)

    assert isinstance(outside.adapter, loaded)
    assert loaded.kind == case.kind


def test_every_kind_can_be_loaded() -> None:
    assert {load(kind).kind for kind in KINDS} == set(KINDS)


async def test_the_address_book_reads_for_every_kind(case: Case, outside: Outside) -> None:
    book = AddressBook({case.kind: outside.adapter})

    assert book.kinds() == (case.kind,)
    for typed, canonical in case.canonical:
        assert book.read(case.kind, typed) == canonical
    resolved = await book.resolve(case.kind, outside.destination.address)
    assert resolved.address == outside.destination.address


async def test_an_unknown_kind_is_refused_with_the_known_ones(case: Case, outside: Outside) -> None:
    with pytest.raises(AddressError, match=f"did you mean {case.kind}.*Known: {case.kind}"):
        AddressBook({case.kind: outside.adapter}).read(case.kind + "s", "x")
