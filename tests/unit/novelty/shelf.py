"""A feed polled again and again, its memory kept as the store keeps it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from feeds.model import Document, Entry, Key, KnownKey
from feeds.novelty import Verdict, decide, keys_of
from tests.builders import NOON, a_feed, an_entry

QUARTER = timedelta(minutes=15)


class Shelf:
    """Polls documents made of entries, newest first; remembers what each poll leaves."""

    def __init__(self, **feed: Any) -> None:
        self.feed = a_feed(**feed)
        self.now = NOON
        self.known: dict[Key, KnownKey] = {}
        self.published: list[Entry] = []
        self.fingerprints: dict[int, bytes] = {}

    def poll(self, entries: Sequence[Entry], *, after: timedelta = QUARTER) -> Verdict:
        """Let `after` pass, then poll the document once."""
        self.now += after
        document = Document(entries=tuple(entries))
        verdict = decide(document, keys_of(document), self._known(), feed=self.feed, now=self.now)
        self._keep(verdict)
        return verdict

    def titles(self, verdict: Verdict) -> list[str]:
        """Tell what goes out at once, in the order it goes."""
        return [story.entry.title for story in verdict.stories if story.hold is None]

    def _known(self) -> dict[Key, KnownKey]:
        return {
            key: replace(row, fingerprint=self.fingerprints.get(row.story or 0))
            for key, row in self.known.items()
        }

    def _keep(self, verdict: Verdict) -> None:
        written: list[Key] = []
        for seen in verdict.seen:
            written += seen.keys
            for key in seen.keys:
                self._write(key, seen.story, self.now)
        for story in verdict.stories:
            self.published.append(story.entry)
            number = len(self.published)
            self.fingerprints[number] = story.fingerprint
            written += story.keys
            for key in story.keys:
                self._write(key, number, self.now)
        self.fingerprints |= {edit.story: edit.fingerprint for edit in verdict.edits}
        self.feed = replace(self.feed, memory=verdict.memory)
        assert len(written) == len(set(written)), "one transaction names a key once"

    def _write(self, key: Key, story: int | None, now: datetime) -> None:
        old = self.known.get(key)
        if story is None and old is not None:
            story = old.story
        self.known[key] = KnownKey(story=story, fingerprint=None, seen_at=now)


def numbered(number: int, **changes: Any) -> Entry:
    """The `number`-th entry of a day: a higher number is a minute newer."""
    return an_entry(
        **{
            "guid": f"http://berita.example/?p={number}",
            "link": f"http://berita.example/berita/{number}/",
            "title": f"Berita nomor {number}",
            "summary": f"Isi berita nomor {number}.",
            "published_at": NOON + timedelta(minutes=number),
        }
        | changes
    )


def newest_first(*numbers: int) -> list[Entry]:
    """A document of numbered entries."""
    return [numbered(number) for number in sorted(numbers, reverse=True)]
