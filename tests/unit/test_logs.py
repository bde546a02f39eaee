from typing import Any

import pytest

from bot.app.logs import hide_secrets

TOKEN = "123456789:" + "AA" + "x" * 33


def told(**fields: Any) -> dict[str, Any]:
    return dict(hide_secrets(None, "info", fields))


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        f"token={TOKEN}",
        f"POST https://api.telegram.org/bot{TOKEN}/sendMessage",
        f"/file/bot{TOKEN}/a.jpg",
        "signed with whsec_MfKQ9r8GKYqrTwjU",
        "https://anna:s3cret@hooks.example/berita",
        "postgresql://berita:s3cret@db/berita",
    ],
)
def test_no_secret_stands_in_a_line_of_the_log(text: str) -> None:
    event = told(event=text, error=OSError(text), number=7)

    for field in ("event", "error"):
        assert "•••" in event[field]
        assert not any(secret in event[field] for secret in ("AAxx", "MfKQ", "s3cret"))
    assert event["number"] == 7


def test_what_is_no_secret_is_told_as_it_stands() -> None:
    plain = "12:30 delivery 7 to telegram:chat:-1001234567890, see https://daily.example/berita:1"

    assert told(event=plain) == {"event": plain}
