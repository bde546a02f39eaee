"""The catalogues agree with each other and with the code; values in texts are harmless."""

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from aiogram.utils.formatting import Text
from hypothesis import given
from hypothesis import strategies as st

import bot.commands
from bot.commands.menu import COMMANDS, menu
from bot.commands.reasons import PREFIX
from bot.commands.words import VALUE_MAX, Tongues, copyable, joined, lines, plain
from bot.locales import LANGUAGES, read_catalogue
from bot.summary.cutting import units
from tests.adapters import tdlib
from tests.builders import NOON
from tests.house.tree import modules

JAKARTA = ZoneInfo("Asia/Jakarta")
TONGUES = Tongues(default="id", time_zone=JAKARTA)
CATALOGUES = {
    language: {m.id if isinstance(m.id, str) else m.id[0]: m for m in read_catalogue(language)}
    for language in LANGUAGES
}
for _each in CATALOGUES.values():
    del _each[""]
KEYS = set(CATALOGUES["en"])
ERROR = re.compile(r"error\.[a-z_.]+")


def test_every_catalogue_has_the_same_keys() -> None:
    assert set(CATALOGUES["id"]) == KEYS


@pytest.mark.parametrize("key", sorted(KEYS))
def test_a_text_has_the_same_placeholders_in_every_language_and_form(key: str) -> None:
    forms = [form for each in CATALOGUES.values() for form in forms_of(each[key])]

    assert all(form.strip() for form in forms), "an empty text"
    assert len({frozenset(placeholders(form)) for form in forms}) == 1


@pytest.mark.parametrize("key", sorted(KEYS))
def test_no_text_is_left_in_the_other_language(key: str) -> None:
    english, indonesian = (forms_of(CATALOGUES[each][key]) for each in ("en", "id"))

    words = re.sub(r"\{\w+\}|[\W\d_]", "", english[-1])
    assert english[-1] != indonesian[-1] or words in {"", "feed", "feeds"}


@pytest.mark.parametrize("key", sorted(KEYS))
def test_a_text_is_plural_in_every_language_or_in_none(key: str) -> None:
    counts = {each: len(forms_of(catalogue[key])) for each, catalogue in CATALOGUES.items()}

    assert counts in ({"id": 1, "en": 1}, {"id": 1, "en": 2})
    assert ("number" in placeholders(forms_of(CATALOGUES["en"][key])[0])) is (counts["en"] == 2)


def test_every_key_in_the_code_is_in_the_catalogues_and_none_is_left_over() -> None:
    constants, beginnings = keys_of_errors(), set()
    for node in nodes_of_commands():
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            constants.add(node.value)
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
            beginnings.add(node.values[0].value)
    asked = {key for node in nodes_of_commands() for key in keys_asked_by(node)}

    known = (*beginnings, PREFIX)  # of reasons it is test_reasons that finds what is left over
    spare = {k for k in KEYS if k not in constants and not k.startswith(known)}

    assert asked | keys_of_errors() <= KEYS
    assert spare == set()


def nodes_of_commands() -> Iterator[ast.AST]:
    for path in Path(bot.commands.__file__).parent.rglob("*.py"):
        yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def keys_of_errors() -> set[str]:
    """Find what the rooms without a language say: `feeds`, and what is outside of the chat."""
    return {
        node.value
        for module in modules("bot", "feeds")
        if module.mentions("error.")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and ERROR.fullmatch(node.value)
    }


def keys_asked_by(node: ast.AST) -> set[str]:
    if not isinstance(node, ast.Call) or not node.args:
        return set()
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    first = node.args[0]
    asks = name in {"say", "count", "label", "gettext", "Refusal"} and isinstance(
        first, ast.Constant
    )
    return {first.value} if asks else set()


def forms_of(message: object) -> list[str]:
    found = message.string
    return [found] if isinstance(found, str) else list(found)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_menu_is_one_that_telegram_takes(language: str) -> None:
    made = menu(language, TONGUES)

    assert [each.command for each in made] == list(COMMANDS)
    assert all(1 <= len(each.description) <= 256 for each in made)


@pytest.mark.parametrize(
    ("code", "language"),
    [("id", "id"), ("id-ID", "id"), ("en", "en"), ("en-GB", "en"), ("EN", "en"), (None, "id")],
)
def test_a_person_is_spoken_to_in_the_language_of_his_telegram(
    code: str | None, language: str
) -> None:
    assert TONGUES.of(code).language == language


@pytest.mark.parametrize(("default", "language"), [("en", "en"), ("id", "id"), ("jv", "en")])
def test_others_are_spoken_to_in_the_configured_language(default: str, language: str) -> None:
    assert Tongues(default=default, time_zone=JAKARTA).of("fr").language == language


SPANS = [
    (timedelta(minutes=15), "15 menit", "15 minutes"),
    (timedelta(minutes=90), "1 jam 30 menit", "1 hour 30 minutes"),
    (timedelta(hours=1), "1 jam", "1 hour"),
    (timedelta(days=1, hours=2, minutes=3), "1 hari 2 jam", "1 day 2 hours"),
    (timedelta(seconds=30), "30 detik", "30 seconds"),
    (timedelta(0), "0 detik", "0 seconds"),
]


@pytest.mark.parametrize(("span", "indonesian", "english"), SPANS)
def test_a_span_is_said_exactly(span: timedelta, indonesian: str, english: str) -> None:
    assert TONGUES["id"].span(span) == indonesian
    assert TONGUES["en"].span(span) == english


def test_an_instant_is_said_as_near_as_it_is() -> None:
    words = TONGUES["id"]

    assert words.ago(None, now=NOON) == "belum pernah"
    assert words.ago(NOON, now=NOON) == "baru saja"
    assert words.ago(NOON, now=NOON + timedelta(minutes=5)) == "5 menit yang lalu"
    assert words.ago(NOON, now=NOON + timedelta(days=2)) == "Rabu, 13 September 2023 19.00 WIB"
    assert words.ago(NOON, now=NOON - timedelta(hours=1)) == "baru saja"  # a clock set back


@given(st.text())
def test_a_value_is_one_short_line_that_calls_nobody(text: str) -> None:
    shown = plain(text)

    assert units(shown) <= VALUE_MAX
    assert len(shown.splitlines()) <= 1
    assert plain(shown) == shown
    assert not {kind for kind, _ in tdlib.found_by_itself(shown)} & {"Mention", "BotCommand"}


def test_braces_in_a_value_are_no_placeholders() -> None:
    said = TONGUES["en"].say("cannot", reason="{user} {0} {reason}")

    assert said.as_kwargs()["text"] == "Can't: {user} {0} {reason}"


def test_marks_survive_being_put_into_a_text() -> None:
    said = TONGUES["en"].say("cannot", reason=Text("see ", copyable("/feeds 😀")))

    (entity,) = said.as_kwargs()["entities"]
    assert (entity.type, entity.offset, entity.length) == ("code", 11, 9)


def test_empty_parts_leave_no_empty_lines() -> None:
    assert lines("a", "", Text(""), "b").as_kwargs()["text"] == "a\nb"
    assert joined((), "\n").as_kwargs()["text"] == ""
