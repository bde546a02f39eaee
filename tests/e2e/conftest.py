import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.e2e.house import House

LINES_SHOWN = 40


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with ExitStack() as stack:
        house = House(tmp_path, stack)
        yield house
        for process in house.berita:  # pytest shows this with a failure alone
            sys.stdout.writelines(["── berita ──\n", *process.out[-LINES_SHOWN:]])
            sys.stdout.writelines(process.err[-LINES_SHOWN:])
