"""PURE: what may be dialled, judged twice: by the text of a URL, and by the address it leads to.

    urls       what is wrong with a URL, and the host it names
    addresses  Guard: the networks that are not dialled

The judgement that counts is that of the address (`Guard.refuses`, asked for every answer of a name
and for every new socket); that of the text only says early and plainly what is wrong. No port is
refused: an inner one is out of reach already, and people publish at odd ones. Our own listening
address is not singled out: where the operator opens loopback, everything on the machine reaches it,
so what it tells must not rest on who can dial it.
"""

from feeds.guard.addresses import Guard
from feeds.guard.urls import URL_CHARS_MAX, check_url, in_ascii

__all__ = ["URL_CHARS_MAX", "Guard", "check_url", "in_ascii"]
