"""Quiet: thousands of expected failures need not be told one by one."""

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.world.disk import Disk


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Disk]:
    """One disk for all days: it is wiped at the beginning of each."""
    found = Disk(Path(tmp_path_factory.mktemp("disk")))
    asyncio.run(found.open())
    yield found
    asyncio.run(found.close())
