"""What a decision leaves to be stored: stories, keys to remember, edits, the feed's memory."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from feeds.model import Edit, Entry, Key, KnownKey, NewStory, PollMemory, SeenKeys
from feeds.novelty.naming import Item, Naming
from feeds.novelty.verdict import Piles

SHRUNK_BY = 4  # a document this many times smaller than the last full one is no full look
SHRUNK_MAX = timedelta(days=7)  # … unless it stays so small


def stories_of(
    fresh: Sequence[Item], *, language: str | None, burst: int, now: datetime
) -> tuple[NewStory, ...]:
    """Make stories, the older surplus of a burst held (rule 8)."""
    surplus = max(0, len(fresh) - burst)
    stories: list[NewStory] = []
    named: set[Key] = set()
    for index, item in enumerate(fresh):
        stories.append(
            NewStory(
                entry=_clamp(item.entry, now),
                keys=tuple(key for key in item.kept if key not in named),
                fingerprint=item.keys.fingerprint,
                found_by=item.identities[0].kind,
                language=language,
                hold=f"burst: {len(fresh)} new at once" if index < surplus else None,
            )
        )
        named.update(item.kept)
    return tuple(stories)


def _clamp(entry: Entry, now: datetime) -> Entry:
    """Show no date of the future (rule 10); a missing one is not invented."""
    return replace(
        entry,
        published_at=min(entry.published_at, now) if entry.published_at else None,
        updated_at=min(entry.updated_at, now) if entry.updated_at else None,
    )


def seen_of(
    items: Sequence[Item],
    piles: Piles,
    known: Mapping[Key, KnownKey],
    stories: Iterable[NewStory],
    *,
    stale_before: datetime,
) -> tuple[SeenKeys, ...]:
    """Gather what to remember, by story: skipped entries, new aliases, keys long not refreshed.

    A verdict names each key once: a title that two entries bear goes to the first of them.
    """
    by_story: defaultdict[int | None, list[Key]] = defaultdict(list)
    named = {key for story in stories for key in story.keys}
    skipped = {item.place for item in piles.skipped}
    for item in items:
        row = item.known or piles.aliased.get(item.place)
        for key in item.kept:
            if key in named:
                continue
            if key not in known and (row or item.place in skipped):
                by_story[row.story if row else None].append(key)
            elif key in known and known[key].seen_at < stale_before:
                by_story[known[key].story].append(key)
            else:
                continue
            named.add(key)
    return tuple(SeenKeys(keys=tuple(keys), story=story) for story, keys in by_story.items())


def edits_of(items: Iterable[Item], aliased: Mapping[int, KnownKey]) -> tuple[Edit, ...]:
    """Find stories whose text changed (rule 11), unless another entry still tells the old text."""
    changed: dict[int, bytes] = {}
    unchanged: set[int] = set()
    for item in items:
        row = item.known or aliased.get(item.place)
        if row is None or row.story is None:
            continue
        if row.fingerprint == item.keys.fingerprint:
            unchanged.add(row.story)
        else:
            changed.setdefault(row.story, item.keys.fingerprint)
    return tuple(
        Edit(story=story, fingerprint=fingerprint)
        for story, fingerprint in changed.items()
        if story not in unchanged
    )


def memory_after(memory: PollMemory, naming: Naming, entries: int, now: datetime) -> PollMemory:
    """Learn from the document; one that shrank suddenly is no full look (rule 9)."""
    learnt = replace(memory, shared_guids=naming.shared_guids, links_shared=naming.links_shared)
    if memory.baseline_at is not None and _shrank(memory, entries, now):
        return learnt
    return replace(
        learnt, baseline_at=memory.baseline_at or now, last_full_at=now, entries_seen=entries
    )


def _shrank(memory: PollMemory, entries: int, now: datetime) -> bool:
    if memory.last_full_at is None or now - memory.last_full_at > SHRUNK_MAX:
        return False
    return entries * SHRUNK_BY < memory.entries_seen
