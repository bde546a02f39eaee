"""What a document means for its feed, and by which rule entries were not sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from feeds.model import Edit, KnownKey, NewStory, PollMemory, SeenKeys
from feeds.novelty.naming import Item


class Rule(StrEnum):
    """Why an entry of the document was not sent, or not at once."""

    KNOWN = "known"
    ALIAS = "known by another name"
    REPEATED = "repeated in the document"
    NAMELESS = "no guid, link, title or text"
    BASELINE = "first poll"
    BACKFILL = "backfill"
    REKEYED = "re-keyed"
    BURST = "burst"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a document means for its feed; all of it is to be stored in one transaction."""

    stories: tuple[NewStory, ...]  # oldest first
    seen: tuple[SeenKeys, ...]
    edits: tuple[Edit, ...]
    memory: PollMemory  # the feed's, with what this document taught
    counted: Mapping[Rule, int]  # entries not sent, by rule; zeros left out


@dataclass(frozen=True, slots=True, kw_only=True)
class Piles:
    """The items of a document by what becomes of them; the rest are known."""

    fresh: Sequence[Item]  # oldest first
    skipped: Sequence[Item]  # remembered without a story
    aliased: Mapping[int, KnownKey]  # re-keyed ones, by place
    skipped_by: Rule
