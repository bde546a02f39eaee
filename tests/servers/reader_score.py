"""Scores a poller by what it asked, after the public reader-score project's criteria.

Each complaint is a line that names the feed and the fault; a perfect poller gives none.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import groupby, pairwise

from tests.servers.publisher import Asked

FORBIDDEN_HEADERS = ("cookie", "referer", "authorization", "x-forwarded-for", "via")
BROWSERS = ("mozilla", "chrome", "safari", "curl", "python-requests", "aiohttp")


def complaints(asked: Sequence[Asked], *, spacing_min: timedelta = timedelta(0)) -> list[str]:
    """Judge a log of requests, in the order they came."""
    by_feed = sorted(asked, key=lambda request: request.feed)  # stable: order in a feed stays
    return [
        f"feed {feed}: {complaint}"
        for feed, requests in groupby(by_feed, key=lambda request: request.feed)
        for complaint in _judge(list(requests), spacing_min)
    ]


def _judge(requests: list[Asked], spacing_min: timedelta) -> Iterator[str]:
    yield from _manners(requests)
    yield from _echoes(requests)
    for earlier, later in pairwise(requests):
        if later.at - earlier.at < spacing_min:
            yield f"asked again after {later.at - earlier.at}"


def _manners(requests: list[Asked]) -> Iterator[str]:
    for request in requests:
        for name in FORBIDDEN_HEADERS:
            if name in request.headers:
                yield f"sent {name}"
        if "?" in request.path:
            yield "added a query"
        if "gzip" not in request.headers.get("accept-encoding", ""):
            yield "did not accept gzip"
        agent = request.headers.get("user-agent", "")
        if not agent or any(name in agent.lower() for name in BROWSERS):
            yield f"calls itself {agent!r}"


def _echoes(requests: list[Asked]) -> Iterator[str]:
    """Both validators of the last good answer, byte for byte, and nothing invented."""
    known: tuple[str | None, str | None] = (None, None)
    for request in requests:
        sent = (request.headers.get("if-none-match"), request.headers.get("if-modified-since"))
        for name, given, expected in zip(("ETag", "Last-Modified"), sent, known, strict=True):
            if expected is not None and given is None:
                yield f"asked without the {name} it had"
            elif given != expected:
                yield f"sent {name} {given!r} instead of {expected!r}"
        if request.status == 200:
            known = request.validators
        elif request.status == 304:
            known = (request.validators[0] or known[0], request.validators[1] or known[1])
