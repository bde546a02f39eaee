"""The house of the whole-process tests, here, too."""

from tests.e2e.conftest import house

__all__ = ["house"]
