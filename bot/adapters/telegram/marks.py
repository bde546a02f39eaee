"""PURE: how a post is known again in another place: by what it says, white space aside.

A post carries nothing for our own use that readers could see or follow; its whole text, as it was
frozen, is the mark. Telegram trims texts and joins no words, so that runs of white space are one.
"""

import json
from hashlib import blake2b
from typing import Final

MARK_BYTES: Final = 16


def mark_of_text(text: str) -> bytes:
    """Digest a message's text."""
    said = " ".join(text.split())
    return blake2b(said.encode("utf-8", "surrogatepass"), digest_size=MARK_BYTES).digest()


def mark_of_body(body: bytes) -> bytes | None:
    """Digest the text of a frozen `sendMessage` body; None for one that cannot be read."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return None
    text = message.get("text") if isinstance(message, dict) else None
    return mark_of_text(text) if isinstance(text, str) else None
