"""The Telegram adapter against a loopback Bot API."""
