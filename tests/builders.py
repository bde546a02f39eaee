"""Situations' building stones: each noun with sensible defaults, overridden by name."""

from datetime import UTC, datetime
from typing import Any

from feeds.model import (
    Delivery,
    Destination,
    Entry,
    Feed,
    Parcel,
    Route,
    RouteOptions,
    Source,
    Story,
)

NOON = datetime(2023, 9, 13, 12, 0, tzinfo=UTC)  # the day Kim met Putin, 19:00 in Jakarta


def a_feed(**changes: Any) -> Feed:
    return Feed(
        **{
            "id": 1,
            "name": "daily-berita",
            "url": "https://berita.example/feed/",
            "title": "Daily Berita",
            "link": "https://berita.example/",
            "next_poll_at": NOON,
            "created_at": NOON,
        }
        | changes
    )


def an_entry(**changes: Any) -> Entry:
    return Entry(
        **{
            "guid": "https://berita.example/?p=1",
            "link": "https://berita.example/kim-putin/",
            "title": "Kim Jong Un Janji Dukung Penuh Putin",
            "summary": "Keduanya bertemu di pusat antariksa di Timur Jauh Rusia.",
            "published_at": NOON,
        }
        | changes
    )


def a_story(**changes: Any) -> Story:
    return Story(
        **{
            "id": 1,
            "story_id": "sty_0000000000000000000001",
            "feed": 1,
            "title": "Kim Jong Un Janji Dukung Penuh Putin",
            "link": "https://berita.example/kim-putin/",
            "summary": "Keduanya bertemu di pusat antariksa di Timur Jauh Rusia.",
            "published_at": datetime(2023, 9, 13, 10, 5, tzinfo=UTC),
            "accepted_at": NOON,
        }
        | changes
    )


def a_source(**changes: Any) -> Source:
    return Source(
        **{
            "id": 1,
            "name": "daily-berita",
            "title": "Daily Berita",
            "url": "https://berita.example/feed/",
            "link": "https://berita.example/",
        }
        | changes
    )


def a_destination(**changes: Any) -> Destination:
    return Destination(
        **{
            "id": 1,
            "name": "partner",
            "kind": "webhook",
            "address": "https://partner.example/hook",
            "created_at": NOON,
        }
        | changes
    )


def a_route(**changes: Any) -> Route:
    return Route(**{"id": 1, "feed": 1, "destination": 1, "created_at": NOON} | changes)


def a_delivery(**changes: Any) -> Delivery:
    return Delivery(
        **{
            "id": 1,
            "webhook_id": "msg_0000000000000000000001",
            "destination": 1,
            "story": 1,
            "seq": 1,
            "due_at": NOON,
            "created_at": NOON,
        }
        | changes
    )


def a_parcel(**changes: Any) -> Parcel:
    return Parcel(
        **{
            "delivery": a_delivery(),
            "story": a_story(),
            "source": a_source(),
            "options": RouteOptions(),
        }
        | changes
    )


def an_event_parcel(occasion: str, **details: Any) -> Parcel:
    """A delivery of an event that is no story's."""
    delivery = a_delivery(story=None, occasion=occasion, details=details)
    return Parcel(delivery=delivery, story=None, source=None, options=RouteOptions())


def a_rolled_up_parcel(stories: int = 3, **changes: Any) -> Parcel:
    """A delivery in which several stories go out at once, the newest first."""
    members = tuple(
        a_story(id=number, title=f"Berita {number}", link=f"https://berita.example/{number}/")
        for number in range(stories, 0, -1)
    )
    return Parcel(
        **{
            "delivery": a_delivery(story=None, occasion="roll_up:7", seq=7),
            "story": None,
            "source": None,
            "options": RouteOptions(),
            "members": members,
            "members_total": stories,
            "sources": (a_source(),),
        }
        | changes
    )


def a_test_parcel(**changes: Any) -> Parcel:
    """A delivery that an admin asked for to see whether the destination works."""
    delivery = a_delivery(story=None, occasion="test:1")
    return Parcel(
        **{"delivery": delivery, "story": None, "source": None, "options": RouteOptions()} | changes
    )
