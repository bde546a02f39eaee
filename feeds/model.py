"""The nouns of the house as frozen values; their words are those of the map and of the tables.

Instants end in `_at`, are aware and in UTC; spans are timedelta. Ids are the store's integers;
`story_id` and `webhook_id` are the random public ones, made when the row is inserted.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

# ── closed sets, stored as their values and CHECKed by the tables ────────────────────────────────


class Origin(StrEnum):
    """Who owns a feed, destination or route: the configuration file, or an admin's command."""

    FILE = "file"
    ADMIN = "admin"


class FeedState(StrEnum):
    """Whether a feed is polled."""

    ACTIVE = "active"
    PAUSED = "paused"  # by an admin, or no longer in the file
    GONE = "gone"  # the publisher answered 410 twice, at least 24 h apart


class DestinationState(StrEnum):
    """Whether a destination is served; what waits for it waits on in every state."""

    OPEN = "open"
    PARKED = "parked"  # it refused us; its settings stay
    PAUSED = "paused"  # by an admin


class DeliveryState(StrEnum):
    """Where a delivery is; each of HELD, FAILED, DROPPED and IN_DOUBT carries a reason."""

    WAITING = "waiting"
    HELD = "held"
    SENDING = "sending"
    SENT = "sent"
    IN_DOUBT = "in_doubt"
    FAILED = "failed"
    DROPPED = "dropped"


class InDoubtPolicy(StrEnum):
    """What to do with a delivery whose answer was not heard and which cannot be repeated."""

    HOLD = "hold"
    RESEND_IF_ABSENT = "resend_if_absent"
    RESEND = "resend"


class KeyKind(IntEnum):
    """The kinds of names a story is known by (research: feeds §2.1)."""

    GUID = 1  # the guid as written, trimmed, unresolved
    BARE_GUID = 2  # without scheme, `www.` and trailing slash
    LINK = 3  # canonical: lower-case host, no tracking parameters
    TITLE_DAY = 4  # normalised title + day of publication
    TITLE = 5  # normalised title alone: evidence for the re-key guard, never an identity
    GUID_AND_LINK = 6  # for guids that one document gave to several entries


PUBLISHED = "published"  # the first occasion of a story; others: "updated:N", "retracted", "test"


# ── what a document says ─────────────────────────────────────────────────────────────────────────


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


# ── feeds and what polling remembers ─────────────────────────────────────────────────────────────


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


# ── stories, destinations, routes, deliveries ────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An entry accepted as new, stored."""

    id: int
    story_id: str  # public: "sty_" + 22 base62 characters
    feed: int
    title: str
    link: str | None
    summary: str
    author: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    image: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None
    found_by: KeyKind = KeyKind.GUID
    accepted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DestinationOptions:
    """What may be set for one destination; None means the configuration's default."""

    language: str | None = None
    in_doubt: InDoubtPolicy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A place to publish: kind + canonical address, unique per kind."""

    id: int
    name: str
    kind: str
    address: str  # canonical once `resolved`; as typed before
    title: str = ""  # what the other side calls itself: the chat's title
    resolved: bool = True
    origin: Origin = Origin.ADMIN
    state: DestinationState = DestinationState.OPEN
    state_reason: str | None = None
    secret: str | None = field(default=None, repr=False)
    options: DestinationOptions = DestinationOptions()
    not_before: datetime | None = None  # nothing may be sent earlier: a 429, a failing endpoint
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteOptions:
    """How a feed's stories look at one destination."""

    silent: bool = False
    preview: bool = True
    summary_max: int = 400  # UTF-16 units, 0 to 3000; 0: headline and link only


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """feed → destination; one live route per pair."""

    id: int
    feed: int
    destination: int
    origin: Origin = Origin.ADMIN
    options: RouteOptions = RouteOptions()
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One story, on one occasion, for one destination: a row of the outbox."""

    id: int
    webhook_id: str  # public, stable over every attempt: "msg_" + 22 base62 characters
    destination: int
    story: int | None  # None: a test delivery
    occasion: str = PUBLISHED
    state: DeliveryState = DeliveryState.WAITING
    reason: str | None = None
    seq: int
    attempts: int = 0  # those that count: a 429 does not
    plain: bool = False  # refused as malformed once: title and link only from now on
    body: bytes | None = None  # frozen at the first attempt; the same bytes ever after
    message_id: str | None = None
    due_at: datetime
    created_at: datetime
    sent_at: datetime | None = None


# ── the outbox at work ───────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a reader is told of a feed."""

    id: int
    name: str
    title: str
    url: str
    link: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A delivery with all it takes to render it; `story` and `source` are None for a test."""

    delivery: Delivery
    story: Story | None
    source: Source | None
    options: RouteOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A destination claimed under a lease, with the head of its queue in `seq` order."""

    destination: Destination
    epoch: int  # the fencing token: every write of this claim names it
    lease_until: datetime
    parcels: tuple[Parcel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What a scope (a chat, a bot token, an endpoint) has used up, as stored.

    `recent` are the instants of the last sends, oldest first, at most 64.
    """

    scope: str  # "telegram:bot:123", "telegram:chat:-100…", "webhook:7"
    recent: tuple[datetime, ...] = ()
    not_before: datetime | None = None
    reason: str | None = None  # why `not_before`: "429", "401 Unauthorized"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """The wish to send one delivery now; committed before the first byte may leave."""

    delivery: int
    destination: int
    epoch: int
    body: bytes
    at: datetime
    paces: tuple[Pace, ...] = ()  # as they are once this send is counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try at a delivery and its outcome; kept, so that "why?" can be answered."""

    delivery: int
    number: int
    started_at: datetime
    ended_at: datetime | None = None  # None: begun, and no outcome was ever written
    outcome: str | None = None  # "sent", "retry_later", "rejected", "gone", "moved", "in_doubt"
    status: int | None = None  # HTTP or Bot API status
    detail: str = ""  # at most 2,000 characters, no secret
    wait: timedelta | None = None  # until the next try


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What became of an attempt, and what it means for the delivery and its destination."""

    delivery: int
    destination: int
    epoch: int
    attempt: Attempt  # its `number` is filled in by the store
    state: DeliveryState
    reason: str | None = None
    due_at: datetime | None = None  # for WAITING
    counts: bool = True  # False: this attempt burns none (a 429, a 401)
    plain: bool = False  # from now on in plain form; the frozen body is dropped
    overtakable: bool = False  # WAITING for a reason of this story alone: those behind may pass
    message_id: str | None = None
    park: str | None = None  # the reason to park the destination
    address: str | None = None  # the destination's new canonical address (Moved)
    not_before: datetime | None = None  # for the destination's whole lane
    paces: tuple[Pace, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneRelease:
    """A lane given back; `not_before` says when a look at it is worth while again."""

    destination: int
    epoch: int
    not_before: datetime | None = None


# ── declared by the configuration file ───────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredFeed:
    """A [[feed]] of the file."""

    name: str
    url: str
    every: timedelta | None = None
    start: int | None = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredDestination:
    """A [[destination]] of the file; `address` is as written, canonical in form where it can be."""

    name: str
    kind: str
    address: str
    secret: str | None = field(default=None, repr=False)
    options: DestinationOptions = DestinationOptions()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredRoute:
    """One feed → destination pair of a [[route]]."""

    feed: str
    destination: str
    options: RouteOptions = RouteOptions()


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """All that the configuration file declares."""

    feeds: tuple[DeclaredFeed, ...] = ()
    destinations: tuple[DeclaredDestination, ...] = ()
    routes: tuple[DeclaredRoute, ...] = ()
