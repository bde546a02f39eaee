"""PURE: what a webhook's secret looks like, wherever somebody writes one."""

from base64 import b64decode
from typing import Final

from feeds.errors import BadRequest

PREFIX: Final = "whsec_"  # Standard Webhooks 1.0, "Signature scheme"
BYTES_MIN, BYTES_MAX = 24, 64  # the same page


def checked_secret(secret: str) -> str:
    """Give a secret back if it can sign; raises BadRequest, which does not quote it."""
    try:
        length = len(b64decode(secret.removeprefix(PREFIX), validate=True))
    except ValueError:
        length = 0
    if not secret.startswith(PREFIX) or not BYTES_MIN <= length <= BYTES_MAX:
        raise BadRequest(
            f"A webhook's secret is {PREFIX} and the base64 of {BYTES_MIN} to {BYTES_MAX} bytes:"
            " leave it out and one is made.",
            "error.secret.form",
            least=BYTES_MIN,
            most=BYTES_MAX,
        )
    return secret
