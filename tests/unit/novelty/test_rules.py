from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feeds.model import KeyKind
from feeds.novelty import Rule
from tests.builders import NOON
from tests.unit.novelty.shelf import Shelf, newest_first, numbered

DAY = timedelta(days=1)


def test_a_first_poll_publishes_nothing() -> None:
    shelf = Shelf()

    verdict = shelf.poll(newest_first(*range(50)))

    assert verdict.stories == ()
    assert verdict.counted == {Rule.BASELINE: 50}
    assert verdict.memory.baseline_at == shelf.now


def test_a_first_poll_publishes_the_newest_asked_for_oldest_first() -> None:
    shelf = Shelf(start=3)

    verdict = shelf.poll(newest_first(*range(50)))

    assert shelf.titles(verdict) == ["Berita nomor 47", "Berita nomor 48", "Berita nomor 49"]
    assert verdict.counted == {Rule.BASELINE: 47}


def test_a_first_poll_asked_for_all_publishes_all_at_once() -> None:
    shelf = Shelf(start=None)

    verdict = shelf.poll(newest_first(*range(30)))

    assert len(shelf.titles(verdict)) == 30


def test_the_first_story_of_an_empty_feed_is_published() -> None:
    shelf = Shelf()
    shelf.poll([])

    verdict = shelf.poll([numbered(1)])

    assert shelf.titles(verdict) == ["Berita nomor 1"]


def test_a_revived_feed_repeats_nothing_even_if_asked_for_its_newest() -> None:
    shelf = Shelf(start=2)
    shelf.poll(newest_first(1, 2))
    shelf.feed = replace(shelf.feed, memory=Shelf().feed.memory)

    verdict = shelf.poll(newest_first(1, 2, 3))

    assert shelf.titles(verdict) == ["Berita nomor 3"]


def test_a_new_story_is_found_by_its_strongest_name() -> None:
    shelf = Shelf(start=None)

    verdict = shelf.poll(
        [
            numbered(4),
            numbered(3, guid=None),
            numbered(2, guid=None, link=None),
            numbered(1, guid="dup"),
            numbered(0, guid="dup"),
        ]
    )

    assert [story.found_by for story in verdict.stories] == [
        KeyKind.GUID_AND_LINK,
        KeyKind.GUID_AND_LINK,
        KeyKind.TITLE_DAY,
        KeyKind.LINK,
        KeyKind.GUID,
    ]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"guid": "https://berita.example/?p=1"}, id="guid to https"),
        pytest.param({"guid": "http://www.berita.example/?p=1/"}, id="guid to www"),
        pytest.param({"guid": "uuid:1"}, id="guid replaced, link stays"),
        pytest.param({"guid": None}, id="guid lost"),
        pytest.param({"link": None}, id="link lost"),
        pytest.param({"link": "https://baru.example/1"}, id="link moved, guid stays"),
        pytest.param({"link": "https://berita.example/berita/1?utm_source=x"}, id="tracked"),
        pytest.param({"title": "Judul baru", "published_at": NOON + 5 * DAY}, id="bumped"),
        pytest.param({"guid": None, "link": None}, id="both lost, title and day stay"),
        pytest.param(
            {"guid": "https://berita.example/?p=1", "link": "https://berita.example/berita/1"},
            id="both to https",
        ),
    ],
)
def test_a_story_is_known_under_another_name_and_by_both_ever_after(
    change: dict[str, object],
) -> None:
    shelf = Shelf()
    shelf.poll([numbered(0)])
    shelf.poll(newest_first(0, 1))

    renamed = shelf.poll([numbered(1, **change), numbered(0)])
    again = shelf.poll([numbered(1, **change), numbered(0)])

    assert renamed.stories == again.stories == ()
    assert again.seen == ()
    assert len(shelf.published) == 1


def test_a_whole_feed_that_goes_to_https_publishes_nothing() -> None:
    shelf = Shelf()
    shelf.poll(newest_first(*range(30)))

    flipped = [
        replace(entry, guid=entry.guid.replace("http:", "https:"), link=link)
        for entry in newest_first(*range(30))
        for link in [entry.link.replace("http:", "https:")]
    ]
    verdict = shelf.poll(flipped)

    assert verdict.stories == ()
    assert verdict.counted == {Rule.ALIAS: 30}


def test_a_bulk_edit_of_old_posts_publishes_nothing() -> None:
    shelf = Shelf(start=None)
    shelf.poll(newest_first(*range(30)))

    bumped = [
        replace(entry, title=f"[Diperbarui] {entry.title}", published_at=NOON + 2 * DAY)
        for entry in newest_first(*range(30))
    ]
    verdict = shelf.poll(bumped, after=2 * DAY)

    assert verdict.stories == ()
    assert len(verdict.edits) == 30


def test_an_entry_repeated_in_its_document_counts_once() -> None:
    shelf = Shelf(start=None)

    verdict = shelf.poll([numbered(1), numbered(1), numbered(1)])

    assert shelf.titles(verdict) == ["Berita nomor 1"]
    assert verdict.counted == {Rule.REPEATED: 2}
    assert not verdict.memory.shared_guids
    assert not verdict.memory.links_shared


