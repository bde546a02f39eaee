import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.catalog.names import checked, name_for, near_to, slug, unknown
from feeds.errors import BadRequest


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Daily Berita", "daily-berita"),
        ("  Berita – Terkini!  ", "berita-terkini"),
        ("Café Ñandú", "cafe-nandu"),
        ("新聞", ""),
        ("Satu Dua Tiga Empat Lima Enam Tujuh Delapan", "satu-dua-tiga-empat-lima-enam-tujuh"),
        ("x" * 90, "x" * 40),
    ],
)
def test_a_title_makes_a_name(title: str, name: str) -> None:
    assert slug(title) == name


@given(st.text(max_size=120), st.sampled_from(["https://a.example/", "https://10.0.0.1/", "file:"]))
def test_a_made_name_is_always_a_name_and_never_taken(title: str, url: str) -> None:
    taken: set[str] = set()

    for _ in range(3):
        made = name_for(title=title, url=url, fallback="feed", taken=taken)
        assert checked(made) == made
        assert made not in taken
        taken.add(made)


def test_a_second_feed_of_the_same_title_is_numbered() -> None:
    taken = {"daily-berita", "daily-berita-2"}

    made = name_for(title="Daily Berita", url="https://b.example", fallback="feed", taken=taken)

    assert made == "daily-berita-3"


@pytest.mark.parametrize("name", ["", "42", "Berita", "satu dua", "-x", "x" * 65, "a/b", "é"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(BadRequest):
        checked(name)


def test_near_names_are_suggested_the_nearest_first() -> None:
    names = ["daily-berita", "daily-news", "channel"]

    assert near_to("daly-berita", names) == ["daily-berita"]
    assert near_to("BERITA", names) == ["daily-berita"]
    assert near_to("zzz", names) == []
    assert "did you mean channel?" in str(unknown("destination", "chanel", names))
    assert str(unknown("destination", "zzz", names)) == "No destination is called “zzz”."
