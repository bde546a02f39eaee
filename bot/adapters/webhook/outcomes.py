"""PURE: what an endpoint's answer, or its silence, means for the delivery and its lane."""

import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

from bot.adapter import DETAIL_MAX, Gone, Outcome, Rejected, RetryLater, Sent
from bot.adapters.webhook.secrecy import without
from feeds.errors import VEILED, WebError, WebErrorKind
from feeds.ports import WebResponse

RETRY_AFTER_MAX: Final = timedelta(hours=24)
PATIENCE_LEAST: Final = timedelta(seconds=60)  # after a 429 or a timeout (Svix does the same)

# They speak of this one body; the others speak of the endpoint, and everything behind waits.
_THIS_STORY_ALONE = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY})


def judge_answer(response: WebResponse, *, now: datetime, secrets: Sequence[str]) -> Outcome:
    """Turn an answer into an outcome; its body is kept as evidence, its headers never."""
    status = response.status
    detail = evidence(response.body, secrets)
    reason = f"the endpoint answered {phrase(status)}"
    if 200 <= status < 300:  # noqa: PLR2004  # the class of success
        return Sent(status=status, detail=detail)
    if status == HTTPStatus.GONE:
        return Gone(reason=f"{reason}: it wants no more", status=status, detail=detail)
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return Rejected(reason=reason, status=status, detail=detail)
    if 300 <= status < 400:  # noqa: PLR2004  # the class of redirects
        reason = f"{reason}: redirects are not followed; set the address to where it leads"
    after = asked_for(response.headers.get("retry-after"), now)
    throttled = status == HTTPStatus.TOO_MANY_REQUESTS
    return RetryLater(
        reason=reason,
        after=max(after or PATIENCE_LEAST, PATIENCE_LEAST) if throttled else after,
        counts=not throttled,
        lane=status not in _THIS_STORY_ALONE,
        status=status,
        detail=detail,
    )


def judge_silence(error: WebError) -> Outcome:
    """Turn an exchange that failed into an outcome; a repeat is known by its `webhook-id`."""
    return RetryLater(reason=str(error), after=PATIENCE_LEAST if _may_be_late(error) else None)


def _may_be_late(error: WebError) -> bool:
    """Tell whether the endpoint may still be at work on what it was sent.

    Of all that may lie within a private network the same is thought: when the next try comes must
    not tell a closed port from a slow one either.
    """
    return error.kind is WebErrorKind.TIMED_OUT or error.key == VEILED


def asked_for(header: str | None, now: datetime) -> timedelta | None:
    """Read Retry-After, seconds or a date (RFC 9110 §10.2.3); None if it says nothing sensible."""
    if header is None:
        return None
    header = header.strip()
    if header.isascii() and header.isdigit():
        wait = timedelta(seconds=min(int(header[:9]), RETRY_AFTER_MAX.total_seconds()))
    else:
        try:
            at = parsedate_to_datetime(header)
            wait = (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
        except (ValueError, OverflowError):  # no date, or one that no calendar holds
            return None
    return min(max(wait, timedelta(0)), RETRY_AFTER_MAX)


def phrase(status: int) -> str:
    """Name a status by its number and its words."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def evidence(body: bytes, secrets: Sequence[str]) -> str:
    """Keep what an endpoint said, but for secrets: it may echo what it knows."""
    if not body:
        return ""
    text = without(body[:DETAIL_MAX].decode("utf-8", "replace"), secrets)
    seen = (c if unicodedata.category(c) not in ("Cc", "Cf") else " " for c in text)
    return " ".join("".join(seen).split())