def test_entries_without_guid_and_link_are_told_by_title_and_day() -> None:
    bare = {"guid": None, "link": None, "title": "Cuaca hari ini"}
    shelf = Shelf()
    shelf.poll([numbered(1, **bare)])

    same_day = shelf.poll([numbered(2, **bare)])
    next_day = shelf.poll([numbered(3, **bare, published_at=NOON + DAY)], after=DAY)

    assert same_day.stories == ()
    assert shelf.titles(next_day) == ["Cuaca hari ini"]


def test_an_entry_that_says_nothing_is_counted_and_skipped() -> None:
    shelf = Shelf(start=None)

    verdict = shelf.poll([numbered(1, guid=None, link=None, title="", summary="")])

    assert verdict.stories == ()
    assert verdict.counted == {Rule.NAMELESS: 1}


def test_a_date_of_the_future_is_shown_as_now_and_blocks_nothing_behind_it() -> None:
    shelf = Shelf()
    shelf.poll([numbered(0)])

    future = shelf.poll([numbered(1, published_at=datetime(2041, 1, 1, tzinfo=UTC)), numbered(0)])
    after = shelf.poll(newest_first(0, 2))

    assert future.stories[0].entry.published_at == shelf.now - timedelta(minutes=15)
    assert shelf.titles(after) == ["Berita nomor 2"]


def test_a_future_entry_keeps_its_name_as_the_days_go_by() -> None:
    shelf = Shelf()
    entry = numbered(1, guid=None, link=None, published_at=datetime(2041, 1, 1, tzinfo=UTC))
    shelf.poll([entry])

    verdict = shelf.poll([entry], after=3 * DAY)

    assert verdict.stories == ()


def test_a_missing_date_is_not_invented() -> None:
    shelf = Shelf(start=None)

    verdict = shelf.poll([numbered(1, published_at=None)])

    assert verdict.stories[0].entry.published_at is None


def test_stories_come_oldest_first_and_undated_ones_keep_their_neighbours() -> None:
    shelf = Shelf(start=None)
    undated = {"published_at": None}

    verdict = shelf.poll(
        [
            numbered(9, **undated),
            numbered(8),
            numbered(7, **undated),
            numbered(6, published_at=NOON - DAY),
            numbered(5),
            numbered(4, **undated),
        ]
    )

    numbers = [story.entry.title.split()[-1] for story in verdict.stories]
    assert numbers == ["6", "7", "4", "5", "8", "9"]


def test_entries_of_one_moment_come_in_the_reverse_of_the_documents_order() -> None:
    shelf = Shelf(start=None)

    verdict = shelf.poll([numbered(n, published_at=NOON) for n in (1, 2, 3)])

    assert shelf.titles(verdict) == ["Berita nomor 3", "Berita nomor 2", "Berita nomor 1"]


def test_an_edited_story_is_an_edit_once() -> None:
    shelf = Shelf(start=None)
    shelf.poll([numbered(1)])

    edited = shelf.poll([numbered(1, title="Judul yang diperbaiki")])
    again = shelf.poll([numbered(1, title="Judul yang diperbaiki")])

    assert [edit.story for edit in edited.edits] == [1]
    assert edited.stories == again.stories == ()
    assert again.edits == ()


def test_an_edit_of_a_baseline_entry_is_nobodys_business() -> None:
    shelf = Shelf()
    shelf.poll([numbered(1)])

    verdict = shelf.poll([numbered(1, title="Judul yang diperbaiki")])

    assert verdict.edits == ()


def test_keys_still_in_the_document_are_refreshed_once_a_day_and_no_sooner() -> None:
    shelf = Shelf(start=1)
    shelf.poll(newest_first(1, 2))

    soon = shelf.poll(newest_first(1, 2), after=timedelta(hours=23))
    later = shelf.poll(newest_first(1, 2), after=timedelta(hours=2))

    assert soon.seen == ()
    assert {seen.story for seen in later.seen} == {None, 1}
    assert {key for seen in later.seen for key in seen.keys} == set(shelf.known)


@pytest.mark.parametrize("size", [0, 1, 3])
def test_a_document_that_shrank_suddenly_is_no_full_look(size: int) -> None:
    shelf = Shelf()
    before = shelf.poll(newest_first(*range(20))).memory

    shrunk = shelf.poll(newest_first(*range(20 - size, 20)), after=3 * DAY)
    back = shelf.poll([numbered(21, published_at=NOON + DAY), *newest_first(*range(20))])

    assert shrunk.stories == ()
    assert shrunk.memory.entries_seen == before.entries_seen
    assert shrunk.memory.last_full_at == before.last_full_at
    assert shelf.titles(back) == ["Berita nomor 21"]


def test_a_document_that_stays_small_is_believed_after_a_week() -> None:
    shelf = Shelf()
    shelf.poll(newest_first(*range(20)))

    verdict = shelf.poll(newest_first(19), after=8 * DAY)

    assert verdict.memory.entries_seen == 1
    assert verdict.memory.last_full_at == shelf.now
