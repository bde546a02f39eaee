"""One look at one feed: fetch, parse, tell new from old; whatever happens, a finding."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

import structlog

from feeds.errors import ParseError, StoreError
from feeds.fetch import Failed, Fetched, FetchLimits, fetch
from feeds.model import Document, Feed, Key, KnownKey
from feeds.novelty import GuardLimits, decide, keys_of
from feeds.poll.findings import INTERNAL_ERROR, Failure, Finding, Recorder, failure_of
from feeds.ports import Clock, Parser, Web

FETCH_GRACE = timedelta(seconds=10)  # on top of the fetch's own bound, which should do

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class LookLimits:
    """The bounds of one look."""

    fetch: FetchLimits = field(default_factory=FetchLimits)
    guards: GuardLimits = field(default_factory=GuardLimits)
    parse: timedelta = timedelta(seconds=120)  # waiting for the parser's turn included


class Memory(Protocol):
    """What a look needs of the store."""

    async def known_keys(self, feed: int, asked: Collection[Key], /) -> Mapping[Key, KnownKey]:
        """Tell which of the keys the feed's entries have had; raises StoreUnavailable."""
        ...


class Looker:
    """Looks at feeds; knows nothing of claims and records."""

    def __init__(
        self,
        *,
        memory: Memory,
        web: Web,
        parser: Parser,
        clock: Clock,
        recorder: Recorder,
        limits: LookLimits,
    ) -> None:
        self._memory = memory
        self._web = web
        self._parser = parser
        self._clock = clock
        self._recorder = recorder
        self._limits = limits

    async def look(self, feed: Feed) -> Finding:
        """Poll the feed once; raises StoreError, and nothing else."""
        try:
            return await self._look(feed)
        except StoreError:
            raise
        except Exception:
            # One feed's surprise is logged once, with what it takes to find it; others go on.
            log.exception("feed failed inside", feed=feed.id, name=feed.name)
            return self._failed(feed, Failure(message=INTERNAL_ERROR))

    async def _look(self, feed: Feed) -> Finding:
        limits = self._limits.fetch
        deadline = limits.timeout + FETCH_GRACE
        try:
            async with asyncio.timeout(deadline.total_seconds()):
                result = await fetch(feed, web=self._web, limits=limits, now=self._clock.now())
        except TimeoutError:
            message = f"no answer within {deadline.total_seconds():.0f} s"
            return self._failed(feed, Failure(message=message, unreachable=True))
        if isinstance(result, Failed):
            return self._failed(feed, failure_of(result))
        if not isinstance(result, Fetched):
            return self._recorder.same(feed, result, self._clock.now())
        return await self._read(feed, result)

    async def _read(self, feed: Feed, result: Fetched) -> Finding:
        try:
            document = await self._parse(result)
        except ParseError as error:
            return self._failed(feed, Failure(message=str(error), status=result.status))
        keys = keys_of(document)
        every = {key for entry_keys in keys for key in entry_keys.all()}
        known = await self._memory.known_keys(feed.id, every) if every else {}
        now = self._clock.now()
        guards = self._limits.guards
        verdict = decide(document, keys, known, feed=feed, now=now, guards=guards)
        return self._recorder.read(feed, result, document, verdict, now)

    async def _parse(self, result: Fetched) -> Document:
        try:
            async with asyncio.timeout(self._limits.parse.total_seconds()):
                return await self._parser.parse(
                    result.body, url=result.url, content_type=result.content_type
                )
        except TimeoutError:
            raise ParseError("could not be read in time", "error.parse.slow") from None

    def _failed(self, feed: Feed, failure: Failure) -> Finding:
        return self._recorder.failed(feed, failure, self._clock.now())
