"""Feeds, the names stories are known by, and what one poll leaves behind."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from feeds.model.documents import Entry
from feeds.model.states import FeedState, KeyKind, Origin

FAILING_AFTER = 5  # failures in a row: then a feed is said to fail for long


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """The two HTTP validators, byte for byte as the publisher sent them (RFC 9110 §8.8)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PollMemory:
    """All that one poll leaves for the next; written in one transaction with what it found."""

    validators: Validators = Validators()
    body_digest: bytes | None = None  # 16 bytes of the last body that was parsed
    baseline_at: datetime | None = None  # the first successful poll
    last_poll_at: datetime | None = None
    last_success_at: datetime | None = None  # the last 2xx or 304
    last_full_at: datetime | None = None  # the last body that was parsed (for the backfill guard)
    last_status: int | None = None
    last_error: str | None = None  # one line; None while the feed is well
    failures: int = 0  # in a row
    gone_since: datetime | None = None  # the first of an unbroken run of 410s
    entries_seen: int = 0  # entries of the last parsed document
    links_shared: bool = False  # this feed gives one link to several entries: links are no identity
    shared_guids: frozenset[bytes] = frozenset()  # GUID digests once given to several entries
    moved_url: str | None = None  # where a wholly permanent redirect chain led
    moved_since: datetime | None = None
    moved_polls: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A URL we poll, with its polling memory."""

    id: int
    name: str
    url: str
    title: str = ""
    link: str | None = None
    origin: Origin = Origin.ADMIN
    state: FeedState = FeedState.ACTIVE
    state_reason: str | None = None
    every: timedelta | None = None  # None: the configuration's default
    start: int | None = 0  # newest N of the first poll are published; 0: none; None: all
    next_poll_at: datetime
    created_at: datetime
    memory: PollMemory = PollMemory()


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One of several names a story is known by."""

    kind: KeyKind
    digest: bytes  # 16 bytes

    def __hash__(self) -> int:
        """Hash by the digest alone: it is one already, and every poll looks up hundreds."""
        return hash(self.digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownKey:
    """What the store knows under a key; `story` is None for entries of the baseline."""

    story: int | None
    fingerprint: bytes | None  # of the story's text when last seen
    seen_at: datetime  # last refreshed


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStory:
    """An entry accepted as new, with every name it will be known by."""

    entry: Entry
    keys: tuple[Key, ...]
    fingerprint: bytes
    found_by: KeyKind  # the strongest key, none of whose kind was known: why it is new
    language: str | None = None
    hold: str | None = None  # the guard's reason; its deliveries are inserted `held`


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenKeys:
    """Keys to remember without a story of their own: the baseline, a guard's catch, new aliases.

    `story` is the known story whose aliases these are, else None.
    """

    keys: tuple[Key, ...]
    story: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A known story whose text changed; readers see nothing of it yet."""

    story: int
    fingerprint: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PollRecord:
    """One poll of one feed and all that it changes."""

    feed: int
    next_poll_at: datetime
    next_poll_why: str  # "interval", "backoff", "max-age", "Retry-After" …
    memory: PollMemory
    polled_url: str | None = None  # what was asked; a feed given another URL since records nothing
    state: FeedState = FeedState.ACTIVE
    state_reason: str | None = None
    url: str | None = None  # the new URL, when a permanent redirect was adopted
    title: str | None = None  # None: leave as it is
    link: str | None = None
    stories: tuple[NewStory, ...] = ()  # oldest first
    seen: tuple[SeenKeys, ...] = ()
    edits: tuple[Edit, ...] = ()
