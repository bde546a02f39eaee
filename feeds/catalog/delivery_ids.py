"""PURE: what a delivery goes by: its number, or the webhook-id that consumers see."""

import re
from typing import Final

from feeds.errors import BadRequest

SHOWN_MAX: Final = 40  # characters of what was typed
_NUMBER: Final = re.compile(r"#?([0-9]{1,18})")
_WEBHOOK_ID: Final = re.compile(r"msg_[0-9A-Za-z]{22}")


def number_in(typed: str) -> int | None:
    """Read a delivery's number, as lists show it; None: it is none."""
    found = _NUMBER.fullmatch(typed)
    return int(found[1]) if found else None


def is_webhook_id(typed: str) -> bool:
    """Tell whether it has the form of a webhook-id."""
    return _WEBHOOK_ID.fullmatch(typed) is not None


def no_id(typed: str) -> BadRequest:
    """Make the error for what is neither."""
    shown = typed if len(typed) <= SHOWN_MAX else f"{typed[:SHOWN_MAX]}…"
    return BadRequest(
        f"“{shown}” is no delivery's ID: that is a number, as in berita delivery list, or the"
        " webhook-id that a consumer got, msg_ and 22 letters and digits."
    )
