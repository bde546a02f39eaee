"""What a message about incidents is made of, whatever there is to tell."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.adapters.telegram.outcomes import GONE, MAY_POST, Exchange, judge
from bot.adapters.telegram.seeking import LINKED_GROUP, PROBE, Reach
from bot.commands.answers import ENTITIES_MAX, TEXT_MAX
from bot.commands.buttons import Deed
from bot.commands.notices import outage
from bot.commands.notices.affairs import Affair
from bot.commands.notices.doubts import FINDINGS, LOOKED_AT, REASONS, WAYS
from bot.commands.notices.groups import grouped
from bot.commands.notices.held import REASONS as HELD_FOR
from bot.commands.notices.kinds import KINDS
from bot.commands.notices.messages import ITEMS_MAX, compose, ending, news_of_end, page_of
from bot.commands.notices.parked import REMEDIES, split_reason
from bot.commands.words import Tongues
from bot.locales import LANGUAGES
from feeds.model import (
    Admin,
    Attempt,
    Ended,
    Ending,
    Evidence,
    Finding,
    Incident,
    Notice,
    NoticeKind,
    Telling,
    Told,
)
from feeds.store.expiry import CUT_OFF
from feeds.store.rows import Burst, DeliveryStory
from tests.adapters import tdlib
from tests.builders import NOON, a_delivery, a_destination, a_source, a_story
from tests.commands.chat import JAKARTA

TONGUES = Tongues(default="id", time_zone=JAKARTA)
WORDS = TONGUES["en"]
LONG = "@panjang /sekali 😀 " * 200
ANI = Admin(person=1, name="Ani")


def a_notice(id_: int = 1, kind: NoticeKind = NoticeKind.PARKED, **changes: Any) -> Notice:
    details = changes.pop("details", {"reason": LONG, "service": LONG, "count": "9"})
    about = Incident(key=f"k:{id_}", kind=kind, destination=1, delivery=id_, details=details)
    return replace(Notice(id=id_, incident=about, begun_at=NOON), **changes)


def over(notice: Notice, how: Ended | None, by: Admin | None = None) -> Notice:
    return replace(notice, over_at=NOON, ending=None if how is None else Ending(how=how, by=by))


def an_affair(notice: Notice, **changes: Any) -> Affair:
    """An affair of which everything is as long as it can be."""
    place = a_destination(kind="telegram", address="-100123", title=LONG)
    attempt = Attempt(delivery=notice.id, number=1, started_at=NOON)
    told = DeliveryStory(
        delivery=a_delivery(id=notice.id, reason=LONG),
        story=a_story(title=LONG),
        source=a_source(),
        destination=place,
        attempts=(attempt,),
        evidence=tuple(
            Evidence(way=f"way {number} {LONG}", finding=finding, at=NOON, detail=LONG)
            for number, finding in enumerate([*Finding] * 3)
        ),
    )
    bursts = tuple(a_burst(id=number) for number in range(9))
    return replace(Affair(notice=notice, place=place, delivery=told, bursts=bursts), **changes)


def a_burst(**changes: Any) -> Burst:
    made = Burst(
        destination_id=1,
        id=1,
        destination="channel",
        kind="telegram",
        reason=LONG,
        count=10**9,
        since=NOON,
        oldest=LONG,
        newest=LONG,
    )
    return replace(made, **changes)


def test_every_kind_of_incident_can_be_told() -> None:
    assert set(KINDS) == set(NoticeKind)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("number", [1, 2, ITEMS_MAX, 100])
@pytest.mark.parametrize("over_at", [None, NOON])
def test_the_longest_message_is_one_message(
    over_at: Any, number: int, kind: NoticeKind, language: str
) -> None:
    by = Admin(person=2**60, name=LONG)
    notices = [a_notice(each, kind) for each in range(1, number + 1)]
    if over_at:
        notices = [over(each, Ended.RETRIED, by) for each in notices]
    shown = [an_affair(notices[at]) for at in page_of(notices)]

    said = compose(KINDS[kind], notices, shown, words=TONGUES[language])

    text, entities = said.text.render()
    assert len(said.text) <= TEXT_MAX
    assert len(entities) <= ENTITIES_MAX
    assert not {what for what, _ in tdlib.found_by_itself(text)} & {"Mention", "BotCommand"}
    assert (said.markup is None) or not over_at


@given(total=some.integers(1, 60), left=some.sets(some.integers(0, 59), max_size=3))
def test_the_page_is_the_first_with_something_open_and_no_longer_than_it_may_be(
    total: int, left: set[int]
) -> None:
    open_ = [number in left for number in range(total)]
    notices = [
        a_notice(number) if each else over(a_notice(number), None)
        for number, each in enumerate(open_, 1)
    ]

    page = page_of(notices)

    shown = [open_[at] for at in page]
    assert 1 <= len(page) <= ITEMS_MAX
    assert page.start % ITEMS_MAX == 0
    assert any(shown) is any(open_)
    assert not any(open_[: page.start])


def test_numbers_stay_when_others_are_decided() -> None:
    notices = [a_notice(1), over(a_notice(2), Ended.RESUMED, ANI), a_notice(3)]

    said = compose(
        KINDS[NoticeKind.PARKED], notices, [an_affair(each) for each in notices], words=WORDS
    )

    parts = said.text.as_kwargs()["text"].split("\n\n")
    assert [part[:2] for part in parts[1:4]] == ["1.", "2.", "3."]
    assert said.markup is not None
    assert [row[0].text[:2] for row in said.markup.inline_keyboard] == ["1.", "3."]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("how", [None, *Ended])
@pytest.mark.parametrize("by", [None, ANI])
def test_every_end_is_told_in_one_line(by: Admin | None, how: Ended | None, language: str) -> None:
    affair = an_affair(over(a_notice(), how, by))

    said = ending(KINDS[NoticeKind.IN_DOUBT], affair, TONGUES[language]).as_kwargs()["text"]

    assert "\n" not in said
    if how in {Ended.CONFIRMED, Ended.RETRIED, Ended.DROPPED, Ended.RESUMED}:
        assert ("Ani" in said) is (by is ANI)


@pytest.mark.parametrize(
    ("how", "by", "is_news"),
    [
        (Ended.LET_IN, None, True),
        (Ended.RESUMED, None, True),
        (Ended.RESUMED, Admin(person=2, name="Budi"), True),
        (Ended.RESUMED, ANI, False),
        (Ended.REMOVED, None, False),
        (None, None, True),
    ],
)
def test_news_of_an_end_is_told_to_whom_it_is_news(
    how: Ended | None, by: Admin | None, *, is_news: bool
) -> None:
    affair = an_affair(over(a_notice(), how, by))

    news = news_of_end(KINDS[NoticeKind.PARKED], [affair], person=ANI.person, words=WORDS)

    assert (news is not None) is is_news


@pytest.mark.parametrize("kind", KINDS)
def test_news_of_many_ends_is_one_message(kind: NoticeKind) -> None:
    affairs = [an_affair(over(a_notice(number, kind), None)) for number in range(100)]

    news = news_of_end(KINDS[kind], affairs, person=1, words=WORDS)

    assert news is None or len(news) <= TEXT_MAX


def test_an_outage_of_no_known_service_is_told_all_the_same() -> None:
    affair = Affair(notice=a_notice(kind=NoticeKind.OUTAGE, details={}))

    assert "?" in outage.item(affair, WORDS, 100).text.as_kwargs()["text"]


@pytest.mark.parametrize("kind", [NoticeKind.PARKED, NoticeKind.IN_DOUBT])
def test_what_is_no_more_does_not_keep_its_notice_from_being_told(kind: NoticeKind) -> None:
    notice = a_notice(kind=kind)

    said = compose(KINDS[kind], [notice], [Affair(notice=notice)], words=WORDS)

    assert said.markup is not None


# ── words of other rooms, known here ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize("known", GONE)
def test_what_can_be_done_about_a_refusal_is_told_in_the_owners_language(known: str) -> None:
    body = f'{{"ok": false, "error_code": 400, "description": "Bad Request: {known}"}}'
    outcome = judge(Exchange(bytes_left=True, status=400, body=body), bot_scope=None)

    said, remedy = split_reason(getattr(outcome, "reason", ""))

    assert said.lower() == f"400 bad request: {known}"
    assert remedy in REMEDIES.values()


def test_a_refusal_of_another_wording_has_its_remedy_too() -> None:
    assert split_reason(f"403 Forbidden: away: {MAY_POST}") == (
        "403 Forbidden: away",
        "remedy.allow",
    )
    assert split_reason("410 Gone") == ("410 Gone", None)


def test_the_ways_and_reasons_of_a_doubt_are_known_by_the_words_that_say_them() -> None:
    span = Reach(ids=(12, 13, 14), newest=14).said(14)
    unheard = judge(Exchange(bytes_left=True, fault="timed out"), bot_scope=None)

    assert set(WAYS) == {LINKED_GROUP, PROBE}
    assert (LINKED_GROUP, Finding.UNKNOWN) in FINDINGS
    assert LOOKED_AT.match(span)
    assert CUT_OFF in REASONS
    assert getattr(unheard, "reason", "").partition(": ")[0] in REASONS


def test_why_something_is_held_is_known_by_the_words_that_say_it() -> None:
    said = ["burst: 21 new at once", "burst: 25 waited while parked", LONG]
    known = [
        [key for pattern, key in HELD_FOR.items() if pattern.fullmatch(reason)] for reason in said
    ]

    assert known == [["why.new_at_once"], ["why.waited"], []]


@pytest.mark.parametrize(
    ("kind", "deeds"),
    [
        ("telegram", [Deed.PUBLISH, Deed.SKIP, Deed.ROLL_UP]),
        ("webhook", [Deed.PUBLISH, Deed.SKIP]),
    ],
)
def test_only_what_can_be_rolled_up_has_the_button_for_it(kind: str, deeds: list[Deed]) -> None:
    affair = Affair(notice=a_notice(kind=NoticeKind.HELD), bursts=(a_burst(id=7, kind=kind),))

    (choice,) = KINDS[NoticeKind.HELD].item(affair, WORDS, 1_000).choices

    assert [(each.deed, each.on) for each in choice.buttons] == [(deed, 7) for deed in deeds]


def test_bursts_of_one_place_are_told_apart_by_letters() -> None:
    notices = [a_notice(number, NoticeKind.HELD) for number in (1, 2)]
    shown = [
        Affair(notice=notices[0], bursts=tuple(a_burst(id=number) for number in (7, 8, 9, 10))),
        Affair(notice=notices[1], bursts=(a_burst(id=11),)),
    ]

    said = compose(KINDS[NoticeKind.HELD], notices, shown, words=WORDS)

    assert said.markup is not None
    labels = [row[0].text for row in said.markup.inline_keyboard]
    assert labels == ["1a. Publish", "1b. Publish", "1c. Publish", "2. Publish"]


# ── which become one message ─────────────────────────────────────────────────────────────────────


def a_telling(notice: Notice) -> Telling:
    what = Told.BEGUN if notice.over_at is None else Told.OVER
    return Telling(notice=notice, person=1, what=what)


def test_what_began_is_a_message_a_kind_and_what_is_over_one_for_each_older_message() -> None:
    doubts = [a_notice(number, NoticeKind.IN_DOUBT) for number in (1, 2)]
    parked = [a_notice(number) for number in (3, 4)]
    ended = [over(a_notice(number), None) for number in (5, 6, 7, 8)]
    tellings = [a_telling(each) for each in (*doubts, *parked, *ended)]

    groups = list(grouped(tellings, {5: 50, 6: 60, 7: 50}, now=NOON + timedelta(minutes=1)))

    found = [(g.message_id, [t.notice.id for t in g.tellings]) for g in groups]
    assert found == [(50, [5, 7]), (60, [6]), (None, [8]), (None, [1, 2]), (None, [3, 4])]
    assert [group.is_over for group in groups] == [True] * 3 + [False] * 2
