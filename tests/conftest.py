"""Laws are judged by what they say, not by how long they take on a busy machine."""

import gc
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

from tests.world.statements import share_compiled

settings.register_profile(
    "berita", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("berita")
share_compiled()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with those that wait for whole processes: at the end nobody waits for one of them.

    Of several workers the first gets them all, and needs one process to fork them from.
    """
    items.sort(key=_length, reverse=True)


def _length(item: pytest.Item) -> tuple[float, bool]:
    given = item.get_closest_marker("timeout")
    return given.args[0] if given else 0, "house" in getattr(item, "fixturenames", ())


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Let the garbage collector rest while ten thousand tests are collected, and never visit them.

    They and what they import are some millions of objects, which every full collection would look
    through again: a second each time.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()
