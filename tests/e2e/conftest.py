import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.e2e.house import House
from tests.e2e.processes import cold, warm

LINES_SHOWN = 40


@pytest.fixture
def house(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[House]:
    """A house; its processes start cold, as users start them, in the long runs alone."""
    launch = cold if request.node.get_closest_marker("long") else warm
    with ExitStack() as stack:
        house = House(tmp_path, stack, launch=launch)
        yield house
        for process in house.berita:  # pytest shows this with a failure alone
            sys.stdout.writelines(["── berita ──\n", *process.out[-LINES_SHOWN:]])
            sys.stdout.writelines(process.err[-LINES_SHOWN:])
