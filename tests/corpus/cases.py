"""The corpus as cases: `<name>.xml|json|html` beside `<name>.expected.json`.

An expectation is {"document": …} or {"error": …}, with the `content_type` and `url` that the body
came with where they matter. What is empty in a document is left out, for the reader's sake.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from feeds.errors import ParseError
from feeds.parse import parse_document
from feeds.parse.wire import write_document

FOLDER = Path(__file__).parent
URL = "https://harian.example/feed/"
SUFFIXES = {".xml", ".json", ".html"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    name: str
    body: bytes
    url: str
    content_type: str | None
    expected: dict[str, Any]


def all_cases() -> list[Case]:
    """Every document of the folder, by name; one without an expectation yet expects {}."""
    bodies = [
        path
        for path in sorted(FOLDER.iterdir())
        if path.suffix in SUFFIXES and not path.name.endswith(".expected.json")
    ]
    return [_case(path) for path in bodies]


def read(case: Case) -> dict[str, Any]:
    """What we read out of it, in the form of the expectations."""
    try:
        document = parse_document(case.body, url=case.url, content_type=case.content_type)
    except ParseError as error:
        return {"error": str(error)}
    said = json.loads(write_document(document))["document"]
    return {"document": _without_empties(said)}


def expectation_path(name: str) -> Path:
    return FOLDER / f"{name}.expected.json"


def _case(path: Path) -> Case:
    beside = expectation_path(path.stem)
    expected = json.loads(beside.read_text(encoding="utf-8")) if beside.exists() else {}
    return Case(
        name=path.stem,
        body=path.read_bytes(),
        url=expected.pop("url", URL),
        content_type=expected.pop("content_type", None),
        expected=expected,
    )


def _without_empties(said: Any) -> Any:
    if isinstance(said, dict):
        return {key: _without_empties(value) for key, value in said.items() if value or value == 0}
    return [_without_empties(item) for item in said] if isinstance(said, list) else said
