"""Templates: what they say, what they may not, and what is said of one that is broken."""

import time
from typing import Any

import minijinja
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.templates import (
    FIELDS,
    TEMPLATE_MAX,
    BrokenTemplate,
    Fields,
    Span,
    TemplateFault,
    check_template,
    fill,
)
from feeds.templates.engine import _environment
from feeds.templates.scan import check_tags

KIM: dict[str, Any] = {
    "title": "Kim Jong Un Janji Dukung Rusia",
    "link": "https://dailyberita.example/kim/",
    "summary": "Keduanya bertemu di Vostochny.",
    "source": "Daily Berita",
    "tags": ("Asia Timur", "Politik"),
    "hashtags": ("#berita",),
}


def says(template: str, **changes: Any) -> str:
    return "".join(span.text for span in fill(template, Fields(**KIM | changes)))


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ title }}\n{{ summary }}", f"{KIM['title']}\n{KIM['summary']}"),
        ("{% if author %}oleh {{ author }}{% else %}tanpa nama{% endif %}", "tanpa nama"),
        ("{{ tags }} {{ hashtags | join(' ') }}", "Asia Timur, Politik #berita"),
        ("{% for tag in tags %}[{{ tag | upper }}]{% endfor %}", "[ASIA TIMUR][POLITIK]"),
        ("{{ title | shorten(12) }}", "Kim Jong…"),
        ("*** {{ source }} ***", "*** Daily Berita ***"),
        ("  \n{{ author }}\n{{ source }}  \n", "Daily Berita"),
        ("{# a remark #}{{ source }}", "Daily Berita"),
    ],
)
def test_a_template_tells_a_story_in_its_own_words(template: str, said: str) -> None:
    check_template(template)

    assert says(template) == said


def test_marks_are_no_characters_and_what_a_field_says_is_told_apart() -> None:
    told = fill("A {{ title | bold | link }} {{ source | italic }}", Fields(**KIM))

    assert told == (
        Span(text="A "),
        Span(text=KIM["title"], fed=True, bold=True, link=True),
        Span(text=" "),
        Span(text="Daily Berita", fed=True, italic=True),
    )


@given(st.text(max_size=80))
def test_nothing_that_a_feed_writes_can_mark_or_pass_for_the_admins_words(text: str) -> None:
    told = fill("A{{ title }}", Fields(**KIM | {"title": text}))

    assert all(span.fed for span in told[1:])
    assert not any(span.bold or span.italic or span.link for span in told)
    assert len(told) <= 2


def test_every_field_may_be_spoken_of() -> None:
    check_template(" ".join(f"{{{{ {name} }}}}" for name in FIELDS))


LOOPS = "{% for a in tags %}" * 12 + "{{ summary }}" + "{% endfor %}" * 12
BROKEN = [
    ("{{ titel }}", TemplateFault.NAME, 1, 4),
    ("ok\n  é {% if author %}{{ titel }}{% endif %}", TemplateFault.NAME, 2, 23),
    ("a\né {{ title | uper }}", TemplateFault.FILTER, 2, 14),
    ("{{ title", TemplateFault.SYNTAX, 1, 4),
    ("{% if title %}x", TemplateFault.SYNTAX, 1, 15),
    ("{{ }}", TemplateFault.SYNTAX, 1, 4),
    ("{% set x = 1 %}x", TemplateFault.NOT_HERE, 1, 3),
    ("{% include 'x' %}", TemplateFault.NOT_HERE, 1, 3),
    ("{% for i in range(99999999) %}x{% endfor %}", TemplateFault.NOT_HERE, 1, 13),
    ("{% for a in tags recursive %}{{ loop(tags) }}{% endfor %}", TemplateFault.NOT_HERE, 1, 18),
    ("{{ [title] * 100000000 }}", TemplateFault.NOT_HERE, 1, 12),
    ("{{ title.upper() }}", TemplateFault.NOT_HERE, 1, 9),
    ('{{ title }}{{ "{#" }}{{ 2 in ([1]*5000000) }}{{ "#}" }}', TemplateFault.NOT_HERE, 1, 34),
    ("{{ title ~ {'a': {}} }}", TemplateFault.SYNTAX, 1, 12),
    ("{{ title | tojson(indent=3) }}", TemplateFault.FILTER, 1, 12),
    ("{{ debug() }}", TemplateFault.NOT_HERE, 1, 4),
    (LOOPS, TemplateFault.TOO_MUCH, 1, None),
    ("{{ title | replace('u', summary * 2) }}", TemplateFault.NOT_HERE, 1, 33),
    ("x" * (TEMPLATE_MAX + 1), TemplateFault.TOO_LONG, 1, TEMPLATE_MAX + 1),
    ("x\x1b[2J", TemplateFault.CONTROL, 1, 2),
    ("{{ 1 / 0 }}", TemplateFault.VALUE, 1, 4),
    ("{{ title | shorten('x') }}", TemplateFault.VALUE, 1, 1),
    (" \n ", TemplateFault.SILENT, 1, 1),
]


