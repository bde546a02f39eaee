"""Filters: which stories a route lets through, and what is said of a rule that is none."""

import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.filters import (
    REGEX_RULES_MAX,
    RULES_MAX,
    WORDS_MAX,
    BrokenFilter,
    Facts,
    Fault,
    read_filter,
)
from feeds.filters.patterns import NoPattern, read_pattern
from feeds.filters.rules import REASON_MAX

KIM = {
    "title": "Kim Jong-un Janji Dukung Penuh “Perjuangan Suci” Rusia",
    "summary": "Washington memperingatkan bahwa jual-beli senjata melanggar resolusi PBB.",
    "author": "Redaksi Internasional",
    "tags": ("Asia Timur", "Politik"),
    "link": "https://dailyberita.example/internasional/kim-putin/",
}


def drops(*rules: str, **changes: Any) -> str | None:
    return read_filter(rules).drops(Facts(**KIM | changes))


KEPT = [
    ("any: korea, rusia",),
    ("any: KOREA, RUSIA",),
    ("any: kim jong un",),  # the marks between words do not matter
    ("any title: perjuangan suci",),
    ("all: kim, washington",),  # wherever each of them is
    ("all title: kim, rusia",),
    ("none: iklan, promo",),
    ("none title: washington",),
    ("any author: redaksi",),
    ("any tags: asia timur",),
    ("any link: internasional",),
    ("any any: kim",),
    ("any title ~ ^kim .*rusia$",),
    ("none ~ (iklan|promo)",),
    ("any: rusia", "none: iklan", "any title ~ kim"),
    (),
]
DROPPED = [
    (("any: korea, jepang",), "filtered: has none (any: korea, jepang)"),
    (("any: rusi",), "filtered: has none (any: rusi)"),  # whole words
    (("all title: kim, washington",), "filtered: lacks washington (all title: kim, washington)"),
    (("none: iklan, senjata",), "filtered: has senjata (none: iklan, senjata)"),
    (("any: kim", "none tags: politik"), "filtered: has politik (none tags: politik)"),
    (("any title ~ ^rusia",), "filtered: does not match (any title ~ ^rusia)"),
    (("none ~ PBB",), "filtered: matches (none ~ PBB)"),
    (("any title ~ (?-i)kim",), "filtered: does not match (any title ~ (?-i)kim)"),
]


@pytest.mark.parametrize("rules", KEPT)
def test_a_story_that_all_rules_hold_for_is_kept(rules: tuple[str, ...]) -> None:
    assert drops(*rules) is None


@pytest.mark.parametrize(("rules", "reason"), DROPPED)
def test_the_reason_names_what_speaks_against_a_story_and_the_rule(
    rules: tuple[str, ...], reason: str
) -> None:
    assert drops(*rules) == reason


def test_scripts_without_blanks_between_words_are_looked_for_anywhere() -> None:
    assert drops("any: 北朝鮮", title="金総書記、北朝鮮から出発") is None
    assert drops("any: รัสเซีย", title="คิมไปรัสเซียแล้ว") is None


def test_what_is_looked_for_never_reaches_from_one_part_into_the_next() -> None:
    assert drops("any: rusia washington") is not None


def test_rules_are_kept_put_right() -> None:
    rules = read_filter(('NONE  Tags :  Iklan , "sponsor promo",, iklan', "any title~ ^a b "))

    assert rules.texts == ("none tags: Iklan, sponsor promo", "any title ~ ^a b")
    assert read_filter(rules.texts).texts == rules.texts


