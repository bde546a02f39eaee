"""What the file says of a destination, as the store is told it."""

from pathlib import Path

import pytest

from bot.app.declare import declared_by
from config import Settings, load
from feeds.errors import BadRequest
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


def test_headers_that_cannot_be_sent_are_told_with_all_other_mistakes(tmp_path: Path) -> None:
    twice = HOOK.replace("partner", "other") + 'headers = { authorization = "s3cret-key" }\n'
    settings = read(tmp_path, HOOK + 'headers = { Host = "s3cret-host" }\n' + twice)

    with pytest.raises(BadRequest) as refusal:
        declared_by(settings, {"webhook": a_webhook_adapter(None)})

    first, second = str(refusal.value).splitlines()
    assert first.startswith('destination "partner": The header “Host” belongs')
    assert second.startswith('destination "other": The header Authorization is given twice')
    assert "s3cret" not in first + second
