"""Which of an entry's keys are its identity, seen against its document and the feed's history.

A link alone proves little: warnings and live pages give story after story the same one. So a guid
never seen, with a title never seen, is a new story whatever its link. The price: a story whose guid
and title are both changed at once is told twice, for nothing is left to know it by.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from feeds.model import Entry, Key, KeyKind, KnownKey, PollMemory
from feeds.novelty.keys import EntryKeys

SHARED_GUIDS_MAX = 1_000  # remembered for a feed; those of the present document come first


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry of the document with its keys, its place, and what is known of it."""

    entry: Entry
    place: int  # in the document, from 0
    keys: EntryKeys
    identities: tuple[Key, ...]  # strongest first; any one of them known makes the entry known
    kept: tuple[Key, ...]  # all it is remembered by
    known: KnownKey | None  # under the strongest identity that is known
    known_by: Key | None
    reuses_link: bool  # only its link is known, and that was another story's

    @property
    def unknown(self) -> bool:
        """No identity of it is stored."""
        return self.known is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """What this document and its feed's history teach about guids and links."""

    shared_guids: frozenset[bytes]  # bare guid digests that several entries were given
    links_shared: bool
    links_repeated: frozenset[bytes]  # LINK digests that several entries of this document have

    def usable_link(self, keys: EntryKeys) -> Key | None:
        """Give the link where it is an identity: unique here, and in what we saw of the feed."""
        if keys.link is None or keys.link.digest in self.links_repeated:
            return None
        return keys.link if keys.link_needs_fragment or not self.links_shared else None

    def shares_guid(self, keys: EntryKeys) -> bool:
        """Tell whether the entry's guid is, or ever was, another entry's too (rule 4)."""
        return keys.guid_digest in self.shared_guids


def learn_naming(distinct: Sequence[EntryKeys], memory: PollMemory) -> Naming:
    """Find what is shared among entries that are not one another's repetition."""
    shared = _repeated(keys.guid_digest for keys in distinct)
    kept = sorted(memory.shared_guids - shared)[: max(0, SHARED_GUIDS_MAX - len(shared))]
    return Naming(
        shared_guids=shared | frozenset(kept),
        links_shared=memory.links_shared or bool(_repeated(keys.page for keys in distinct)),
        links_repeated=_repeated(keys.link.digest for keys in distinct if keys.link),
    )


def name_item(
    entry: Entry, place: int, keys: EntryKeys, naming: Naming, known: Mapping[Key, KnownKey]
) -> Item:
    """Look the entry up under the names that count for it."""
    identities = tuple(_identities(keys, naming))
    known_by = next((key for key in identities if key in known), None)
    reuses_link = known_by is not None and _reuses(known_by, keys, naming, known)
    if reuses_link:
        known_by = None
    evidence = (key for key in (keys.title_day, keys.title) if key and key not in identities)
    return Item(
        entry=entry,
        place=place,
        keys=keys,
        identities=identities,
        kept=(*identities, *evidence),
        known=known[known_by] if known_by else None,
        known_by=known_by,
        reuses_link=reuses_link,
    )


def learn_links(naming: Naming, items: Sequence[Item]) -> Naming:
    """Learn for the next polls that links are shared, from entries that reuse one.

    Not where other entries of the document are known by their links alone: then the publisher is
    changing guids, and what looks like another story's link was the story's own.
    """
    links_shared = any(item.reuses_link for item in items) and not any(
        item.known_by is not None and item.known_by.kind is KeyKind.LINK and item.keys.guid
        for item in items
    )
    return replace(naming, links_shared=naming.links_shared or links_shared)


def _identities(keys: EntryKeys, naming: Naming) -> Iterator[Key]:
    link = naming.usable_link(keys)
    names: tuple[Key | None, ...]
    if keys.guid and not naming.shares_guid(keys):
        names = (keys.guid, keys.whole, keys.bare_guid, link)
    elif keys.guid:
        names = (keys.whole, link)
    elif keys.link:
        names = (link, keys.whole)
    else:
        names = (keys.title_day, keys.whole)
    return (name for name in names if name is not None)


def _reuses(known_by: Key, keys: EntryKeys, naming: Naming, known: Mapping[Key, KnownKey]) -> bool:
    """Tell a new story under an old link: guid and title are its own, and neither was seen."""
    if known_by.kind is not KeyKind.LINK or not keys.guid or naming.shares_guid(keys):
        return False
    titles = [key for key in (keys.title_day, keys.title) if key]
    return bool(titles) and not any(key in known for key in titles)


def _repeated(digests: Iterable[bytes | None]) -> frozenset[bytes]:
    counts = Counter(digest for digest in digests if digest is not None)
    return frozenset(digest for digest, count in counts.items() if count > 1)
