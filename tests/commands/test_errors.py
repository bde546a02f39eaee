"""What people can mend is said in their language: every error that can be met in the chat."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Final

import pytest

from bot.commands.border import reason_of, told
from bot.locales import LANGUAGES, read_translations
from feeds import errors
from feeds.errors import (
    WEB_KEYS,
    BeritaError,
    FeedRefused,
    ParseError,
    StoreRefused,
    StoreUnavailable,
    StoreUnusable,
    WebError,
    WebErrorKind,
)
from feeds.fetch import Failed, FetchFailure
from tests.commands.chat import FEED, open_chat
from tests.commands.test_words import TONGUES, keys_of_errors
from tests.house.tree import modules

INDONESIAN: Final = TONGUES["id"]
ENGLISH: Final = re.compile(
    r"\b(the|is|are|was|no|not|cannot|there|that|this|it|its|of|and|or|for|with|already|did)\b",
    re.IGNORECASE,
)
ALWAYS_LARGE: Final = ("Anda ", "Telegram ", "I ", "OPML ")
FILLED: Final = "@x/1"  # no word of any language

# Met at the command line alone: names that the file will take up, webhook-ids, the start.
ELSEWHERE: Final = (
    *("feeds/catalog/importing.py", "feeds/catalog/exporting.py"),
    *("feeds/catalog/reserved.py", "feeds/catalog/delivery_ids.py"),
    "feeds/store/matching.py",
    *("feeds/store/sqlite.py", "feeds/store/postgres.py"),  # backups
    *("bot/adapters/telegram/session.py", "bot/adapters/telegram/asking.py"),
    *("bot/app/", "bot/cli/", "bot/adapters/console.py", "bot/http.py"),
)
TOLD_BY_NAME: Final = {"BadRequest", "UnknownName", "Conflict", "AddressError", "FeedRefused"}
PASSED_ON: Final = {"error.key", "result.said", "key", "with_near"}  # literal where they are made


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A place in the code where an error is made."""

    where: str
    kind: str
    key: str  # empty: none is given
    passed_on: bool
    values: frozenset[str]

    def error(self) -> BeritaError:
        made = getattr(errors, self.kind)
        values = dict.fromkeys(self.values, FILLED)
        found = made("This is the English text.", self.key, **values)
        assert isinstance(found, BeritaError)
        return found


def made_in_code() -> Iterator[Made]:
    for module in modules("bot", "feeds"):
        if module.path.startswith(ELSEWHERE) or not module.mentions(*TOLD_BY_NAME):
            continue
        for node in ast.walk(module.tree):
            name = node.func.id if isinstance(node, ast.Call) and is_named(node) else ""
            if name in TOLD_BY_NAME:
                yield made(f"{module.path}:{node.lineno}", name, node)


def refusals() -> set[str]:
    """Find the keys of the chat's own refusals, which are said after "Can't:"."""
    return {
        node.args[0].value
        for module in modules("bot")
        if module.mentions("Refusal(")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "Refusal"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


def is_named(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name)


def made(where: str, kind: str, call: ast.Call) -> Made:
    key = call.args[1] if len(call.args) > 1 else None
    literal = isinstance(key, ast.Constant) and isinstance(key.value, str)
    return Made(
        where=where,
        kind=kind,
        key=key.value if literal else "",
        passed_on=not literal and key is not None and ast.unparse(key) in PASSED_ON,
        values=frozenset(each.arg for each in call.keywords if each.arg),
    )


MADE: Final = tuple(made_in_code())
LITERAL: Final = tuple(each for each in MADE if each.key)


def wanted_by(key: str) -> set[str]:
    text = read_translations()["id"].gettext(key)
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def said(error: BeritaError) -> str:
    return str(told(error, INDONESIAN).as_kwargs()["text"])


def test_whatever_can_be_met_in_the_chat_is_made_with_its_key() -> None:
    keyless = [each.where for each in MADE if not each.key and not each.passed_on]

    assert keyless == []
    assert len(LITERAL) > 50, "the search finds nothing any more"


@pytest.mark.parametrize("made", LITERAL, ids=lambda each: f"{each.where}-{each.key}")
def test_it_is_told_in_indonesian(made: Made) -> None:
    error = made.error()

    assert wanted_by(made.key) == made.values - ({"url"} if made.kind == "FeedRefused" else set())
    assert made.key not in said(error), "no text"
    assert ENGLISH.search(said(error).replace(FILLED, "")) is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", sorted(keys_of_errors() | refusals()))
def test_a_text_goes_on_after_the_colon(key: str, language: str) -> None:
    filled = dict.fromkeys(wanted_by(key), FILLED)
    error = BeritaError("This is the English text.", key, **filled)

    _, _, reason = str(told(error, TONGUES[language]).as_kwargs()["text"]).partition(": ")

    assert not reason[0].isupper() or reason.startswith(ALWAYS_LARGE)
    assert language == "en" or ENGLISH.search(reason.replace(FILLED, "")) is None


@pytest.mark.parametrize("failure", FetchFailure)
def test_why_a_feed_could_not_be_fetched_is_told_in_indonesian(failure: FetchFailure) -> None:
    failed = Failed(kind=failure, message="This is the English text.", status=418)

    error = FeedRefused(failed.message, failed.said, url="https://x.example/f", status=418)

    assert said(error).startswith("Tidak bisa: https://x.example/f: ")
    assert ENGLISH.search(said(error)) is None


@pytest.mark.parametrize("kind", WebErrorKind)
def test_a_failed_exchange_has_the_text_of_its_kind(kind: WebErrorKind) -> None:
    error = WebError(kind, "This is the English text.", request_left=False)

    assert error.key == WEB_KEYS[kind]
    assert ENGLISH.search(said(error)) is None


@pytest.mark.parametrize("kind", [ParseError, StoreRefused, StoreUnavailable, StoreUnusable])
def test_what_is_made_of_foreign_words_has_a_text_of_its_class(kind: type[BeritaError]) -> None:
    assert ENGLISH.search(said(kind("This is the English text."))) is None


def test_an_error_without_a_key_is_told_as_it_is() -> None:
    error = BeritaError("Something @somebody said.")

    assert str(reason_of(error, INDONESIAN).as_kwargs()["text"]).startswith("Something @")


MISTAKES: Final = (
    "https://lost.example/feed",
    "https://page.example/",
    "https://nowhere.example/f",
    "http://127.0.0.1/f",
    f"/addfeed {FEED}",
    "/addfeed ftp://x.example/",
    f"/addfeed {FEED} @tidakada",
    f"/addfeed {FEED} nowhere",
    "/pause daily-brita",
    "/preview nowhere",
    "/why bukan_tautan",
    "/feeds 9",
)


async def test_usual_mistakes_are_answered_in_the_language_they_were_made_in(
    tmp_path: Path,
) -> None:
    async with open_chat(tmp_path, language="id") as chat:
        chat.serve("lost.example", "x", status=404)
        chat.serve("page.example", "<!doctype html><p>halo")
        await chat.says(f"/addfeed {FEED}")

        answers = {mistake: await chat.says(mistake) for mistake in MISTAKES}
        answers["a file"] = await chat.sends("daftar.txt", b"bukan opml")

    spoken = {mistake: " ".join(said) for mistake, said in answers.items()}
    assert all(spoken.values())
    assert {mistake: text for mistake, text in spoken.items() if ENGLISH.search(text)} == {}
