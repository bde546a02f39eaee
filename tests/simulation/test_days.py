from pathlib import Path

import pytest

from tests.simulation.day import live
from tests.simulation.oracle import broken

SEEDS = (1, 2, 3, 8)  # 1 and 2: a lane starved behind a neighbour's lower numbers


@pytest.mark.parametrize("seed", SEEDS)
def test_a_day_of_faults_and_deaths_breaks_no_promise(seed: int, tmp_path: Path) -> None:
    seen = live(seed, tmp_path, hours=2)

    assert broken(seen) == []
    assert seen.deaths, "a day without a death proves little"
    assert sum(len(titles) for titles in seen.published.values()) > 30


def test_the_same_seed_lives_the_same_day(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()

    first, second = live(4, tmp_path / "a", hours=1), live(4, tmp_path / "b", hours=1)

    assert first.trace == second.trace
    assert first.trace
