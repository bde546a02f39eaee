"""What a round came to, as a report and in the log."""

from dataclasses import dataclass
from datetime import timedelta

import structlog

from feeds.poll.findings import Finding
from feeds.store.rows import RecordedPoll

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class PollReport:
    """What one round did; polling rests for `paused_for` because the store takes nothing."""

    polled: int = 0  # recorded
    changed: int = 0  # of them, with a document not seen before
    stories: int = 0
    failed: int = 0  # feeds that brought an error, or whose poll could not be recorded
    paused_for: timedelta = timedelta(0)


class Told:
    """Counts a round's findings as they are recorded, and logs each once it is true."""

    def __init__(self) -> None:
        self.lost = 0  # polls that could not be recorded
        self._polled = 0
        self._changed = 0
        self._stories = 0
        self._failed = 0

    def report(self, *, paused_for: timedelta) -> PollReport:
        """Sum the round up."""
        return PollReport(
            polled=self._polled,
            changed=self._changed,
            stories=self._stories,
            failed=self._failed + self.lost,
            paused_for=paused_for,
        )

    def add(self, finding: Finding, recorded: RecordedPoll) -> None:
        """Count and log one finding that is recorded."""
        self._polled += 1
        self._changed += finding.changed
        self._stories += len(recorded.stories)
        self._failed += finding.failure is not None
        if finding.failure is not None:
            _log_failure(finding)
            if recorded.failing:
                _log_failing(finding)
        else:
            _log_success(finding, recorded)


def _log_failure(finding: Finding) -> None:
    record, failure = finding.record, finding.failure
    assert failure is not None, "only a failure is logged as one"
    if record.next_poll_why == "outage":
        tell = log.debug  # told once, of all feeds together
    else:
        tell = log.warning if record.memory.failures <= 1 else log.info
    tell(
        "feed failed",
        feed=record.feed,
        name=finding.feed.name,
        why=failure.message,
        failures=record.memory.failures,
        next_poll_at=record.next_poll_at.isoformat(timespec="seconds"),
        next_poll_why=record.next_poll_why,
    )
    if record.state is not finding.feed.state:
        log.warning("feed gone", feed=record.feed, name=finding.feed.name, why=record.state_reason)


def _log_failing(finding: Finding) -> None:
    memory = finding.record.memory
    last = memory.last_success_at
    log.warning(
        "feed failing",
        feed=finding.record.feed,
        name=finding.feed.name,
        failures=memory.failures,
        why=memory.last_error,
        last_success_at=last and last.isoformat(timespec="seconds"),
    )


def _log_success(finding: Finding, recorded: RecordedPoll) -> None:
    feed, record = finding.feed, finding.record
    if feed.memory.failures:
        log.info("feed well again", feed=feed.id, name=feed.name, failures=feed.memory.failures)
    if record.url is not None:
        log.info("feed moved", feed=feed.id, name=feed.name)
    if not finding.changed:
        return
    held = sum(story.hold is not None for story in record.stories)
    (log.info if recorded.stories else log.debug)(
        "feed read",
        feed=feed.id,
        name=feed.name,
        stories=len(recorded.stories),
        held=held,
        deliveries=recorded.deliveries,
        skipped={str(rule): count for rule, count in finding.counted.items()},
    )
