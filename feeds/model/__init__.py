"""The nouns of the house as frozen values; their words are those of the map and of the tables.

Instants end in `_at`, are aware and in UTC; spans are timedelta. Ids are the store's integers;
`story_id` and `webhook_id` are the random public ones, made when the row is inserted. Everyone
imports them from here; the files part them by where they come up. Imports the standard library.
"""

from feeds.model.backlog import Backlog, BacklogPolicy
from feeds.model.declared import Declared, DeclaredDestination, DeclaredFeed, DeclaredRoute
from feeds.model.documents import Document, Entry
from feeds.model.doubts import Doubt, Evidence, Sighting, Verdict
from feeds.model.notices import Admin, Ending, Incident, Notice, Telling
from feeds.model.outbox import Attempt, Intent, Lane, LaneRelease, Pace, Parcel, Settlement, Source
from feeds.model.polling import (
    FAILING_AFTER,
    Edit,
    Feed,
    Key,
    KnownKey,
    NewStory,
    PollMemory,
    PollRecord,
    SeenKeys,
    Validators,
)
from feeds.model.states import (
    PUBLISHED,
    ROLL_UP,
    WEBHOOK,
    DeliveryState,
    DestinationState,
    Ended,
    Event,
    EventFormat,
    FeedState,
    Finding,
    InDoubtPolicy,
    KeyKind,
    Layout,
    NoticeKind,
    Origin,
    Told,
)
from feeds.model.stories import (
    Delivery,
    Destination,
    DestinationOptions,
    Headers,
    Route,
    RouteOptions,
    Story,
)

__all__ = [
    "FAILING_AFTER",
    "PUBLISHED",
    "ROLL_UP",
    "WEBHOOK",
    "Admin",
    "Attempt",
    "Backlog",
    "BacklogPolicy",
    "Declared",
    "DeclaredDestination",
    "DeclaredFeed",
    "DeclaredRoute",
    "Delivery",
    "DeliveryState",
    "Destination",
    "DestinationOptions",
    "DestinationState",
    "Document",
    "Doubt",
    "Edit",
    "Ended",
    "Ending",
    "Entry",
    "Event",
    "EventFormat",
    "Evidence",
    "Feed",
    "FeedState",
    "Finding",
    "Headers",
    "InDoubtPolicy",
    "Incident",
    "Intent",
    "Key",
    "KeyKind",
    "KnownKey",
    "Lane",
    "LaneRelease",
    "Layout",
    "NewStory",
    "Notice",
    "NoticeKind",
    "Origin",
    "Pace",
    "Parcel",
    "PollMemory",
    "PollRecord",
    "Route",
    "RouteOptions",
    "SeenKeys",
    "Settlement",
    "Sighting",
    "Source",
    "Story",
    "Telling",
    "Told",
    "Validators",
    "Verdict",
]
