from datetime import timedelta

import pytest

from feeds.catalog import Catalog, Wanted
from feeds.errors import BadRequest, UnknownName
from feeds.model import Delivery, DeliveryState
from tests.unit.catalog.situations import FEED_URL, a_story_is_published


@pytest.fixture
async def waiting(catalog: Catalog) -> Delivery:
    """A story waits for the console."""
    await catalog.add_destination("console", "", name="here")
    added = await catalog.add_feed(FEED_URL, to=("here",))
    return await a_story_is_published(catalog, added.feed)


async def _state(catalog: Catalog, delivery: Delivery) -> DeliveryState:
    return (await catalog.delivery_story(delivery.id)).delivery.state


@pytest.mark.usefixtures("waiting")
async def test_deliveries_are_listed_by_what_is_wanted(catalog: Catalog) -> None:
    now = catalog.clock.now()

    for wanted, count in [
        (Wanted(), 1),
        (Wanted(state=DeliveryState.WAITING, feed="daily-berita", destination="here"), 1),
        (Wanted(state=DeliveryState.SENT), 0),
        (Wanted(since=now - timedelta(hours=1)), 1),
        (Wanted(since=now + timedelta(hours=1)), 0),
    ]:
        assert len(await catalog.list_deliveries(wanted)) == count, wanted


async def test_a_listing_of_unknown_names_or_without_bounds_is_a_wrong_call(
    catalog: Catalog,
) -> None:
    with pytest.raises(UnknownName):
        await catalog.list_deliveries(Wanted(feed="none"))
    with pytest.raises(UnknownName):
        await catalog.list_deliveries(Wanted(destination="none"))
    for limit in (0, 10_001):
        with pytest.raises(BadRequest):
            await catalog.list_deliveries(Wanted(limit=limit))


async def test_a_dropped_delivery_is_sent_after_all(catalog: Catalog, waiting: Delivery) -> None:
    dropped = await catalog.drop_deliveries([waiting.id, waiting.id])
    state = await _state(catalog, waiting)
    again = await catalog.retry_deliveries([waiting.id])

    assert dropped.changed == again.changed == (waiting.id,)
    assert state is DeliveryState.DROPPED
    assert await _state(catalog, waiting) is DeliveryState.WAITING


async def test_a_delivery_is_asked_about_by_the_webhook_id_of_its_consumer(
    catalog: Catalog, waiting: Delivery
) -> None:
    by_number = await catalog.why(f"#{waiting.id}")

    assert by_number.deliveries == (waiting.id,)
    assert await catalog.why(waiting.webhook_id) == by_number
    assert not (await catalog.why("msg_0000000000000000000000")).deliveries


async def test_only_a_doubt_can_be_confirmed(catalog: Catalog, waiting: Delivery) -> None:
    decided = await catalog.confirm_delivery(waiting.id, message_id="7")

    assert decided.changed == ()
    assert decided.refused[0][0] == waiting.id
    assert "waiting" in decided.refused[0][1]


async def test_an_unknown_delivery_is_refused_with_its_number(catalog: Catalog) -> None:
    decided = await catalog.drop_deliveries([99])

    assert decided.refused[0][0] == 99
    with pytest.raises(UnknownName, match="99"):
        await catalog.delivery_story(99)
    with pytest.raises(BadRequest, match="Which"):
        await catalog.retry_deliveries([])


async def test_retry_since_counts_what_failed(catalog: Catalog, waiting: Delivery) -> None:
    count = await catalog.retry_since(catalog.clock.now() - timedelta(hours=1))

    assert count == 0
    assert await _state(catalog, waiting) is DeliveryState.WAITING
