"""How kills are spread."""

import random
from collections import Counter

import pytest

from tests.torture.scenario import plan
from tests.torture.wounds import ANY_MOMENT, BATCHED, POINTS, wound_at


@pytest.mark.parametrize("kills", [0, 1, 6, 24, 25, 200, 517])
def test_as_many_die_as_were_asked_for(kills: int) -> None:
    assert sum(len(scenario.points) for scenario in plan(kills)) == kills


def test_every_point_has_its_share_with_1_and_10_and_100_in_flight() -> None:
    shares: Counter[tuple[str, int]] = Counter()
    for scenario in plan(200):
        assert set(scenario.points) == {scenario.name}
        shares[scenario.name, scenario.size.in_flight] += len(scenario.points)

    assert shares.keys() == {(p, n) for p in (*POINTS, ANY_MOMENT) for n in (1, 10, 100)}
    assert set(shares.values()) == {8, 9}


def test_with_one_in_flight_the_kinds_alternate() -> None:
    ones = [each for each in plan(200) if each.size.in_flight == 1]

    webhooks = sum(len(each.points) for each in ones if each.size.webhooks)
    chats = sum(len(each.points) for each in ones if each.size.chats)
    assert abs(webhooks - chats) <= 1


def test_few_kills_go_to_as_many_points() -> None:
    assert len({each.name for each in plan(6)}) >= 4


@pytest.mark.parametrize("point", POINTS)
def test_who_is_to_die_at_a_point_does_so_within_two_stories(point: str) -> None:
    dice = random.Random(1)
    wounds = [wound_at(point, in_flight=10, dice=dice) for _ in range(500)]

    assert {wound.nth for wound in wounds} == set(range(1, 7 if point in BATCHED else 21))
    assert all("--" in wound.program for wound in wounds)
    lingered = {wound.linger_seconds for wound in wounds}
    assert (len(lingered) > 1) == (point == "first byte")
