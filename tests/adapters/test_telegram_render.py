"""What Telegram is asked to show, judged by Telegram's own library."""

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.telegram.render import TEXT_MAX, render
from bot.adapters.telegram.render_roll_up import render_roll_up
from bot.inert import inert
from bot.summary import SUMMARY_MAX, Summary, summarise
from bot.summary.cutting import units
from bot.summary.rolled import rolled_up_of
from feeds.model import RouteOptions
from tests.adapters import tdlib, wild
from tests.builders import NOON, a_destination, a_rolled_up_parcel, a_source, a_story

JAKARTA = ZoneInfo("Asia/Jakarta")
ENTITIES_MAX = 90
ROLL_UP_SHOWN = 30


def a_summary(**changes: Any) -> Summary:
    story = a_story(**changes)
    return summarise(story, a_source(), summary_max=400, language="id", time_zone=JAKARTA, now=NOON)


def rendered(summary: Summary, *, plain: bool = False, **options: Any) -> dict[str, Any]:
    call: dict[str, Any] = json.loads(render(summary, RouteOptions(**options), plain=plain))
    return call


@settings(deadline=None)
@given(title=wild.texts, summary=wild.texts, link=wild.links, most=st.integers(0, SUMMARY_MAX))
def test_telegram_shows_any_story_exactly_as_it_was_rendered(
    title: str, summary: str, link: str | None, most: int
) -> None:
    story = a_story(title=title, summary=summary, link=link)
    told = summarise(
        story, a_source(), summary_max=most, language="id", time_zone=JAKARTA, now=NOON
    )

    call = rendered(told)

    text, entities = call["text"], sorted(call["entities"], key=lambda e: e["type"])
    shown, kept = tdlib.kept(text, entities)
    assert shown == text == text.strip()
    assert [entity for entity in kept if entity["type"] == "bold"] == entities[:1]
    assert 0 < units(text) <= TEXT_MAX
    assert len(entities) <= ENTITIES_MAX
    calls = {kind for kind, _ in tdlib.found_by_itself(text)}
    assert not calls & {"Mention", "BotCommand"}


@settings(deadline=None)
@given(title=wild.texts, summary=wild.texts, link=wild.links)
def test_the_plain_form_is_accepted_whatever_the_story(
    title: str, summary: str, link: str | None
) -> None:
    call = rendered(a_summary(title=title, summary=summary, link=link), plain=True)

    shown, kept = tdlib.kept(call["text"], call["entities"])
    assert (shown, kept) == (call["text"], [])
    assert 0 < units(call["text"]) <= TEXT_MAX


@settings(deadline=None)
@given(text=st.text(alphabet="@/ab:.(", max_size=4_000), most=st.integers(2_900, SUMMARY_MAX))
def test_parting_calls_from_their_names_never_breaks_the_bound(text: str, most: int) -> None:
    told = summarise(
        a_story(title=text[:600], summary=text),
        a_source(title="@a" * 60),
        summary_max=most,
        language="id",
        time_zone=JAKARTA,
        now=NOON,
    )

    assert units(rendered(told)["text"]) <= TEXT_MAX


@settings(deadline=None)
@given(
    stories=st.lists(st.tuples(wild.texts, wild.links), min_size=1, max_size=ROLL_UP_SHOWN),
    hidden=st.integers(0, 10_000),
    site=wild.texts,
    language=st.sampled_from(["id", "en", "fr"]),
    plain=st.booleans(),
)
def test_telegram_shows_any_roll_up_exactly_as_it_was_rendered(
    stories: list[tuple[str, str | None]], hidden: int, site: str, language: str, *, plain: bool
) -> None:
    members = tuple(a_story(title=title, link=link, summary="") for title, link in stories)
    parcel = a_rolled_up_parcel(
        members=members, members_total=len(members) + hidden, sources=(a_source(title=site),)
    )
    rolled = rolled_up_of(parcel, a_destination(), language=language, time_zone=JAKARTA)

    body = render_roll_up(rolled, RouteOptions(), plain=plain)

    call = json.loads(body)
    text, entities = call["text"], call["entities"]
    assert tdlib.kept(text, entities) == (text, entities)
    assert 0 < units(text) <= TEXT_MAX
    assert len(entities) <= ENTITIES_MAX
    assert sum(len(entity.get("url", "").encode()) for entity in entities) < 9_000
    if not plain:
        calls = {kind for kind, _ in tdlib.found_by_itself(text)}
        assert not calls & {"Mention", "BotCommand"}
    assert body == render_roll_up(rolled, RouteOptions(), plain=plain)


