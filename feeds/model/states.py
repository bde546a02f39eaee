"""The closed sets: each is stored as its value and CHECKed by the tables."""

from enum import IntEnum, StrEnum


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


class Finding(StrEnum):
    """What a look after a post in doubt came to."""

    FOUND = "found"  # a positive proof: it is there
    ABSENT = "absent"  # every place where it could be was seen, and it is not there
    UNKNOWN = "unknown"  # nothing can be said


class Told(StrEnum):
    """Which half of an incident an admin was told of."""

    BEGUN = "begun"
    OVER = "over"


class NoticeKind(StrEnum):
    """What admins are told of, once each."""

    IN_DOUBT = "in_doubt"  # a post may or may not have arrived: somebody must decide
    PARKED = "parked"  # a destination refused us
    OUTAGE = "outage"  # a service could not be used for a while
    HELD = "held"  # a burst waits for a word
    FEED_FAILING = "feed_failing"  # a feed fails for long, or is gone
    TEMPLATE_BROKEN = "template_broken"  # a route's template cannot tell a story
    ENDPOINT_FAILING = "endpoint_failing"  # one takes nothing for days, and will be disabled


class Event(StrEnum):
    """What a webhook may ask to be told of; a breaking change to one is a new one."""

    STORY_PUBLISHED = "story.published"
    ENDPOINT_DISABLED = "endpoint.disabled"  # a destination refused us
    FEED_FAILING = "feed.failing"


class EventFormat(StrEnum):
    """How an event is written for a webhook."""

    STANDARD = "standard"  # Standard Webhooks 1.0: type, timestamp, data
    CLOUDEVENTS = "cloudevents"  # CloudEvents 1.0, structured; signed the same


class Layout(StrEnum):
    """What is told of a story at one destination."""

    CARD = "card"  # headline, lead, source and time
    TITLE = "title"  # the headline and its link alone


class Ended(StrEnum):
    """How an incident came to its end."""

    FOUND = "found"  # a proof was found: the post in doubt is there
    RESENT = "resent"  # a look showed that it may go out again
    CONFIRMED = "confirmed"  # by an admin: it is there
    RETRIED = "retried"  # by an admin: send it
    DROPPED = "dropped"  # by an admin: never send it
    RESUMED = "resumed"  # by an admin: serve it again
    LET_IN = "let_in"  # whoever had refused us lets us in again
    REMOVED = "removed"  # there is no such destination any more
    PUBLISHED = "published"  # by an admin: what was held goes out
    SKIPPED = "skipped"  # by an admin: what was held is dropped
    ROLLED_UP = "rolled_up"  # by an admin: what was held goes out in one
    RECOVERED = "recovered"  # an endpoint takes again what is sent to it
    DISABLED = "disabled"  # it did not for so long that nothing is sent there any more


class KeyKind(IntEnum):
    """The kinds of names a story is known by (research: feeds §2.1)."""

    GUID = 1  # the guid as written, trimmed, unresolved
    BARE_GUID = 2  # without scheme, `www.` and trailing slash
    LINK = 3  # canonical: lower-case host, no tracking parameters
    TITLE_DAY = 4  # normalised title + day of publication
    TITLE = 5  # normalised title alone: evidence for the re-key guard, never an identity
    GUID_AND_LINK = 6  # for guids that one document gave to several entries


ENDPOINTS = ("webhook", "discord", "slack", "mattermost")  # kinds that are somebody's server
WEBHOOK = "webhook"  # the one kind that is signed for, and that takes headers, events and formats
PUBLISHED = "published"  # the first occasion of a story; others: "updated:N", "retracted", "test"
ROLL_UP = "roll_up"  # "roll_up:SEQ": the occasion of a delivery that others go out in
