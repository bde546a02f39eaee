"""Guids and links that one story has from another."""

from feeds.novelty import Rule
from tests.unit.novelty.shelf import Shelf, newest_first, numbered


def test_a_link_given_to_several_entries_names_none_of_them_ever_again() -> None:
    page = "https://berita.example/ringkasan"
    shelf = Shelf()
    shelf.poll([numbered(1, link=page)])
    shelf.poll([numbered(2, link=page), numbered(1, link=page)])

    verdict = shelf.poll([numbered(3, link=page)])

    assert shelf.titles(verdict) == ["Berita nomor 3"]
    assert verdict.memory.links_shared


def test_a_feed_of_one_warning_at_a_time_under_one_link_loses_none() -> None:
    page = "https://gempa.example/terkini"
    shelf = Shelf()
    shelf.poll([numbered(1, link=page, title="Gempa M5 di Aceh")])

    titles = [
        shelf.titles(shelf.poll([numbered(number, link=page, title=title)]))
        for number, title in [(2, "Gempa M6 di Palu"), (2, "Gempa M6 di Palu"), (3, "Gempa M7")]
    ]
    same_title = shelf.poll([numbered(4, link=page, title="Gempa M7")])

    assert titles == [["Gempa M6 di Palu"], [], ["Gempa M7"]]
    assert same_title.memory.links_shared
    assert shelf.titles(same_title) == ["Gempa M7"]


def test_a_story_that_took_over_a_link_is_the_one_that_is_edited() -> None:
    page = "https://gempa.example/terkini"
    shelf = Shelf(start=None)
    shelf.poll([numbered(1, link=page)])
    shelf.poll([numbered(2, link=page)])

    edited = shelf.poll([numbered(2, link=page, title="Judul yang diperbaiki")])

    assert edited.stories == ()
    assert [edit.story for edit in edited.edits] == [2]


def test_new_guids_under_the_same_links_and_titles_are_no_news() -> None:
    shelf = Shelf()
    shelf.poll(newest_first(1, 2, 3))

    verdict = shelf.poll([numbered(n, guid=f"uuid:{n}") for n in (3, 2, 1)])

    assert verdict.stories == ()
    assert verdict.counted == {Rule.ALIAS: 3}


def test_one_title_edited_amid_new_guids_does_not_teach_that_links_are_shared() -> None:
    shelf = Shelf()
    shelf.poll(newest_first(1, 2, 3))

    edited = numbered(3, guid="uuid:3", title="Judul yang diperbaiki")
    verdict = shelf.poll([edited, *(numbered(n, guid=f"uuid:{n}") for n in (2, 1))])

    assert shelf.titles(verdict) == ["Judul yang diperbaiki"]
    assert not verdict.memory.links_shared


def test_a_new_guid_under_a_known_link_says_nothing_new_without_a_title() -> None:
    silent = {"title": "", "summary": ""}
    shelf = Shelf()
    shelf.poll([numbered(1, **silent)])

    verdict = shelf.poll([numbered(1, guid="uuid:1", **silent)])

    assert verdict.stories == ()


def test_a_title_edited_under_a_guid_that_others_share_is_no_news() -> None:
    shelf = Shelf()
    shelf.poll([numbered(2, guid="same"), numbered(1, guid="same")])

    verdict = shelf.poll([numbered(2, guid="same", title="Judul lain"), numbered(1, guid="same")])

    assert verdict.stories == ()


def test_a_guid_given_to_several_entries_names_them_with_their_links() -> None:
    shelf = Shelf()
    shelf.poll([numbered(2, guid="same"), numbered(1, guid="same")])

    on_top = shelf.poll([numbered(n, guid="same") for n in (3, 2, 1)])
    last_one = shelf.poll([numbered(1, guid="same")])

    assert shelf.titles(on_top) == ["Berita nomor 3"]
    assert last_one.stories == ()
    assert last_one.memory.shared_guids


def test_a_guid_that_comes_to_be_shared_repeats_no_story() -> None:
    shelf = Shelf()
    shelf.poll([numbered(0)])
    shelf.poll([numbered(1, guid="same"), numbered(0)])

    verdict = shelf.poll([numbered(2, guid="same"), numbered(1, guid="same"), numbered(0)])

    assert shelf.titles(verdict) == ["Berita nomor 2"]


def test_a_feed_with_one_guid_and_one_link_for_all_still_loses_nothing() -> None:
    shelf = Shelf()
    same = {"guid": "https://berita.example", "link": "https://berita.example"}
    shelf.poll([numbered(n, **same) for n in (2, 1)])

    verdict = shelf.poll([numbered(n, **same) for n in (4, 3, 2, 1)])

    assert shelf.titles(verdict) == ["Berita nomor 3", "Berita nomor 4"]
