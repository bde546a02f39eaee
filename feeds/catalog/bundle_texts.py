"""PURE: texts of a bundle that would end an import, or sign nothing, if they were believed."""

from base64 import b64decode

from feeds.errors import BadRequest

PREFIX = "whsec_"
SECRET_BYTES = range(24, 65)  # Standard Webhooks 1.0


def check_text(text: str, key: str) -> None:
    """Refuse what no database takes, NUL and lone surrogates; raises BadRequest."""
    if "\0" in text or text.encode("utf-8", "ignore").decode() != text:
        raise BadRequest(f"{key} holds a character that is none")


def checked_secret(secret: str | None) -> str | None:
    """Give a webhook's secret back if it can sign; raises BadRequest."""
    if secret is None:
        return None
    try:
        length = len(b64decode(secret.removeprefix(PREFIX), validate=True))
    except ValueError:
        length = 0
    if not secret.startswith(PREFIX) or length not in SECRET_BYTES:
        raise BadRequest(f"secret is not {PREFIX} and the base64 of 24 to 64 bytes")
    return secret
