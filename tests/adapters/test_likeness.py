"""Whose hook a URL may be, by its look alone."""

import pytest

from bot.app.build import likely_kinds


@pytest.mark.parametrize(
    ("address", "kinds"),
    [
        ("https://discord.com/api/webhooks/1/x", ("discord",)),
        ("https://ptb.discord.com/anything", ("discord",)),
        ("https://hooks.slack.com/services/T0/B0/x", ("slack",)),
        ("https://hooks.slack.com/workflows/x", ("slack",)),
        ("https://chat.example/hooks/abcdefgh", ("mattermost", "webhook")),
        ("https://own.example/api/webhooks/1/x", ("discord", "webhook")),
        ("https://own.example/services/T0/B0/x", ("slack", "webhook")),
        ("https://partner.example/hook", ("webhook",)),
        ("https://discord.com.evil.example/hook", ("webhook",)),
        ("https://evil.example/?discord.com", ("webhook",)),
        ("https://[::1", ("webhook",)),
        ("halo", ("webhook",)),
        ("", ("webhook",)),
    ],
)
def test_a_service_is_known_by_its_host_else_asked_about(
    address: str, kinds: tuple[str, ...]
) -> None:
    assert likely_kinds(address) == kinds
