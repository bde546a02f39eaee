"""What the bot says, word for word; `python -m tests.commands.scenes` rewrites the files."""

from pathlib import Path

import pytest

from tests.commands.scenes import GOLDEN, LANGUAGES, SCENES, Scene, golden, play


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
async def test_the_bot_says_what_it_said(scene: Scene, language: str, tmp_path: Path) -> None:
    said = await play(scene, language, tmp_path)

    assert said == golden(scene, language).read_text(encoding="utf-8")


def test_every_transcript_belongs_to_a_scene() -> None:
    kept = {path.relative_to(GOLDEN) for path in GOLDEN.rglob("*.txt")}

    assert kept == {
        golden(scene, language).relative_to(GOLDEN) for scene in SCENES for language in LANGUAGES
    }
