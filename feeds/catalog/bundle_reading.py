"""PURE: a file of everything that can be set, read item by item.

What a foreign hand wrote is checked field by field; one bad item spoils no other.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from feeds.catalog.bundle import (
    FORMAT,
    KEY,
    Bundle,
    BundledDestination,
    BundledFeed,
    BundledRoute,
    BundleFault,
    Part,
)
from feeds.catalog.bundle_texts import check_text
from feeds.catalog.changes import DestinationChanges
from feeds.catalog.route_changes import RouteChanges
from feeds.errors import BadRequest
from feeds.headers import checked_headers
from feeds.model import DestinationOptions, Headers, RouteOptions
from feeds.opml import FILE_BYTES_MAX
from feeds.webhook_secrets import checked_secret

SECONDS_MAX = 30 * 86_400
AGE_SECONDS_MAX = 365 * 86_400

Scalar = TypeVar("Scalar", str, int, bool)
Item = TypeVar("Item")


def read_bundle(data: bytes) -> Bundle:
    """Read a file; raises BadRequest if it is none of ours, notes which single items are wrong."""
    document = _document(data)
    feeds, bad_feeds = _items(document, "feed", _feed_in)
    destinations, bad_destinations = _items(document, "destination", _destination_in)
    routes, bad_routes = _items(document, "route", _route_in)
    return Bundle(
        feeds=feeds,
        destinations=destinations,
        routes=routes,
        faults=(*bad_feeds, *bad_destinations, *bad_routes),
    )


def _document(data: bytes) -> dict[str, Any]:
    if len(data) > FILE_BYTES_MAX:
        megabytes = FILE_BYTES_MAX // 1_000_000
        raise BadRequest(
            f"The file is larger than {megabytes} MB.", "error.opml.large", megabytes=megabytes
        )
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"The file is not JSON: {error}.", "error.bundle.broken") from error
    if not isinstance(document, dict) or KEY not in document:
        raise BadRequest(
            "The file is JSON, but not what berita export writes.", "error.bundle.foreign"
        )
    if document[KEY] != FORMAT:
        raise BadRequest(
            f"The file is of format {document[KEY]!r}, and this Berita reads {FORMAT}: use the"
            " Berita that wrote it, or a newer one.",
            "error.bundle.newer",
        )
    return document


def _items(
    document: dict[str, Any], what: Part, read: Callable[[dict[str, Any]], Item]
) -> tuple[tuple[Item, ...], tuple[BundleFault, ...]]:
    listed = document.get(f"{what}s", [])
    if not isinstance(listed, list):
        raise BadRequest(
            f"The {what}s of the file are no list: berita export writes one.",
            "error.bundle.foreign",
        )
    items: list[Item] = []
    faults: list[BundleFault] = []
    for number, raw in enumerate(listed, 1):
        try:
            if not isinstance(raw, dict):
                raise BadRequest("is no object", "error.item.shape")  # noqa: TRY301  # told like any other fault of it
            items.append(read(raw))
        except BadRequest as error:
            faults.append(BundleFault(what=what, number=number, name=_name_in(raw), error=error))
    return tuple(items), tuple(faults)


def _name_in(raw: object) -> str:
    """Read what a bad item calls itself, for its routes' sake; empty: nothing of use."""
    try:
        return (isinstance(raw, dict) and _optional(raw, "name", str)) or ""
    except BadRequest:
        return ""


def _feed_in(raw: dict[str, Any]) -> BundledFeed:
    seconds = _optional(raw, "every_seconds", int)
    if seconds is not None and not 1 <= seconds <= SECONDS_MAX:
        raise _out_of_bounds("every_seconds")
    return BundledFeed(
        url=_needed(raw, "url"),
        name=_optional(raw, "name", str),
        title=_optional(raw, "title", str) or "",
        every=None if seconds is None else timedelta(seconds=seconds),
        start=_optional(raw, "start", int) if "start" in raw else 0,
        paused=_optional(raw, "paused", bool) or False,
    )


def _destination_in(raw: dict[str, Any]) -> BundledDestination:
    age = _optional(raw, "max_age_seconds", int)
    if age is not None and not 0 < age <= AGE_SECONDS_MAX:
        raise _out_of_bounds("max_age_seconds")
    secret = _optional(raw, "secret", str)
    chosen = DestinationChanges(
        language=_optional(raw, "language", str),
        in_doubt=_optional(raw, "in_doubt", str),
        headers=_headers(raw),
        events=_texts(raw, "events"),
        format=_optional(raw, "format", str),
        max_age=None if age is None else timedelta(seconds=age),
        backlog=_optional(raw, "backlog", str),
        max_per_second=_optional(raw, "max_per_second", int),
    )
    return BundledDestination(
        name=_needed(raw, "name"),
        kind=_needed(raw, "kind"),
        address=_optional(raw, "address", str),
        title=_optional(raw, "title", str) or "",
        resolved=_optional(raw, "resolved", bool) or False,
        paused=_optional(raw, "paused", bool) or False,
        secret=None if secret is None else checked_secret(secret),
        options=chosen.options(DestinationOptions()),
    )


def _route_in(raw: dict[str, Any]) -> BundledRoute:
    chosen = RouteChanges(
        silent=_optional(raw, "silent", bool),
        preview=_optional(raw, "preview", bool),
        summary_max=_optional(raw, "summary_max", int),
        layout=_optional(raw, "layout", str),
        source=_optional(raw, "source", bool),
        time=_optional(raw, "time", bool),
        hashtags=_texts(raw, "hashtags"),
        hashtags_from_tags=_optional(raw, "hashtags_from_tags", bool),
        language=_optional(raw, "language", str),
        filter=_texts(raw, "filter"),
        template=_optional(raw, "template", str),
    )
    return BundledRoute(
        feed=_needed(raw, "feed"),
        destination=_needed(raw, "destination"),
        options=chosen.options(RouteOptions()),
    )


def _needed(raw: dict[str, Any], key: str) -> str:
    value = _optional(raw, key, str)
    if value is None:
        raise BadRequest(f"has no {key}", "error.item.missing", field=key)
    return value


def _out_of_bounds(key: str) -> BadRequest:
    return BadRequest(f"{key} is out of bounds", "error.item.bounds", field=key)


def _optional(raw: dict[str, Any], key: str, kind: type[Scalar]) -> Scalar | None:
    value = raw.get(key)
    if value is None:
        return None
    if type(value) is not kind:  # exactly: True is no number
        raise BadRequest(
            f"{key} is {type(value).__name__}, not {kind.__name__}", "error.item.sort", field=key
        )
    if isinstance(value, str):
        check_text(value, key)
    return value


def _headers(raw: dict[str, Any]) -> Headers:
    headers = raw.get("headers") or {}
    if not isinstance(headers, dict) or not all(isinstance(each, str) for each in headers.values()):
        raise BadRequest("headers is no object of texts", "error.item.headers")
    for name, each in headers.items():
        check_text(name + each, "headers")
    return checked_headers(headers.items())


def _texts(raw: dict[str, Any], key: str) -> tuple[str, ...]:
    texts = raw.get(key) or []
    if not isinstance(texts, list) or not all(isinstance(each, str) for each in texts):
        raise BadRequest(f"{key} is no list of texts", "error.item.texts", field=key)
    for each in texts:
        check_text(each, key)
    return tuple(texts)
