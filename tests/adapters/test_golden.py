"""Published messages look as they did; python -m tests.adapters.rewrite_golden after a change."""

import json

import pytest

from tests.adapters import tdlib
from tests.adapters.golden_stories import GOLDEN, ROLL_UPS, STORIES, written

LOOKS = written()


@pytest.mark.parametrize("name", sorted(LOOKS))
def test_a_message_looks_as_it_did(name: str) -> None:
    assert LOOKS[name] == (GOLDEN / name).read_text(encoding="utf-8")


def test_every_golden_file_is_of_a_story() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(LOOKS)


@pytest.mark.parametrize("name", sorted({*STORIES, *ROLL_UPS}))
def test_telegram_shows_a_golden_message_as_it_is_kept(name: str) -> None:
    call = json.loads(LOOKS[f"{name}.telegram.json"])["call"]

    assert tdlib.kept(call["text"], call["entities"]) == (call["text"], call["entities"])