BROKEN = [
    ("gempa", Fault.SHAPE, "gempa", 0),
    ("any gempa", Fault.SHAPE, "any gempa", 0),
    ("some: x", Fault.SHAPE, "some: x", 0),
    ("any titel: gempa", Fault.FIELD, "any titel: gempa", 4),
    ("none: ", Fault.EMPTY, "none: ", 6),
    ("none: ,,", Fault.EMPTY, "none: ,,", 6),
    ("any: gempa, !!!", Fault.WORDLESS, "any: gempa, !!!", 12),
    ("any title: ~gemp.", Fault.TILDE, "any title: ~gemp.", 11),
    ("any: ~gemp(", Fault.TILDE, "any: ~gemp(", 5),
    ("none: iklan, “~ promo”", Fault.TILDE, "none: iklan, “~ promo”", 13),
    (f"any: a, {'x' * 101}", Fault.TOO_LONG, f"any: a, {'x' * 20}…", 8),
    (f"any: {'a, ' * 400}", Fault.TOO_LONG, "…" + ", a" * 20 + "…", 41),
    ("all ~ x", Fault.ALL_PATTERN, "all ~ x", 0),
    ("any ~ gempa (besar", Fault.BRACKET, "any ~ gempa (besar", 12),
    (r"any ~ \(gempa)", Fault.BRACKET, r"any ~ \(gempa)", 13),
    ("any ~ [abc", Fault.BRACKET, "any ~ [abc", 6),
    ("any ~ a**", Fault.REPEAT, "any ~ a**", 7),
    ("any ~ *a", Fault.REPEAT, "any ~ *a", 6),
    ("any ~ a{2000}", Fault.REPEAT, "any ~ a{2000}", 7),
    ("any ~ gempa(?!bumi)", Fault.LOOK_AROUND, "any ~ gempa(?!bumi)", 11),
    (r"any ~ a\q", Fault.ESCAPE, r"any ~ a\q", 7),
    ("any ~ x\\", Fault.ESCAPE, "any ~ x\\", 8),
    ("any ~ [z-a]", Fault.CHARACTERS, "any ~ [z-a]", 7),
    ("any ~ ((a{0,30}){0,30})b", Fault.TOO_LARGE, "any ~ ((a{0,30}){0,30})b", 6),
    ("any ~ (?P<a-b>x)", Fault.PATTERN, "any ~ (?P<a-b>x)", 6),
]


@pytest.mark.parametrize(("rule", "fault", "shown", "caret"), BROKEN)
def test_a_broken_rule_is_refused_with_an_error_that_shows_where(
    rule: str, fault: Fault, shown: str, caret: int
) -> None:
    with pytest.raises(BrokenFilter) as refused:
        read_filter(("any: kim", rule))

    error = refused.value
    assert (error.fault, error.number) == (fault, 2)
    assert (error.shown, error.caret) == (shown, caret)
    assert f"  {shown}\n  {' ' * caret}^" in str(error)


def test_rules_words_and_patterns_are_bounded_in_number() -> None:
    words = ", ".join(f"kata{n}" for n in range(WORDS_MAX + 1))
    for rules, fault in (
        (("any: kim",) * (RULES_MAX + 1), Fault.TOO_MANY_RULES),
        (tuple(f"any ~ {n}" for n in range(REGEX_RULES_MAX + 1)), Fault.TOO_MANY_PATTERNS),
        ((f"any: {words}",), Fault.TOO_MANY_WORDS),
    ):
        with pytest.raises(BrokenFilter) as refused:
            read_filter(rules)
        assert refused.value.fault is fault


def test_a_reason_is_bounded() -> None:
    rule = f"any: {', '.join('x' * 40 for _ in range(20))}"
    words = rule.replace("x" * 40, "{}").format(*(f"{n:040}" for n in range(20)))

    assert len(drops(words) or "") <= REASON_MAX


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+$", "(a|a)*b", "(x+x+)+y", "(.*)(.*)(.*)(.*)b$", "(a?){40}a{40}b", "(a{0,20}){0,20}b"],
)
def test_an_evil_pattern_takes_no_longer_than_the_story_is_long(pattern: str) -> None:
    sieve = read_filter((f"any ~ {pattern}",))
    story = Facts(**KIM | {"title": "a" * 2_000, "summary": "a" * 16_000})
    begun = time.perf_counter()

    sieve.drops(story)

    assert time.perf_counter() - begun < 1  # a backtracking engine takes longer than the sun has


@given(st.text(max_size=60))
def test_any_text_is_a_pattern_or_refused_at_one_of_its_characters(text: str) -> None:
    at = 0
    try:
        read_pattern(text).is_in(text)
    except NoPattern as error:
        at = error.at

    assert 0 <= at <= len(text)


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_is_a_rule_or_refused_and_any_story_is_judged(rule: str, text: str) -> None:
    with suppress(BrokenFilter):
        sieve = read_filter((rule,))
        sieve.drops(Facts(**KIM | {"title": text, "summary": text}))
        assert read_filter(sieve.texts).texts == sieve.texts
