"""What listings say of each thing: a flat object with the keys that programs rely on."""

from dataclasses import asdict
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from bot.adapters import shown
from bot.cli.show import moment
from config.units import format_duration
from feeds.model import WEBHOOK, DestinationState, Layout, RouteOptions
from feeds.store.rows import (
    Burst,
    DeliveryRow,
    DeliveryStory,
    DestinationRow,
    FeedRow,
    RouteRow,
    Status,
)

if TYPE_CHECKING:
    from feeds.catalog import TriedStory

TEMPLATE_SHOWN = 40  # characters, in a table

Object = dict[str, object]


def feed_row(row: FeedRow, usual: timedelta) -> Object:
    """Say a feed; `usual` is the interval of those without their own."""
    feed, memory = row.feed, row.feed.memory
    return {
        "id": feed.id,
        "name": feed.name,
        "url": feed.url,
        "title": feed.title,
        "state": feed.state,
        "state_reason": feed.state_reason,
        "every": format_duration(feed.every or usual),
        "start": "all" if feed.start is None else feed.start or "new",
        "origin": feed.origin,
        "destinations": list(row.destinations),
        "next_poll_at": feed.next_poll_at,
        "next_poll_why": row.next_poll_why,
        "last_poll_at": memory.last_poll_at,
        "last_success_at": memory.last_success_at,
        "last_status": memory.last_status,
        "last_error": memory.last_error,
        "failures": memory.failures,
    }


def destination_row(row: DestinationRow) -> Object:
    """Say a destination, its secret left out."""
    place = row.destination
    return {
        "id": place.id,
        "name": place.name,
        "kind": place.kind,
        "address": shown(place.kind, place.address),
        "title": place.title,
        "resolved": place.resolved,
        "state": place.state,
        "state_reason": place.state_reason,
        "waiting": row.waiting,
        "in_doubt": row.in_doubt,
        "origin": place.origin,
        "language": place.options.language,
        "in_doubt_policy": place.options.in_doubt,
        "headers": [name for name, _ in place.options.headers],
        "events": list(place.options.events) if place.kind == WEBHOOK else [],
        "format": place.options.format if place.kind == WEBHOOK else None,
        "old_secret_until": place.old_secret_until,
        "max_age": format_duration(place.options.max_age) if place.options.max_age else None,
        "backlog": str(place.options.backlog) if place.options.backlog else None,
        "max_per_second": place.options.max_per_second,
        "not_before": place.not_before,
        "failing_since": place.failing.since if place.failing else None,
        "failures": place.failing.failures if place.failing else 0,
        "last_answer": place.failing.answer if place.failing else None,
        "next_try_at": row.next_at if place.state is DestinationState.OPEN else None,
    }


def destination_seen(row: DestinationRow, zone: tzinfo) -> Object:
    """Say a destination to people: of one that is open and fails, since when, and what is next."""
    said, failing = destination_row(row), row.destination.failing
    if failing is None or row.destination.state is not DestinationState.OPEN:
        return said
    since, again = moment(failing.since, zone), moment(row.next_at, zone)
    why = f"failing since {since}, next try {again}; the last: {failing.answer}"
    return said | {"state_reason": why}


def route_row(row: RouteRow) -> Object:
    """Say a route, its ends by name."""
    route = row.route
    return {
        "id": route.id,
        "feed": row.feed,
        "destination": row.destination,
        "origin": route.origin,
        **asdict(route.options),
    }


def route_seen(row: RouteRow) -> Object:
    """Say a route to people, in a table: its filter and its looks on a line each."""
    options = row.route.options
    hashtags = [f"#{tag}" for tag in options.hashtags]
    return route_row(row) | {
        "filter": "; ".join(options.filter) or None,
        "looks": _looks(options),
        "hashtags": " ".join(hashtags + ["+ tags"] * options.hashtags_from_tags) or None,
    }


def route_card(row: RouteRow) -> Object:
    """Say all of a route to people: each rule, each line of its template on a line of its own."""
    options = row.route.options
    said = {"filter": "\n".join(options.filter), "hashtags": list(options.hashtags)}
    return route_row(row) | said


def _looks(options: RouteOptions) -> str:
    """Say in a few words how stories look there, and what is not as usual."""
    usual = RouteOptions()
    if options.template:
        told = " ".join(options.template.split())
        looks = f"“{told if len(told) <= TEMPLATE_SHOWN else told[: TEMPLATE_SHOWN - 1] + '…'}”"
    elif options.layout is Layout.TITLE:
        looks = "title alone"
    elif options.summary_max == usual.summary_max:
        looks = "card"
    else:
        looks = f"card, summary {options.summary_max}" if options.summary_max else "no summary"
    unusual = {
        "no source": not options.source,
        "no time": not options.time,
        "silent": options.silent,
        "no preview": not options.preview,
        f"in {options.language}": options.language is not None,
    }
    return ", ".join([looks, *(what for what, is_so in unusual.items() if is_so)])


def tried_row(tried: "TriedStory") -> Object:
    """Say what would become of a story."""
    return {
        "fate": "dropped" if tried.drop else "kept",
        "title": tried.story.title,
        "url": tried.story.link,
        "reason": tried.drop,
    }


def delivery_row(row: DeliveryRow) -> Object:
    """Say a delivery."""
    return asdict(row)


def delivery_seen(row: DeliveryRow) -> Object:
    """Say a delivery to people, who see no title of a roll-up but how many go out in it."""
    said = delivery_row(row)
    return said | {"title": f"({row.members} stories in one)"} if row.members else said


def burst_row(row: Burst) -> Object:
    """Say a burst."""
    return asdict(row)


def delivery_story_object(found: DeliveryStory) -> Object:
    """Say all that is known of a delivery; the body as text."""
    delivery = asdict(found.delivery)
    body = delivery.pop("body")
    return {
        **delivery,
        "body": body.decode(errors="replace") if body is not None else None,
        "story": asdict(found.story) if found.story else None,
        "feed": asdict(found.source) if found.source else None,
        "destination": found.destination.name,
        "goes_out_with": found.goes_out_with,
        "members": [member.id for member in found.members],
        "members_total": found.members_total,
        "attempts_made": [
            asdict(attempt) | {"wait": attempt.wait.total_seconds() if attempt.wait else None}
            for attempt in found.attempts
        ],
        "route": asdict(found.route.options) if found.route else None,
        "evidence": [asdict(look) for look in found.evidence],
        "ahead": asdict(found.ahead) if found.ahead else None,
    }


def status_object(status: Status, now: datetime) -> Object:
    """Say how things stand, in the keys of the contract."""
    oldest = status.oldest_waiting_at
    return {
        "feeds": status.feeds,
        "feeds_failing": status.feeds_failing,
        "destinations": status.destinations,
        "destinations_closed": status.destinations_closed,
        "destinations_failing": status.destinations_failing,
        "deliveries": {str(state): count for state, count in status.deliveries.items()},
        "oldest_waiting_s": int((now - oldest).total_seconds()) if oldest else None,
        "last_poll_at": status.last_poll_at,
        "last_sent_at": status.last_sent_at,
        "closed": [
            {"scope": pace.scope, "until": pace.not_before, "reason": pace.reason}
            for pace in status.closed
        ],
        "outages": [
            {**notice.incident.details, "since": notice.begun_at} for notice in status.outages
        ],
        "resent_in_doubt": status.resent,
    }
