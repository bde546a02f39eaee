"""The one user of APScheduler: a handful of jobs, and all that each does is ring a beat's bell.

Never a job per feed: 100,000 of them due together freeze the loop for 11 s (measured); due times
live in the store, indexed.
"""

from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Protocol

import structlog
from apscheduler.events import EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

log = structlog.get_logger()


class Rings(Protocol):
    """Rings bells at their intervals, once started."""

    def ring_every(self, interval: timedelta, name: str, ring: Callable[[], None]) -> None:
        """Ring now and then every `interval`."""
        ...

    def start(self) -> None:
        """Begin to ring; needs a running event loop."""
        ...

    def stop(self) -> None:
        """Ring no more."""
        ...


class Scheduler:
    """Rings by the machine's clock, through APScheduler."""

    def __init__(self) -> None:
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={
                "misfire_grace_time": None,  # the default of 1 s drops late runs with a log line
                "coalesce": True,
                "max_instances": 1,
            },
        )
        self._scheduler.add_listener(_tell_missed, EVENT_JOB_MISSED)

    def ring_every(self, interval: timedelta, name: str, ring: Callable[[], None]) -> None:
        """Ring now and then every `interval`."""

        async def job() -> None:  # a coroutine runs in the loop; a plain function, in a thread
            ring()

        ring()
        self._scheduler.add_job(
            job, IntervalTrigger(seconds=interval.total_seconds(), timezone=UTC), id=name, name=name
        )

    def start(self) -> None:
        """Begin to ring; needs a running event loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """Ring no more."""
        self._scheduler.shutdown(wait=False)  # wait=True would cancel coroutine jobs mid-await


def _tell_missed(event: JobExecutionEvent) -> None:
    log.warning("ring missed", job=event.job_id)