def a_roll_up(stories: int, **changes: Any) -> dict[str, Any]:
    parcel = a_rolled_up_parcel(stories, **changes)
    rolled = rolled_up_of(parcel, a_destination(), language="en", time_zone=JAKARTA)
    call: dict[str, Any] = json.loads(render_roll_up(rolled, parcel.options, plain=False))
    return call


def test_each_headline_of_a_roll_up_leads_to_its_story() -> None:
    call = a_roll_up(2)

    assert call["text"] == "2 stories at a glance\n\n• Berita 2\n• Berita 1\n\nDaily Berita"
    assert call["entities"] == [
        {"type": "bold", "offset": 0, "length": 21},
        {"type": "text_link", "offset": 25, "length": 8, "url": "https://berita.example/2/"},
        {"type": "text_link", "offset": 36, "length": 8, "url": "https://berita.example/1/"},
    ]
    assert call["link_preview_options"] == {"is_disabled": True}
    assert call["disable_notification"] is False


def test_a_roll_up_counts_what_it_does_not_show_and_makes_a_sound_unless_told() -> None:
    call = a_roll_up(2, members_total=40, options=RouteOptions(silent=True))

    assert call["text"].startswith("40 stories at a glance\n\n• Berita 2\n• Berita 1\nand 38 more")
    assert call["disable_notification"] is True


def test_links_that_would_be_too_much_together_are_left_out_one_by_one() -> None:
    members = tuple(
        a_story(id=n, title=f"Berita {n}", link=f"https://berita.example/{n}/" + "x" * 1_900)
        for n in range(6)
    )

    call = a_roll_up(6, members=members)

    linked = [entity for entity in call["entities"] if entity["type"] == "text_link"]
    assert len(linked) == 4
    assert call["text"].count("• Berita") == 6


def test_the_headline_is_bold_and_leads_to_the_story() -> None:
    call = rendered(a_summary(title="😀 Kim bertemu Putin", link="https://berita.example/kim"))

    assert call["text"].startswith("😀 Kim bertemu Putin\n\n")
    assert call["entities"] == [
        {"type": "bold", "offset": 0, "length": 20},
        {"type": "text_link", "offset": 0, "length": 20, "url": "https://berita.example/kim"},
    ]
    assert tdlib.kept(call["text"], call["entities"])[1] == call["entities"]


def test_the_preview_is_large_above_the_text_and_of_the_story() -> None:
    call = rendered(a_summary(link="https://berita.example/kim"))

    assert call["link_preview_options"] == {
        "url": "https://berita.example/kim",
        "prefer_large_media": True,
        "show_above_text": True,
    }


def test_a_route_may_be_silent_and_without_preview() -> None:
    call = rendered(a_summary(), silent=True, preview=False)

    assert call["disable_notification"] is True
    assert call["link_preview_options"] == {"is_disabled": True}


@pytest.mark.parametrize(
    "link", [None, "javascript:alert(1)", "ftp://a.example/", "https://", "http://[::1", "/kim"]
)
def test_only_web_links_are_linked(link: str | None) -> None:
    call = rendered(a_summary(link=link))

    assert [entity["type"] for entity in call["entities"]] == ["bold"]
    assert call["link_preview_options"] == {"is_disabled": True}


def test_the_plain_form_is_headline_and_link_alone() -> None:
    call = rendered(a_summary(title="Kim", link="https://berita.example/@kim/1"), plain=True)

    assert call["text"] == "Kim\nhttps://berita.example/@kim/1"
    assert call["entities"] == []


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("kata @nama_kanal", set()),
        ("(@nama_kanal)", set()),
        ("/mulai sekarang", set()),
        ("/mulai@nama_bot", set()),
        ("tg://resolve?domain=x", set()),
        ("dan/atau 17/8", set()),
        ("surel a@b.example", {("EmailAddress", "a@b.example")}),
        ("#Korut", {("Hashtag", "#Korut")}),
        ("https://medium.com/@abcdef/x", {("Url", "https://medium.com/@abcdef/x")}),
    ],
)
def test_a_feed_can_neither_ping_nor_command(written: str, found: set[tuple[str, str]]) -> None:
    assert tdlib.found_by_itself(inert(written)) == found


def test_the_same_story_is_rendered_to_the_same_bytes() -> None:
    summary = a_summary(published_at=datetime(2023, 9, 13, 10, 5, tzinfo=UTC))

    bodies = {render(summary, RouteOptions(), plain=False) for _ in range(3)}

    assert len(bodies) == 1
