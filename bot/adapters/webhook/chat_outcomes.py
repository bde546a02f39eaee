"""PURE: what a chat's answer means where it says nothing of its own; nothing is simply repeated.

A post has no id that the chat would know again: whatever may have been taken is in doubt.
"""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from bot.adapter import Gone, InDoubt, Outcome, Rejected, RetryLater
from bot.adapters.webhook.outcomes import PATIENCE_LEAST, asked_for, phrase
from feeds.errors import WebError
from feeds.ports import WebResponse

_ELSEWHERE_WAIT: Final = timedelta(minutes=10)  # a 401, 403 or 404 that is not the chat's own
# The request was not handled: it came too slowly, too early, or while the service was closed.
_NOT_HANDLED = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.SERVICE_UNAVAILABLE}
)
_MALFORMED = frozenset(
    {
        *(HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)


def judge_silence(error: WebError) -> Outcome:
    """Turn an exchange that failed into an outcome: if bytes left, it may have been posted."""
    if error.request_left:
        return InDoubt(reason=f"no answer heard: {error}")
    return RetryLater(reason=str(error))


def judge_refusal(response: WebResponse, *, now: datetime, detail: str) -> Outcome:
    """Judge what is no success, and does not say in the chat's own words that the hook is gone."""
    status = response.status
    reason = f"the chat answered {phrase(status)}"
    after = asked_for(response.headers.get("retry-after"), now)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return too_many(PATIENCE_LEAST if after is None else after, detail=detail)
    if status in _NOT_HANDLED:
        return RetryLater(reason=reason, after=after, status=status, detail=detail)
    if status in _MALFORMED:
        return Rejected(reason=reason, malformed=True, status=status, detail=detail)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return InDoubt(reason=reason, status=status, detail=detail)
    if status < HTTPStatus.BAD_REQUEST:
        reason = f"{reason}: redirects are not followed; add the address it leads to"
    return RetryLater(reason=reason, after=_ELSEWHERE_WAIT, status=status, detail=detail)


def too_many(after: timedelta, *, detail: str, scope: str | None = None) -> RetryLater:
    """Wait as long as the chat asks; it burns no attempt."""
    return RetryLater(
        reason=f"429 Too Many Requests, retry after {after.total_seconds():g} s",
        after=after,
        counts=False,
        scope=scope,
        status=HTTPStatus.TOO_MANY_REQUESTS,
        detail=detail,
    )


def gone(service: str, response: WebResponse, said: str, *, detail: str) -> Gone:
    """Say that the hook is of no use any more, in the service's own words."""
    reason = f"{service} answered {phrase(response.status)}: {said}"
    return Gone(reason=reason, status=response.status, detail=detail)


def unnamed(response: WebResponse, *, detail: str) -> InDoubt:
    """Doubt a success that is not the chat's own: a proxy's page, a broken answer."""
    reason = f"{phrase(response.status)}, and not in the chat's own words"
    return InDoubt(reason=reason, status=response.status, detail=detail)
