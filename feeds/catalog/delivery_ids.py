"""PURE: what a delivery goes by: its number, a consumer's webhook-id, its message's id."""

import re
from typing import Final

from feeds.errors import BadRequest

SHOWN_MAX: Final = 40  # characters of what was typed
_NUMBER: Final = re.compile(r"#?([0-9]{1,18})")
_MESSAGE_MAX: Final = (
    2**31 - 1
)  # MTProto numbers messages by an int: core.telegram.org/type/Message
_OTHER_MAX: Final = 64  # characters of a message's id elsewhere: a snowflake, a hash
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
    return BadRequest(
        f"“{_shown(typed)}” is no delivery's ID: that is a number, as in berita delivery list, or"
        " the webhook-id that a consumer got, msg_ and 22 letters and digits."
    )


def message_id_in(typed: str, kind: str) -> str:
    """Read a message's id as that kind of destination gives them; raises BadRequest.

    Telegram numbers its messages from 1 in each chat; elsewhere it is a word of 64 characters.
    """
    typed = typed.strip()
    if kind != "telegram":
        if re.fullmatch(rf"[!-~]{{1,{_OTHER_MAX}}}", typed):
            return typed
        raise BadRequest(
            f"A message's id is one word of up to {_OTHER_MAX} letters and digits; leave"
            " --message-id out where you do not know it."
        )
    if re.fullmatch(r"[1-9][0-9]{0,9}", typed) and int(typed) <= _MESSAGE_MAX:
        return typed
    raise BadRequest(
        f"“{_shown(typed)}” is no message's number: on Telegram that is the number at the end of"
        " the message's link, such as 7 in t.me/channel/7; leave --message-id out where you do not"
        " know it."
    )


def _shown(typed: str) -> str:
    return typed if len(typed) <= SHOWN_MAX else f"{typed[:SHOWN_MAX]}…"
