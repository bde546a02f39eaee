"""From the claim to the first story in a channel: at most six taps and one pasted link."""

from pathlib import Path

import pytest

from tests.commands.first_story import NEWEST, block, play, written
from tests.commands.scenes import LANGUAGES
from tests.house.tree import README

TAPS_MAX = 6


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_first_story_is_six_taps_and_a_link_away_as_the_readme_shows(
    language: str, tmp_path: Path
) -> None:
    played = await play(language, tmp_path)

    assert (played.taps, played.pasted) <= (TAPS_MAX, 1)
    assert played.pasted == 1
    assert [post.splitlines()[0] for post in played.posts] == [NEWEST], "once, and nothing older"
    _, in_readme, _ = block(README.read_text(encoding="utf-8"), language)
    assert in_readme == written(played.transcript)
