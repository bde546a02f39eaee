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
