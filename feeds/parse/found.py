"""What a parser found in a document, before any rule of ours: strings as they were written."""

from dataclasses import dataclass

ENTRIES_MAX = 2_000  # a document; the first ones count, which are the newest as feeds go


@dataclass(frozen=True, slots=True, kw_only=True)
class Markup:
    """A text and how to read it: as HTML (tags and entities mean something) or letter by letter."""

    text: str = ""
    html: bool = False


EMPTY = Markup()


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An image that a document offers for an entry, in the words of Media RSS and enclosures."""

    url: str
    type: str = ""  # a media type: "image/jpeg"
    medium: str = ""  # "image", "video" …; empty: the type or the name's ending decides
    width: str = ""
    height: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundEntry:
    """An item or entry; an absent element is an empty string."""

    guid: str = ""
    guid_is_link: bool = False  # RSS: a permalink unless it says otherwise
    link: str = ""
    base: str = ""  # the xml:base in force, possibly relative itself; empty: none
    title: Markup = EMPTY
    summary: Markup = EMPTY
    content: Markup = EMPTY
    author: str = ""
    published: str = ""
    updated: str = ""
    pictures: tuple[Picture, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDocument:
    """A whole document; `author` speaks for entries without one (RFC 4287 §4.2.1)."""

    title: Markup = EMPTY
    link: str = ""
    base: str = ""
    language: str = ""
    author: str = ""
    ttl: str = ""  # RSS: minutes
    update_period: str = ""  # sy: "hourly" … "yearly"
    update_frequency: str = ""  # sy: times per period
    entries: tuple[FoundEntry, ...] = ()
