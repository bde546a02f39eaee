"""Promises 6 and 7: every story once, none of old; a feed that errs is asked again, politely."""

from collections import Counter
from itertools import pairwise

from tests.simulation.oracle.reading import Reading


def story_lost(reading: Reading) -> list[str]:
    """Whatever a publisher showed was accepted, and has a delivery for each of its places."""
    accepted = set(reading.seen.books.stories)
    known = {(delivery.place, delivery.title) for delivery in reading.deliveries}
    lost = []
    for feed in reading.plan.feeds:
        for title in reading.diary.published[feed.name]:
            if (feed.name, title) not in accepted:
                lost.append(f"never accepted: “{title}”")
            else:
                places = (place for place in feed.to if (place, title) not in known)
                lost += [f"“{title}” has no delivery for {place}" for place in places]
    return lost


def old_story_published(reading: Reading) -> list[str]:
    """What was there at the first look, and what was accepted already, is no news."""
    old = {(feed, title) for feed, titles in reading.diary.baseline.items() for title in titles}
    stories = Counter(reading.seen.books.stories)
    return [
        *(f"of the baseline: “{title}”" for feed, title in stories if (feed, title) in old),
        *(
            f"accepted {count} times: “{title}”"
            for (_, title), count in stories.items()
            if count > 1
        ),
    ]


def accepted_out_of_order(reading: Reading) -> list[str]:
    """Stories of a feed are accepted as they were published, oldest first."""
    wrong = []
    for feed in reading.plan.feeds:
        rank = {title: n for n, title in enumerate(reading.diary.published[feed.name])}
        ranks = [
            rank[title]
            for name, title in reading.seen.books.stories
            if name == feed.name and title in rank
        ]
        wrong += [f"{feed.name}: {a + 1} after {b + 1}" for b, a in pairwise(ranks) if a < b]
    return wrong


def feed_given_up(reading: Reading) -> list[str]:
    """In a world that is well, every feed is well."""
    return [
        f"{name} is {state}: {error}"
        for name, (state, error) in reading.seen.books.feeds.items()
        if state != "active" or error
    ]


def publisher_asked_early(reading: Reading) -> list[str]:
    """A publisher that asks for patience is given it, unless an admin says: now."""
    return [
        f"{name} at {at:.1f}, told to wait at {told_at:.1f}"
        for publisher in reading.seen.outside.publishers.values()
        for name, told_at, at in publisher.polled_early
        if reading.diary.in_era(told_at, at)
        and not reading.could_not_write(told_at, told_at + 3)
        and not any(said == f"/resume {name}" and when < at for when, said in reading.diary.said)
    ]


LAWS = (
    story_lost,
    old_story_published,
    accepted_out_of_order,
    feed_given_up,
    publisher_asked_early,
)
