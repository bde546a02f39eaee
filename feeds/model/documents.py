"""What a document says: nothing in it is stored as such."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An item as the document states it, its texts clean of markup; never stored as such."""

    guid: str | None = None
    link: str | None = None  # absolute http(s), or None
    title: str = ""
    summary: str = ""
    content: str = ""
    author: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    image: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A parsed feed document, its entries in document order."""

    title: str = ""
    link: str | None = None
    language: str | None = None
    ttl: timedelta | None = None  # RSS ttl or sy:updatePeriod/Frequency
    entries: tuple[Entry, ...] = ()
