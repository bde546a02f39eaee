"""PURE: a feed's words made harmless for chats: no markup of theirs, and nobody is called.

Telegram's own rules are elsewhere; here they are those of the chats with incoming webhooks.
"""

import re
from collections.abc import Callable

from bot.summary.cutting import shorten, units

WORD_JOINER = "\u2060"

_ADDRESS = r"https?://[A-Za-z0-9._~:/?#@!$&'+,;=%-]+"
_CALLING = re.compile(rf"({_ADDRESS})|(?<![A-Za-z0-9])@")
_MARKS = re.compile(rf"({_ADDRESS})|([\\`*_~|>\[\]])")
_BEGINNING = re.compile(r"^(?:([-+#])|(\d+)([.)]))")


def parted(text: str) -> str:
    """Part every "@" from the word it would call by a word joiner, which nobody sees.

    Inside of an address it is escaped instead; after a letter or digit (a mail's address) it calls
    nobody.
    """
    return _CALLING.sub(
        lambda found: found[1].replace("@", "%40") if found[1] else "@" + WORD_JOINER, text
    )


def escaped(text: str) -> str:
    """Put a backslash before what Markdown would take for its own; addresses stay whole.

    "<" is left alone: Mattermost's Markdown knows no backslash before it, and shows both.
    """
    text = _MARKS.sub(lambda found: found[1] or "\\" + found[2], text)
    return _BEGINNING.sub(
        lambda found: "\\" + found[1] if found[1] else f"{found[2]}\\{found[3]}", text
    )


def fitted(text: str, most: int, dress: Callable[[str], str]) -> str:
    """Dress a text, cut so that it is then at most `most` UTF-16 units long."""
    room, dressed = units(text), dress(text)
    while units(dressed) > most and room > 0:
        room = min(room, most) * 7 // 8
        dressed = dress(shorten(text, room))
    return dressed if units(dressed) <= most else ""
