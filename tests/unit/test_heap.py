import gc
import weakref
from collections.abc import Iterator

import pytest

from bot.app.heap import loading


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    """Begin with nothing frozen; what tests/conftest.py had frozen is so again afterwards."""
    gc.unfreeze()
    yield
    gc.enable()
    gc.freeze()


class Thing:
    """Something that can be watched."""

    itself: "Thing"


def test_what_was_loaded_is_never_looked_through_again() -> None:
    with loading():
        loaded = [Thing() for _ in range(1_000)]

    assert gc.get_freeze_count() >= len(loaded)
    assert gc.isenabled()
    assert not any(isinstance(each, Thing) for each in gc.get_objects())


def test_garbage_of_loading_is_not_kept_for_ever() -> None:
    with loading():
        thing = Thing()
        thing.itself = thing
        gone = weakref.ref(thing)
        del thing

    assert gone() is None


def test_what_comes_later_is_collected_as_ever() -> None:
    with loading():
        pass
    thing = Thing()
    thing.itself = thing
    gone = weakref.ref(thing)
    del thing

    gc.collect()

    assert gone() is None


def test_a_start_that_fails_leaves_the_collector_on() -> None:
    with pytest.raises(RuntimeError), loading():
        raise RuntimeError

    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
