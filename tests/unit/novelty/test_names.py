import pytest

from feeds.model import Document, KeyKind
from feeds.novelty import EntryKeys, keys_of
from feeds.novelty.links import bare_guid, canonical_link
from tests.builders import an_entry


def named(*changes: dict[str, object]) -> tuple[EntryKeys, ...]:
    return keys_of(Document(entries=tuple(an_entry(**change) for change in changes)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://berita.example/a", "https://berita.example/a"),
        ("https://www.berita.example/a", "https://berita.example/a"),
        ("https://BERITA.example/a", "https://berita.example/a"),
        ("https://berita.example:443/a", "https://berita.example/a"),
        ("http://berita.example:80/a", "https://berita.example/a"),
        ("https://berita.example/a/", "https://berita.example/a"),
        ("https://berita.example", "https://berita.example/"),
        ("https://berita.example/a?utm_source=rss&utm_medium=feed", "https://berita.example/a"),
        ("https://berita.example/a?id=7&fbclid=x", "https://berita.example/a?id=7"),
        ("https://berita.example/a?gclid=1&id=7", "https://berita.example/a?id=7"),
        ("https://berita.example/a#xtor=RSS-1", "https://berita.example/a"),
        ("https://berita.example/a?UTM_Source=rss", "https://berita.example/a"),
    ],
)
def test_links_to_one_place_are_one(one: str, other: str) -> None:
    assert canonical_link(one) == canonical_link(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://berita.example/a", "https://berita.example/b"),
        ("https://berita.example/a?id=1", "https://berita.example/a?id=2"),
        ("https://berita.example:8080/a", "https://berita.example/a"),
        ("https://berita.example/A", "https://berita.example/a"),
        ("https://id.berita.example/a", "https://en.berita.example/a"),
        ("https://berita.example/a#1", "https://berita.example/a#2"),
    ],
)
def test_links_to_two_places_are_two(one: str, other: str) -> None:
    assert canonical_link(one) != canonical_link(other)


@pytest.mark.parametrize("link", ["http://[::bad/", "http://berita.example:port/", "no link"])
def test_a_broken_link_still_has_a_name(link: str) -> None:
    assert canonical_link(link)


@pytest.mark.parametrize(
    ("guid", "bare"),
    [
        ("http://Berita.example/?p=1", "berita.example/?p=1"),
        ("https://www.berita.example/?p=1", "berita.example/?p=1"),
        ("https://berita.example/a/", "berita.example/a"),
        ("tag:berita.example,2023:1", "tag:berita.example,2023:1"),
        ("123/", "123/"),
        ("https://", "https://"),
        ("", ""),
    ],
)
def test_a_bare_guid_has_no_scheme_and_no_slash_at_its_end(guid: str, bare: str) -> None:
    assert bare_guid(guid) == bare


def test_a_guid_is_taken_as_written_but_for_the_blanks_around_it() -> None:
    plain, blanks, other = named({"guid": "A1"}, {"guid": " A1\n"}, {"guid": "a1"})

    assert plain.guid == blanks.guid
    assert plain.guid != other.guid


def test_an_empty_guid_is_none() -> None:
    (keys,) = named({"guid": "  "})

    assert keys.guid is None
    assert keys.bare_guid is None


def test_a_fragment_counts_only_where_it_tells_two_entries_apart() -> None:
    apart = named(
        {"link": "https://berita.example/log#2"}, {"link": "https://berita.example/log#1"}
    )
    (alone,) = named({"link": "https://berita.example/log#2"})
    (bare,) = named({"link": "https://berita.example/log"})

    assert apart[0].link != apart[1].link
    assert all(keys.link_needs_fragment for keys in apart)
    assert alone.link == bare.link
    assert not alone.link_needs_fragment


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kim – Putin: “Janji”!", "kim putin janji"),
        ("  Kim\u00a0Putin ", "Kim Putin"),
        ("ＫＩＭ Ｐutin", "kim putin"),  # full-width letters, NFKC
        ("STRASSE", "straße"),
    ],
)
def test_titles_are_compared_without_case_spaces_and_punctuation(one: str, other: str) -> None:
    first, second = named({"title": one}, {"title": other})

    assert first.title == second.title


def test_a_title_of_symbols_alone_is_still_a_title() -> None:
    flag, heart = named({"title": "🇮🇩"}, {"title": "❤"})

    assert flag.title != heart.title


def test_the_text_stands_in_for_a_missing_title() -> None:
    one, other = named({"title": "", "summary": "Kim tiba."}, {"title": "", "summary": "Putin."})

    assert one.title is not None
    assert one.title != other.title


def test_an_entry_that_says_nothing_has_no_name() -> None:
    (keys,) = named({"guid": None, "link": None, "title": "", "summary": "", "published_at": None})

    assert keys.all() == ()


def test_every_key_is_a_digest_of_sixteen_bytes() -> None:
    (keys,) = named({})

    assert {len(key.digest) for key in keys.all()} == {16}
    assert {key.kind for key in keys.all()} == set(KeyKind)


def test_lone_surrogates_can_be_named() -> None:
    (keys,) = named({"guid": "\ud83d", "title": "\udcff"})

    assert keys.guid is not None


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"title": "KIM JONG UN janji dukung penuh Putin!"}, True),
        ({"link": "http://www.berita.example/kim-putin?utm_source=rss"}, True),
        ({"published_at": None, "updated_at": None}, True),
        ({"title": "Kim Jong Un Janji Dukung Penuh"}, False),
        ({"summary": "Keduanya berpisah."}, False),
        ({"link": "https://berita.example/kim/"}, False),
    ],
)
def test_a_fingerprint_tells_an_edit_from_a_shuffle(change: dict[str, object], same: bool) -> None:
    before, after = named({}, change)

    assert (before.fingerprint == after.fingerprint) is same


def test_a_counter_in_the_text_is_no_edit() -> None:
    before, after = named({"summary": "Kim tiba. 12 komentar"}, {"summary": "Kim tiba. 7 komentar"})

    assert before.fingerprint == after.fingerprint
