"""A folder with a berita.toml in it, read the way `berita` reads it."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from config import ConfigErrors, Settings, load

Read = Callable[..., Settings]
Faults = Callable[..., list[str]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write a text as berita.toml and load it from its folder."""

    def reads(text: str, environ: Mapping[str, str] | None = None) -> Settings:
        (tmp_path / "berita.toml").write_text(text, encoding="utf-8")
        return load(None, environ or {}, tmp_path)

    return reads


@pytest.fixture
def faults(read: Read) -> Faults:
    """Load a text that must be refused, and give its lines of complaint."""

    def complaints(text: str, environ: Mapping[str, str] | None = None) -> list[str]:
        with pytest.raises(ConfigErrors) as refused:
            read(text, environ)
        assert str(refused.value).splitlines() == [str(error) for error in refused.value.errors]
        return str(refused.value).splitlines()

    return complaints
