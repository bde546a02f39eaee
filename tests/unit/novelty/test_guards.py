from dataclasses import replace
from datetime import timedelta

import pytest

from feeds.novelty import Rule
from tests.builders import NOON
from tests.unit.novelty.shelf import Shelf, newest_first, numbered

DAY = timedelta(days=1)


def test_a_burst_sends_the_newest_and_holds_the_older_rest() -> None:
    shelf = Shelf()
    shelf.poll([numbered(0)])

    verdict = shelf.poll(newest_first(*range(38)))

    held = [story for story in verdict.stories if story.hold]
    assert len(shelf.titles(verdict)) == 20
    assert {story.hold for story in held} == {"burst: 37 new at once"}
    assert [story.entry.title for story in held] == [f"Berita nomor {n}" for n in range(1, 18)]
    assert verdict.counted[Rule.BURST] == 17


def test_twenty_at_once_are_no_burst() -> None:
    shelf = Shelf()
    shelf.poll([numbered(0)])

    verdict = shelf.poll(newest_first(*range(21)))

    assert len(shelf.titles(verdict)) == 20
    assert Rule.BURST not in verdict.counted


def test_an_old_post_that_surfaces_is_remembered_and_not_sent() -> None:
    shelf = Shelf()
    shelf.poll(newest_first(10, 11))
    old = numbered(1, published_at=NOON - 30 * DAY)

    surfaced = shelf.poll([*newest_first(10, 11), old])
    again = shelf.poll([*newest_first(10, 11), old])

    assert surfaced.stories == again.stories == ()
    assert surfaced.counted[Rule.BACKFILL] == 1
    assert again.counted == {Rule.KNOWN: 3}


def test_the_newest_of_a_document_is_sent_however_old_it_says_it_is() -> None:
    shelf = Shelf()
    shelf.poll([numbered(1, published_at=NOON - 60 * DAY)])

    verdict = shelf.poll(
        [
            numbered(2, published_at=NOON - 30 * DAY),
            numbered(1, published_at=NOON - 60 * DAY),
        ]
    )

    assert shelf.titles(verdict) == ["Berita nomor 2"]


def test_what_was_published_during_an_outage_of_days_is_no_backfill() -> None:
    shelf = Shelf()
    shelf.poll(newest_first(0))

    during = [numbered(n, published_at=NOON + n * DAY) for n in (4, 3, 2, 1)]
    verdict = shelf.poll([*during, numbered(0)], after=5 * DAY)

    assert len(shelf.titles(verdict)) == 4


def test_an_undated_entry_is_no_backfill() -> None:
    shelf = Shelf()
    shelf.poll(newest_first(5))

    verdict = shelf.poll([numbered(6, published_at=None), numbered(5)], after=5 * DAY)

    assert shelf.titles(verdict) == ["Berita nomor 6"]


def rekeyed(number: int, **changes: object) -> object:
    """The entry under names that share nothing with the old ones."""
    return numbered(
        number,
        **{"guid": f"uuid:{number}", "link": f"https://baru.example/artikel-{number}"} | changes,
    )


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="same days"),
        pytest.param({"published_at": NOON + 3 * DAY}, id="all dates bumped"),
        pytest.param({"published_at": None}, id="all dates lost"),
    ],
)
def test_a_publisher_that_renames_everything_publishes_only_what_is_new(
    changes: dict[str, object],
) -> None:
    shelf = Shelf(start=5)
    shelf.poll(newest_first(*range(10)))
    moved = [rekeyed(n, **changes) for n in range(9, -1, -1)]

    verdict = shelf.poll([rekeyed(10), *moved], after=3 * DAY)
    again = shelf.poll([rekeyed(10), *moved])

    assert shelf.titles(verdict) == ["Berita nomor 10"]
    assert verdict.counted[Rule.REKEYED] == 10
    assert again.stories == ()
    assert again.counted == {Rule.KNOWN: 11}


def test_a_renamed_story_keeps_its_row() -> None:
    shelf = Shelf(start=None)
    shelf.poll(newest_first(*range(6)))

    verdict = shelf.poll([rekeyed(n) for n in range(5, -1, -1)])

    assert {seen.story for seen in verdict.seen} == {1, 2, 3, 4, 5, 6}


def test_a_renaming_is_seen_among_many_news_after_a_long_absence() -> None:
    shelf = Shelf()
    shelf.poll(newest_first(*range(6)))

    verdict = shelf.poll([rekeyed(n) for n in range(20, -1, -1)], after=DAY)

    assert shelf.titles(verdict) == [f"Berita nomor {n}" for n in range(6, 21)]
    assert verdict.counted[Rule.REKEYED] == 6


def test_a_few_titles_that_come_again_among_many_news_prove_no_renaming() -> None:
    shelf = Shelf()
    shelf.poll(newest_first(*range(10)))

    verdict = shelf.poll(
        [numbered(n) for n in range(24, 9, -1)] + [rekeyed(n) for n in range(4, -1, -1)], after=DAY
    )

    assert Rule.REKEYED not in verdict.counted
    assert len(shelf.titles(verdict)) == 20


def test_half_renamed_is_not_a_renaming() -> None:
    shelf = Shelf()
    shelf.poll(newest_first(*range(10)))

    verdict = shelf.poll([*newest_first(*range(5, 10)), *(rekeyed(n) for n in range(4, -1, -1))])

    assert Rule.REKEYED not in verdict.counted


def test_a_small_document_proves_no_renaming() -> None:
    shelf = Shelf()
    shelf.poll(newest_first(*range(4)))

    verdict = shelf.poll([rekeyed(n) for n in range(3, -1, -1)])

    assert len(verdict.stories) == 4


def test_a_title_that_every_episode_bears_proves_no_renaming() -> None:
    title = {"title": "Warta Pagi"}
    shelf = Shelf()
    shelf.poll([numbered(n, **title) for n in range(9, -1, -1)])

    verdict = shelf.poll([numbered(n, **title) for n in range(19, 9, -1)])

    assert len(shelf.titles(verdict)) == 10


def test_a_title_from_long_before_the_last_document_proves_no_renaming() -> None:
    shelf = Shelf()
    shelf.poll(newest_first(*range(6)))
    other = [numbered(n, title=f"Lain {n}") for n in range(16, 10, -1)]
    shelf.poll(other, after=5 * DAY)

    warnings = [
        replace(rekeyed(n), published_at=NOON + 10 * DAY + timedelta(minutes=n))
        for n in range(5, -1, -1)
    ]
    verdict = shelf.poll(warnings, after=5 * DAY)

    assert len(shelf.titles(verdict)) == 6


def test_unlike_titles_after_a_long_absence_are_simply_news() -> None:
    shelf = Shelf()
    shelf.poll(newest_first(*range(10)))

    verdict = shelf.poll(
        [numbered(n, published_at=NOON + 4 * DAY) for n in range(29, 19, -1)], after=5 * DAY
    )

    assert len(shelf.titles(verdict)) == 10
