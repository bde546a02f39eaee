"""PURE: what a poll found → the record of it: one transaction's worth of memory and news."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from feeds.cadence import Heard, NextPoll, after_outage, next_poll
from feeds.fetch import Failed, Fetched, FetchFailure, NotModified, Unchanged, permanent_move
from feeds.model import Document, Feed, PollMemory, PollRecord
from feeds.novelty import Rule, Verdict

MOVE_POLLS_MIN = 3  # polls in a row that were sent on to the same place …
MOVE_AFTER = timedelta(hours=24)  # … over at least this time: then the feed has moved
ERROR_MAX = 300  # characters of a failure kept for people
INTERNAL_ERROR = "internal error, please report it with the log"
_UNREACHABLE = frozenset(
    {FetchFailure.NAME_NOT_FOUND, FetchFailure.CONNECT_FAILED, FetchFailure.TIMED_OUT}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a poll brought nothing; `message` is one line for people."""

    message: str
    status: int | None = None
    retry_after: timedelta | None = None
    unreachable: bool = False  # no connection or no answer: may be our own network's fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One poll of one feed, ready to be recorded."""

    feed: Feed
    record: PollRecord
    changed: bool = False
    failure: Failure | None = None
    counted: Mapping[Rule, int] = field(default_factory=dict)


class Recorder:
    """Makes findings: holds what every plan of a next poll needs."""

    def __init__(self, *, default_every: timedelta, dice: random.Random) -> None:
        self._default_every = default_every
        self._dice = dice

    def same(self, feed: Feed, result: NotModified | Unchanged, now: datetime) -> Finding:
        """Record that the document is the one we know: validators may be new all the same."""
        memory = replace(feed.memory, validators=result.validators)
        return Finding(feed=feed, record=self._well(feed, memory, result, now))

    def read(
        self, feed: Feed, result: Fetched, document: Document, verdict: Verdict, now: datetime
    ) -> Finding:
        """Record a document: its validators together with all that they stand for."""
        memory = replace(verdict.memory, validators=result.validators, body_digest=result.digest)
        record = replace(
            self._well(feed, memory, result, now),
            title=_changed(document.title or None, feed.title),
            link=_changed(document.link, feed.link),
            stories=verdict.stories,
            seen=verdict.seen,
            edits=verdict.edits,
        )
        return Finding(feed=feed, record=record, changed=True, counted=verdict.counted)

    def failed(self, feed: Feed, failure: Failure, now: datetime) -> Finding:
        """Record a failure: what stood for the last good document stays as it was."""
        heard = Heard(failed=True, status=failure.status, retry_after=failure.retry_after)
        plan = self._plan(feed, heard, now)
        memory = replace(
            feed.memory,
            last_poll_at=now,
            last_status=failure.status,
            last_error=failure.message[:ERROR_MAX],
            failures=plan.failures,
            gone_since=plan.gone_since,
        )
        return Finding(feed=feed, record=_record(feed, plan, memory), failure=failure)

    def excused(self, finding: Finding, now: datetime) -> Finding:
        """Turn a failure into one that counts for nothing: it was our own network."""
        plan = after_outage(finding.feed, dice=self._dice, now=now)
        return replace(finding, record=_record(finding.feed, plan, finding.feed.memory))

    def _well(
        self,
        feed: Feed,
        memory: PollMemory,
        result: Fetched | NotModified | Unchanged,
        now: datetime,
    ) -> PollRecord:
        plan = self._plan(feed, Heard(status=result.status, fresh_for=result.max_age), now)
        memory, adopted = _follow_move(memory, feed.url, permanent_move(result.hops), now)
        memory = replace(
            memory,
            last_poll_at=now,
            last_success_at=now,
            last_status=result.status,
            last_error=None,
            failures=plan.failures,
            gone_since=plan.gone_since,
        )
        return replace(_record(feed, plan, memory), url=adopted)

    def _plan(self, feed: Feed, heard: Heard, now: datetime) -> NextPoll:
        every = self._default_every
        return next_poll(feed, heard, default_every=every, dice=self._dice, now=now)


def failure_of(result: Failed) -> Failure:
    """Put a failed fetch in the words of a poll."""
    return Failure(
        message=result.message,
        status=result.status,
        retry_after=result.retry_after,
        unreachable=result.kind in _UNREACHABLE,
    )


def _record(feed: Feed, plan: NextPoll, memory: PollMemory) -> PollRecord:
    return PollRecord(
        feed=feed.id,
        polled_url=feed.url,
        next_poll_at=plan.at,
        next_poll_why=plan.why,
        memory=memory,
        state=plan.state,
        state_reason=plan.state_reason,
    )


def _follow_move(
    memory: PollMemory, url: str, moved_to: str | None, now: datetime
) -> tuple[PollMemory, str | None]:
    """Count polls in a row that were sent on for good to one place; give it once it is proven."""
    if moved_to is None or moved_to == url:
        return replace(memory, moved_url=None, moved_since=None, moved_polls=0), None
    if memory.moved_url != moved_to or memory.moved_since is None:
        return replace(memory, moved_url=moved_to, moved_since=now, moved_polls=1), None
    polls = memory.moved_polls + 1
    if polls >= MOVE_POLLS_MIN and now - memory.moved_since >= MOVE_AFTER:
        return replace(memory, moved_url=None, moved_since=None, moved_polls=0), moved_to
    return replace(memory, moved_polls=polls), None


def _changed(new: str | None, old: str | None) -> str | None:
    return new if new != old else None
