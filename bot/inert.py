"""PURE: text that Telegram shows and does not act on: nobody is called, no command is offered.

Telegram's servers find mentions and commands in any text by themselves, so a feed could ping people
and offer commands in the operator's name: their first character is parted from the rest by a word
joiner, which nobody sees. Hashtags and plain addresses stay alive: they lead where they say.
"""

import re

WORD_JOINER = "\u2060"

# TDLib deletes them from any text (combining lines and ring), which would shift our offsets.
_DELETED_BY_TELEGRAM = dict.fromkeys((0x030A, 0x0333, 0x033F))
# "@name" and "/command" where Telegram looks for them, but not inside a web address.
_ADDRESS = r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?/[\w.~%!$&'*+,;=:@/?#-]*"
_CALLING = re.compile(rf"({_ADDRESS})|(?<!\w)([@/])(?=\w)", re.IGNORECASE | re.ASCII)


def inert(text: str) -> str:
    """Part "@" and "/" from the word they would call; take out what Telegram deletes."""
    text = text.translate(_DELETED_BY_TELEGRAM)
    return _CALLING.sub(lambda found: found[1] or found[2] + WORD_JOINER, text)
