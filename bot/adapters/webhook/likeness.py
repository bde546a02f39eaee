"""PURE: what a hook's address looks like, so that nobody need say whose it is."""

import re
from collections.abc import Collection
from enum import IntEnum
from urllib.parse import urlsplit


class Likeness(IntEnum):
    """How sure it is whose hook an address is."""

    NONE = 0
    PATH = 1  # it is written like one, at a host that may be anybody's
    HOST = 2  # it is at the service's own host


def liken(address: str, *, hosts: Collection[str], path: re.Pattern[str]) -> Likeness:
    """Compare an address with a service's hosts and the paths of its hooks."""
    try:
        parts = urlsplit(address.strip())
        host = parts.hostname or ""
    except ValueError:
        return Likeness.NONE
    if host in hosts:
        return Likeness.HOST
    return Likeness.PATH if host and path.fullmatch(parts.path.rstrip("/")) else Likeness.NONE
