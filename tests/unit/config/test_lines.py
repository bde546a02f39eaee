"""Which line an option stands on."""

import tomllib

from hypothesis import given, settings
from hypothesis import strategies as st

from config.lines import line_of, lines_of

TEXT = '''\
# a comment with [brackets] and = signs
[telegram] # another
token = "a # no comment [ here"
owners = [
  1, # the first
  2,
]
api_base = """
[polling]
every = 1
"""

[polling]
"every" = '5m'
[[feed]]
name = "one"

[[feed]]
name = "two"
http.listen = {a = 1}
'''


def test_every_table_and_option_is_found_on_its_line() -> None:
    lines = lines_of(TEXT)

    assert lines == {
        ("telegram",): 2,
        ("telegram", "token"): 3,
        ("telegram", "owners"): 4,
        ("telegram", "api_base"): 8,
        ("polling",): 13,
        ("polling", "every"): 14,
        ("feed",): 15,
        ("feed", 0): 15,
        ("feed", 0, "name"): 16,
        ("feed", 1): 18,
        ("feed", 1, "name"): 19,
        ("feed", 1, "http"): 20,
        ("feed", 1, "http", "listen"): 20,
    }


def test_what_is_not_there_has_the_line_of_what_is_around_it() -> None:
    lines = lines_of(TEXT)

    assert line_of(("feed", 1, "url"), lines) == 18
    assert line_of(("telegram", "owners", 1), lines) == 4
    assert line_of(("store", "url"), lines) is None


def test_a_table_inside_an_array_of_tables_belongs_to_its_last_one() -> None:
    lines = lines_of("[[feed]]\n[[feed]]\n[feed.more]\nx = 1\n[[feed.less]]\ny = 2\n")

    assert lines[("feed", 1, "more", "x")] == 4
    assert lines[("feed", 1, "less", 0, "y")] == 6


words = st.text(alphabet="ab=[]{}#\"'\n\\ é", max_size=12)


@settings(deadline=None)
@given(st.lists(words, min_size=1, max_size=6))
def test_no_value_hides_the_line_of_the_next_option(values: list[str]) -> None:
    written = [_literal(value) for value in values]
    text = "".join(f"k{number} = {value}\n" for number, value in enumerate(written))
    starts = [1 + sum(value.count("\n") + 1 for value in written[:n]) for n in range(len(written))]

    assert len(tomllib.loads(text)) == len(values)
    assert lines_of(text) == {(f"k{number}",): line for number, line in enumerate(starts)}


def _literal(value: str) -> str:
    """Write a value in all the ways that could confuse a reader of lines."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    one_line = escaped.replace("\n", "\\n")
    return f'["""{escaped}""", # a [comment\n  {{a = "{one_line}"}}]'
