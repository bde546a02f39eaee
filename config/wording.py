"""PURE: pydantic's findings in the words of the configuration file."""

from typing import Any

from pydantic_core import ErrorDetails

from config.errors import did_you_mean
from config.lines import Path
from config.options import SectionOptions, sections

_TYPES = {
    "string_type": "must be text in quotes",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list: [ … ]",
    "missing": "is missing",
    "too_short": "must name at least one",
    "too_long": "names too many",
}


def key_of(path: Path) -> str:
    """Write a path for people: `polling.every`, `feed[2].url` for that of the second feed."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


def message_of(found: ErrorDetails, raw: dict[str, Any]) -> str:
    """Say what is wrong, without ever repeating the value."""
    path, kind, context = found["loc"], found["type"], found.get("ctx", {})
    match kind:
        case "extra_forbidden":
            message = _unknown(path, raw)
        case "value_error":
            message = str(context["error"])
        case "literal_error":
            message = _choice(str(context["expected"]), _value_at(path, raw))
        case "greater_than_equal":
            message = f"must be at least {context['ge']}"
        case "less_than_equal" | "less_than":
            message = f"must be at most {context.get('le', context.get('lt'))}"
        case "int_type" | "bool_type":
            message = f"{_TYPES[kind]}{_unquote(_value_at(path, raw))}"
        case _ if kind == "model_type" or len(path) == 1:
            message = _shape(path)
        case _:
            message = _TYPES.get(kind, found["msg"])
    return message


def _unquote(given: object) -> str:
    plain = given in ("true", "false") or (isinstance(given, str) and given.isdigit())
    return ", without quotes" if plain else ""


def _unknown(path: Path, raw: dict[str, Any]) -> str:
    name = str(path[-1])
    by_name = {section.name: section for section in sections()}
    if len(path) > 1:
        return f"no such option{_suggestion(name, by_name[str(path[0])])}"
    if isinstance(raw.get(name), dict | list):
        return f"no such section{did_you_mean(name, by_name)}"
    homes = _homes(name)
    return f"no such option outside of a section{homes}"


def _suggestion(name: str, home: SectionOptions) -> str:
    return _homes(name) or did_you_mean(name, home.names)


def _homes(name: str) -> str:
    """Name the sections that do have an option of this name."""
    homes = [_header(section) for section in sections() if name in section.names]
    return f"; it belongs to {' or '.join(homes)}" if homes else ""


def _header(section: SectionOptions) -> str:
    return f"[[{section.name}]]" if section.many else f"[{section.name}]"


def _shape(path: Path) -> str:
    section = next(section for section in sections() if section.name == path[0])
    return f"must be a table of its own: {_header(section)}"


def _choice(expected: str, given: object) -> str:
    words = [word.strip("'") for word in expected.replace(" or ", ", ").split(", ")]
    listed = ", ".join(f'"{word}"' for word in words[:-1]) + f' or "{words[-1]}"'
    suggestion = did_you_mean(given, words) if isinstance(given, str) else ""
    return f"must be {listed}{suggestion}"


def _value_at(path: Path, raw: Any) -> object:
    for part in path:
        raw = raw[part]
    return raw
