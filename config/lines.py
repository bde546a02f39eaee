"""PURE: on which line of a TOML text each table and option stands.

The standard library's parser tells no lines. This reads a text that it has already accepted, so it
need not judge, only count: strings and brackets are followed, values are skipped.
"""

import re
from collections import Counter
from collections.abc import Iterator

Path = tuple[str | int, ...]  # ("polling", "every") or ("feed", 1, "url"), counted from 0

_TOKEN = re.compile(
    r"""
      (?P<skip>[ \t\r]+|\#[^\n]*)
    | (?P<newline>\n)
    | (?P<string>\"{3}(?:\\.|[^\\])*?\"{3,5} | '{3}.*?'{3,5} | "(?:\\.|[^"\\\n])*" | '[^'\n]*')
    | (?P<mark>[\[\]{}=,.])
    | (?P<bare>[^\s\[\]{}=,.\#"']+)
    """,
    re.DOTALL | re.VERBOSE,
)


def lines_of(text: str) -> dict[Path, int]:
    """Map every table and option of a valid TOML text to its line, counted from 1.

    What stands inside a value (an inline table, a list) has no line of its own.
    """
    lines: dict[Path, int] = {}
    counts: Counter[Path] = Counter()
    table: Path = ()
    for line, tokens in _statements(text):
        if tokens[0] == "[":
            table = _open_table(tokens, counts)
            path = table
        else:
            path = table + _names(tokens[: tokens.index("=")])
        for length in range(1, len(path) + 1):
            lines.setdefault(path[:length], line)
    return lines


def line_of(path: Path, lines: dict[Path, int]) -> int | None:
    """Find the line of a path, or of the nearest table around it."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


def _statements(text: str) -> Iterator[tuple[int, list[str]]]:
    """Cut the text into headers and assignments: their first line and their tokens."""
    line, depth = 1, 0
    first, tokens = 1, list[str]()
    for match in _TOKEN.finditer(text):
        part, kind = match[0], match.lastgroup
        if kind == "newline" and depth == 0 and tokens:
            yield first, tokens
            tokens = []
        if kind in ("string", "mark", "bare"):
            first = first if tokens else line
            tokens.append(part)
            depth += (part in "[{") - (part in "]}") if kind == "mark" else 0
        line += part.count("\n")
    if tokens:
        yield first, tokens


def _open_table(tokens: list[str], counts: "Counter[Path]") -> Path:
    """Tell the path a header opens; in an array of tables the last one counts."""
    names = _names(tokens)
    path: Path = ()
    for name in names[:-1]:
        path += (name,)
        path += (counts[path] - 1,) if path in counts else ()
    path += names[-1:]
    if tokens[:2] == ["[", "["]:
        counts[path] += 1
    return (*path, counts[path] - 1) if path in counts else path


def _names(tokens: list[str]) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in tokens if part not in "[].")
