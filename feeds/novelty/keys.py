"""The names an entry goes by, as digests, and the fingerprint of its text (rules K1 to K4)."""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from hashlib import blake2b

from feeds.model import Document, Entry, Key, KeyKind
from feeds.novelty.links import bare_guid, canonical_link, page_of

TITLE_STAND_IN_MAX = 100  # characters of the text that stand in for a missing title
FINGERPRINT_TEXT_MAX = 4_000  # characters of the summary an edit is looked for in

_NOT_WORDS = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryKeys:
    """Every key an entry may be known by; which of them count is decided with the feed's memory.

    `whole` is the composite for shared guids: guid, link and title together (the day too, where one
    of the two is missing), so that a feed giving all its entries one guid and one link still tells
    them apart. None in `whole` means that the entry says nothing at all.
    """

    guid: Key | None
    bare_guid: Key | None  # None too where the guid is bare already
    guid_digest: bytes | None  # of the bare guid: under it sharing is remembered
    link: Key | None
    page: bytes | None  # the digest of the link without its fragment
    title_day: Key | None
    title: Key | None
    whole: Key | None
    fingerprint: bytes

    @property
    def link_needs_fragment(self) -> bool:
        """Only the fragment tells this link from another's in the document."""
        return self.link is not None and self.link.digest != self.page

    def all(self) -> tuple[Key, ...]:
        """List every key, to look up."""
        every = (
            self.guid,
            self.whole,
            self.bare_guid,
            self.link,
            self.title_day,
            self.title,
        )
        return tuple(key for key in every if key is not None)


def keys_of(document: Document) -> tuple[EntryKeys, ...]:
    """Name every entry of the document, in its order; digests are BLAKE2b of 16 bytes."""
    links = [canonical_link(entry.link) for entry in document.entries]
    fragmented = _pages_told_apart_by_fragment(links)
    return tuple(
        _name(entry, link, needs_fragment=link is not None and page_of(link) in fragmented)
        for entry, link in zip(document.entries, links, strict=True)
    )


def keys_of_address(address: str) -> tuple[Key, ...]:
    """Name a story by an address that somebody was shown: its link, or a guid that is one."""
    link, guid = canonical_link(address), address.strip()
    if link is None:
        return ()
    links = dict.fromkeys((link, page_of(link)))
    named = [_key(KeyKind.LINK, each) for each in links]
    return (*named, _key(KeyKind.GUID, guid), _key(KeyKind.BARE_GUID, bare_guid(guid)))


def _pages_told_apart_by_fragment(links: list[str | None]) -> frozenset[str]:
    ways: defaultdict[str, set[str]] = defaultdict(set)
    for link in links:
        if link is not None:
            ways[page_of(link)].add(link)
    return frozenset(page for page, ways_there in ways.items() if len(ways_there) > 1)


def _name(entry: Entry, link: str | None, *, needs_fragment: bool) -> EntryKeys:
    guid = (entry.guid or "").strip()
    bare = bare_guid(guid)
    own_title = _fold(entry.title)
    title = own_title or _stand_in(entry)
    day = f"{entry.published_at:%Y-%m-%d}" if entry.published_at else ""
    page = page_of(link) if link is not None else None
    return EntryKeys(
        guid=_key(KeyKind.GUID, guid) if guid else None,
        bare_guid=_key(KeyKind.BARE_GUID, bare) if bare != guid else None,
        guid_digest=_digest_of(bare) if bare else None,
        link=_key(KeyKind.LINK, link if needs_fragment else page) if link and page else None,
        page=_digest_of(page) if page else None,
        title_day=_key(KeyKind.TITLE_DAY, title, day) if title else None,
        title=_key(KeyKind.TITLE, title) if title else None,
        whole=_whole(bare, link or "", title, day),
        fingerprint=_fingerprint(entry, own_title, page or ""),
    )


def _whole(bare: str, link: str, title: str, day: str) -> Key | None:
    if not (bare or link or title):
        return None
    return _key(KeyKind.GUID_AND_LINK, bare, link, title, "" if bare and link else day)


def _fold(text: str) -> str:
    """Fold NFKC, case, spaces and punctuation; a text of symbols alone stays itself."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    folded = text.casefold().strip()
    return _NOT_WORDS.sub(" ", folded).strip() or folded


def _stand_in(entry: Entry) -> str:
    """Name an entry without a title by the begin of its text."""
    return _fold(entry.summary[:TITLE_STAND_IN_MAX]) or _fold(entry.content[:TITLE_STAND_IN_MAX])


def _fingerprint(entry: Entry, title: str, page: str) -> bytes:
    """Digest title, link and text without its digits: a counter that moves is no edit (rule 11)."""
    text = _fold((entry.summary or entry.content)[:FINGERPRINT_TEXT_MAX])
    return _digest_of(title, page, " ".join(_DIGITS.sub("", text).split()))


def _key(kind: KeyKind, *parts: str) -> Key:
    return Key(kind=kind, digest=_digest_of(*parts))


def _digest_of(*parts: str) -> bytes:
    """Digest texts, unambiguously where one ends and the next begins."""
    text = "\0".join(parts)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
