"""The decision itself: which entries of a document are new, and which are only seen."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from feeds.model import Document, Feed, Key, KnownKey, PollMemory
from feeds.novelty.guards import GuardLimits, is_backfill, newest_date, oldest_first, rekeyed
from feeds.novelty.keys import EntryKeys
from feeds.novelty.naming import Item, learn_links, learn_naming, name_item
from feeds.novelty.verdict import Piles, Rule, Verdict
from feeds.novelty.writing import edits_of, memory_after, seen_of, stories_of


def decide(
    document: Document,
    keys: Sequence[EntryKeys],
    known: Mapping[Key, KnownKey],
    *,
    feed: Feed,
    now: datetime,
    guards: GuardLimits | None = None,
) -> Verdict:
    """Tell new from old by rules 1 to 13 of the research (feeds §2.1).

    `keys` are `keys_of(document)`, `known` what the store knows of them. Nothing is new because of
    its date, and nothing is forgotten because it left the document.
    """
    limits = guards or GuardLimits()
    counted: Counter[Rule] = Counter()
    places = _distinct(keys, counted)
    naming = learn_naming([keys[place] for place in places], feed.memory)
    items = [
        name_item(document.entries[place], place, keys[place], naming, known) for place in places
    ]
    if feed.memory.baseline_at is None:
        piles = _first_look(items, feed.start, now)
        burst = len(piles.fresh)  # what the owner asked for is no burst
    else:
        piles = _later_look(items, known, feed.memory, now=now, limits=limits)
        burst = limits.burst
    _count(items, piles, burst, counted)
    stories = stories_of(piles.fresh, language=document.language, burst=burst, now=now)
    return Verdict(
        stories=stories,
        seen=seen_of(items, piles, known, stories, stale_before=now - limits.refresh),
        edits=edits_of(items, piles.aliased),
        memory=memory_after(feed.memory, learn_links(naming, items), len(items), now),
        counted={rule: count for rule, count in counted.items() if count},
    )


def _distinct(keys: Sequence[EntryKeys], counted: Counter[Rule]) -> list[int]:
    """List the places of entries that say something, the first of each that is repeated whole."""
    first: dict[Key, int] = {}
    for place, entry_keys in enumerate(keys):
        if entry_keys.whole is None:
            counted[Rule.NAMELESS] += 1
        elif first.setdefault(entry_keys.whole, place) != place:
            counted[Rule.REPEATED] += 1
    return list(first.values())


def _first_look(items: Sequence[Item], start: int | None, now: datetime) -> Piles:
    """Take the newest `start` (rule 5); what is known from an earlier life is not repeated."""
    order = oldest_first(items, now)
    wanted = order if start is None else order[max(0, len(order) - start) :]
    taken = {item.place for item in wanted}
    return Piles(
        fresh=[item for item in wanted if item.unknown],
        skipped=[item for item in items if item.unknown and item.place not in taken],
        aliased={},
        skipped_by=Rule.BASELINE,
    )


def _later_look(
    items: Sequence[Item],
    known: Mapping[Key, KnownKey],
    memory: PollMemory,
    *,
    now: datetime,
    limits: GuardLimits,
) -> Piles:
    aliased = rekeyed(items, known, memory=memory, limits=limits)
    newest = newest_date(items, now)
    fresh: list[Item] = []
    skipped: list[Item] = []
    for item in oldest_first(items, now):
        if item.unknown and item.place not in aliased:
            old = is_backfill(item, newest=newest, memory=memory, limits=limits)
            (skipped if old else fresh).append(item)
    return Piles(fresh=fresh, skipped=skipped, aliased=aliased, skipped_by=Rule.BACKFILL)


def _count(items: Sequence[Item], piles: Piles, burst: int, counted: Counter[Rule]) -> None:
    counted[piles.skipped_by] += len(piles.skipped)
    counted[Rule.REKEYED] += len(piles.aliased)
    counted[Rule.BURST] += max(0, len(piles.fresh) - burst)
    for item in items:
        if not item.unknown:
            counted[Rule.KNOWN if item.known_by == item.identities[0] else Rule.ALIAS] += 1
