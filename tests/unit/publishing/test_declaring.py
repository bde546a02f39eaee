"""What the file says of a destination, as the store is told it."""

from pathlib import Path
from typing import get_args

import pytest

from bot.app.declare import declared_by
from config import Settings, load, section
from feeds.errors import BadRequest
from feeds.model import Event, EventFormat
from tests.adapters.kinds import a_webhook_adapter

HOOK = """[[destination]]
name = "partner"
kind = "webhook"
address = "https://berita:s3cret-word@partner.example/hook"
"""


def read(folder: Path, text: str) -> Settings:
    file = folder / "berita.toml"
    file.write_text(text, encoding="utf-8")
    return load(file, {}, folder)


def test_a_files_headers_and_the_password_of_its_address_are_sent_along(tmp_path: Path) -> None:
    settings = read(tmp_path, HOOK + 'headers = { "X-Api-Key" = "s3cret-key" }\n')

    declared = declared_by(settings, {"webhook": a_webhook_adapter(None)})

    (place,) = declared.destinations
    assert place.address == "https://partner.example/hook"
    basic = ("Authorization", "Basic YmVyaXRhOnMzY3JldC13b3Jk")
    assert place.options.headers == (("X-Api-Key", "s3cret-key"), basic)
    assert not any(secret in repr((settings, declared)) for secret in ("s3cret", "YmVyaXRh"))


def test_what_a_webhook_is_told_of_and_how_is_the_files_word(tmp_path: Path) -> None:
    chosen = 'events = ["feed.failing", "story.published"]\nformat = "cloudevents"\n'
    settings = read(tmp_path, HOOK + chosen)

    (place,) = declared_by(settings, {"webhook": a_webhook_adapter(None)}).destinations

    assert set(place.options.events) == {Event.FEED_FAILING, Event.STORY_PUBLISHED}
    assert place.options.format is EventFormat.CLOUDEVENTS


def test_what_can_be_set_is_what_is_obeyed() -> None:
    assert get_args(section.Event) == tuple(Event)
    assert get_args(section.EventFormat) == tuple(EventFormat)


def test_headers_that_cannot_be_sent_are_told_with_all_other_mistakes(tmp_path: Path) -> None:
    twice = HOOK.replace("partner", "other") + 'headers = { authorization = "s3cret-key" }\n'
    settings = read(tmp_path, HOOK + 'headers = { Host = "s3cret-host" }\n' + twice)

    with pytest.raises(BadRequest) as refusal:
        declared_by(settings, {"webhook": a_webhook_adapter(None)})

    first, second = str(refusal.value).splitlines()
    assert first.startswith('destination "partner": The header “Host” belongs')
    assert second.startswith('destination "other": The header Authorization is given twice')
    assert "s3cret" not in first + second


@pytest.mark.parametrize(
    "secret", ["whsec_c2hvcnQ=", "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg=", "x"]
)
def test_a_secret_that_would_sign_nothing_is_told_and_not_repeated(
    tmp_path: Path, secret: str
) -> None:
    settings = read(tmp_path, HOOK + f'secret = "{secret}"\n')

    with pytest.raises(BadRequest) as refusal:
        declared_by(settings, {"webhook": a_webhook_adapter(None)})

    assert str(refusal.value) == (
        'destination "partner": A webhook\'s secret is whsec_ and the base64 of 24 to 64 bytes:'
        " leave it out and one is made."
    )


def test_one_place_written_in_two_ways_is_declared_once(tmp_path: Path) -> None:
    again = HOOK.replace('"partner"', '"again"').replace("partner.example", "PARTNER.example:443")
    settings = read(tmp_path, HOOK + again)

    with pytest.raises(BadRequest, match='"again": that place is declared already, as "partner"'):
        declared_by(settings, {"webhook": a_webhook_adapter(None)})
