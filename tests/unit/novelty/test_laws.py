"""What holds for any feed, however it behaves."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.model import Entry
from tests.builders import NOON
from tests.unit.novelty.shelf import Shelf

BURST = 20
TITLES = [f"Berita {letter}" for letter in "ABCDEFGHIJKL"]
law = settings(max_examples=60, deadline=None)

dates = st.none() | st.integers(-60 * 24, 24 * 3).map(lambda hour: NOON + timedelta(hours=hour))


@st.composite
def pools(draw: st.DrawFn) -> list[Entry]:
    """Entries a feed may show: some without guid, link or date, some sharing a guid or a link."""
    names = st.sampled_from(["http://a.example/1", "http://a.example/2", "x", "", None])
    return [
        Entry(
            guid=draw(st.just(f"http://a.example/?p={number}") | names),
            link=draw(
                st.sampled_from(
                    [f"http://a.example/berita/{number}", f"http://a.example/log#{number}"]
                )
                | st.sampled_from(["http://a.example/", None])
            ),
            title=title,
            summary=f"Isi {number}",
            published_at=draw(dates),
        )
        for number, title in enumerate(TITLES[: draw(st.integers(1, len(TITLES)))])
    ]


@st.composite
def histories(draw: st.DrawFn) -> list[list[Entry]]:
    """Documents of one pool: entries come, go, come back, change places and schemes."""
    pool = draw(pools())
    documents = []
    for _ in range(draw(st.integers(1, 6))):
        shown = draw(st.lists(st.sampled_from(pool), max_size=12))
        flip = draw(st.booleans())
        documents.append([_flipped(entry) if flip else entry for entry in shown])
    return documents


def _flipped(entry: Entry) -> Entry:
    return replace(
        entry,
        guid=entry.guid and entry.guid.replace("http://", "https://www."),
        link=entry.link and entry.link.replace("http://", "https://"),
    )


@law
@given(histories(), st.none() | st.integers(0, 5))
def test_no_entry_is_ever_published_twice(documents: list[list[Entry]], start: int | None) -> None:
    shelf = Shelf(start=start)

    for document in documents:
        shelf.poll(document)

    titles = [entry.title for entry in shelf.published]
    assert len(titles) == len(set(titles))


@law
@given(histories())
def test_the_same_document_again_publishes_and_writes_nothing(
    documents: list[list[Entry]],
) -> None:
    shelf = Shelf()
    for document in documents:
        shelf.poll(document)

    again = shelf.poll(documents[-1])

    assert again.stories == ()
    assert again.edits == ()
    assert again.seen == ()


@law
@given(pools(), st.integers(0, 15))
def test_a_first_poll_publishes_exactly_the_newest_wanted_oldest_first(
    pool: list[Entry], start: int
) -> None:
    everything = Shelf(start=None)
    order = [story.entry.title for story in everything.poll(pool).stories]

    shelf = Shelf(start=start)
    verdict = shelf.poll(pool)

    assert len(order) == len(pool)
    assert shelf.titles(verdict) == (order[-start:] if start else [])


@law
@given(st.integers(1, 60), st.integers(0, 60))
def test_never_more_than_a_burst_goes_out_at_once(seen: int, new: int) -> None:
    entries = [
        Entry(guid=str(number), title=f"Berita {number}", published_at=NOON)
        for number in range(120)
    ]
    shelf = Shelf()
    shelf.poll(entries[:seen])

    verdict = shelf.poll(entries[: seen + new])

    assert len(shelf.titles(verdict)) == min(new, BURST)
    assert len(verdict.stories) == new


@law
@given(pools())
def test_every_entry_is_accounted_for(pool: list[Entry]) -> None:
    shelf = Shelf(start=2)
    first = shelf.poll(pool)
    second = shelf.poll(pool)

    assert len(first.stories) + sum(first.counted.values()) == len(pool)
    assert len(second.stories) + sum(second.counted.values()) == len(pool)


@law
@given(st.lists(st.integers(1, 8), min_size=1, max_size=20), st.booleans())
def test_no_new_guid_with_a_new_title_is_lost_whatever_its_link(
    shown: list[int], fragments: bool
) -> None:
    shelf = Shelf()
    shelf.poll([])

    for number in shown:
        link = "http://a.example/log" + f"#{number}" * fragments
        shelf.poll([Entry(guid=f"http://a.example/?p={number}", link=link, title=TITLES[number])])

    assert [entry.title for entry in shelf.published] == [
        TITLES[number] for number in dict.fromkeys(shown)
    ]