@pytest.mark.parametrize(("template", "fault", "line", "column"), BROKEN)
def test_a_broken_template_is_refused_with_its_line_and_column(
    template: str, fault: TemplateFault, line: int, column: int | None
) -> None:
    with pytest.raises(BrokenTemplate) as refused:
        check_template(template)

    error = refused.value
    assert (error.fault, error.line) == (fault, line)
    assert error.column == column or column is None
    assert f"Line {line}, column {error.column}: " in str(error)
    assert f"\n  {' ' * error.caret}^" in str(error)


@pytest.mark.parametrize(
    "bomb",
    [
        "{{ " + "(" * 12 + "title" + " ~ title)" * 12 + " }}",
        "{{ title" + " | replace('', summary)" * 40 + " }}",
        "{{ (summary | list) | join(summary | list | join(summary)) }}",
        LOOPS,
        "{{ title | indent(100000000) }}",
        "{{ '%1000000000d' | format(3) }}",
        "{{ [1] * 100000000 }}",
        "{{ ([1] * 100000000) == [1] }}",
        "{{ 100000000 * [1] }}",
        "{{ ('a' * 100000000) == title }}",
        '{{ title }}{{ "{#" }}{{ 2 in ([1]*100000000) }}{{ "#}" }}',
        "{{ title }}{{ '{%' }}{{ 2 in ([1]*100000000) }}",
        "{{ {'a': {}} and 2 in ([1]*100000000) }}",
        "{% if {'a': {}} and 2 in ([1]*100000000) %}x{% endif %}",
        "{% if '%}' and 2 in [1]*100000000 %}x{% endif %}",
        "{{ tags | tojson(indent=10000000) | length }}",
        "{{ [[[[tags]]]] | tojson(indent=1000000) }}",
        "{{ summary" + " | urlencode" * 40 + " }}",
        "{{ '\\\\'" + " | pprint" * 60 + " }}",
        "{{ tags | batch(100000000, 1) | length }}",
        "{{ tags | slice(100000000, 1) | length }}",
        "{{ '%*d' | format(100000000, 1) }}",
        "{{ 'a' | indent(100000000, true) }}",
        "{{ tags | map('replace', '', summary) | map('replace', '', summary) | list }}",
        "{{ 9 ** 9 ** 9 ** 9 }}",
    ],
)
def test_a_bomb_of_a_template_neither_fills_memory_nor_takes_long(bomb: str) -> None:
    most = Fields(title="i" * 512, summary="i" * 3_000, tags=("tag",) * 64)
    begun = time.perf_counter()

    try:
        said = "".join(span.text for span in fill(bomb, most))
    except BrokenTemplate as error:
        said = error.shown

    assert len(said) <= 20_000
    assert time.perf_counter() - begun < 1


def test_a_template_cannot_hide_a_tag_from_the_check() -> None:
    with pytest.raises(BrokenTemplate):
        check_template('{{ title }}{{ "{#" }}{{ 2 in ([1]*5000000) }}{{ "#}" }}')


PIECES = ["{{", "}}", "{%", "%}", "{#", "#}", "'", '"', "\\", "{", "}", "(", ")", "[", "]"]
WORDS = ["title", "1", " ", "-", "+", ":", ",", "~", "[1]*2", "[1]*2", "if title", "endif"]


@given(st.lists(st.sampled_from(PIECES + WORDS), max_size=24).map("".join))
def test_what_the_check_takes_for_text_is_text_to_jinja(text: str) -> None:
    try:
        check_tags(text)
        _environment().undeclared_variables_in_str(text)
    except (BrokenTemplate, minijinja.TemplateError):
        return

    # Were one of them in a tag, Jinja could not read this sign in its place.
    _environment().undeclared_variables_in_str(text.replace("*", "$"))


def test_a_template_that_says_nothing_of_a_story_is_told_when_it_is_filled() -> None:
    with pytest.raises(BrokenTemplate, match="says nothing"):
        fill("{% if author %}{{ author }}{% endif %}", Fields(**KIM))


@given(st.text(alphabet="{}%#|'\" abctile.*()[]~-+\n1", max_size=60))
def test_any_text_is_a_template_or_refused_as_one(text: str) -> None:
    refused = False
    try:
        check_template(text)
    except BrokenTemplate:
        refused = True

    assert refused or fill(text, Fields(title="a", tags=("b",), link="c", hashtags=("#d",)))
