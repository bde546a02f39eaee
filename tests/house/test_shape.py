"""Files and functions that fit into one sitting, finished, with a reason for every exception."""

import re
import tokenize
from collections.abc import Iterator
from io import StringIO

from tests.house.tree import Module, modules

LINES_MAX = 300
FUNCTION_LINES_MAX = 60
NAMELESS = {"utils", "util", "helpers", "common", "manager", "base", "misc"}
BACKWARDS = ("ODOT", "EMXIF", "KCAH", "rorrEdetnemelpmItoN")  # this file is read, too
UNFINISHED = re.compile(rf"\b(?:{'|'.join(word[::-1] for word in BACKWARDS)})\b")
SILENCED = re.compile(r"#\s*(noqa|type:\s*ignore)")
REASONED = re.compile(
    r"# (noqa: [A-Z]+\d+(, [A-Z]+\d+)*|type: ignore\[[a-z-]+(, ?[a-z-]+)*\])  # \S"
)

# A migration is history: written once, whole, and never taken apart.
SHIPPED = tuple(module for module in modules() if "migrations.versions" not in module.name)
EVERYWHERE = modules("bot", "feeds", "config", "tests")


def test_files_fit_in_one_sitting() -> None:
    lengths = {module.path: module.text.count("\n") for module in SHIPPED}

    assert {path: lines for path, lines in lengths.items() if lines > LINES_MAX} == {}


def test_functions_fit_on_one_screen() -> None:
    lengths = {
        f"{module.path}:{function.lineno}": function.end_lineno - function.lineno + 1
        for module in SHIPPED
        for function in module.functions()
        if function.end_lineno is not None
    }

    assert {place: lines for place, lines in lengths.items() if lines > FUNCTION_LINES_MAX} == {}


def test_files_have_names_that_say_what_is_in_them() -> None:
    assert [each.path for each in modules() if each.name.rpartition(".")[2] in NAMELESS] == []


def test_modules_say_in_one_sentence_what_they_are_for() -> None:
    def sentence(module: Module) -> str:
        return module.docstring.split("\n\n", maxsplit=1)[0].strip()

    assert [each.path for each in modules() if sentence(each)[-1:] not in {".", ":", "?"}] == []


def test_nothing_is_left_unfinished() -> None:
    assert {
        each.path: found for each in EVERYWHERE if (found := UNFINISHED.findall(each.text))
    } == {}


def test_every_silenced_warning_has_its_reason_beside_it() -> None:
    assert {each.path: found for each in modules() if (found := list(_unreasoned(each)))} == {}


def _unreasoned(module: Module) -> Iterator[str]:
    for token in tokenize.generate_tokens(StringIO(module.text).readline):
        silences = token.type == tokenize.COMMENT and SILENCED.match(token.string)
        if silences and not REASONED.match(token.string):
            yield token.string
