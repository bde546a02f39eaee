"""PURE: options given as environment variables, `BERITA_SECTION__OPTION`."""

import json
from collections.abc import Mapping
from typing import Any, get_origin

from config.errors import ConfigError, did_you_mean, nearest
from config.lines import Path
from config.options import SectionOptions, model_of, sections
from config.settings import Settings

PREFIX = "BERITA_"
FILE_VARIABLE = "BERITA_CONFIG"
_SWITCHES = {"true": True, "false": False}


def overrides(environ: Mapping[str, str]) -> tuple[dict[Path, Any], list[ConfigError]]:
    """Read what the environment sets: values by their path, and what is wrong with the names."""
    values: dict[Path, Any] = {}
    errors: list[ConfigError] = []
    for variable in sorted(name for name in environ if name.startswith(PREFIX)):
        path = _path_of(variable)
        if path is not None:
            values[path] = _read(path, environ[variable])
        elif fault := _fault(variable):
            errors.append(ConfigError(file=None, line=None, key=variable, message=fault))
    return values, errors


def variable_of(section: str, option: str) -> str:
    """Tell the variable that sets an option."""
    return f"{PREFIX}{section.upper()}__{option.upper()}"


def _known() -> dict[str, Path]:
    return {
        variable_of(section.name, option): (section.name, option)
        for section in sections()
        for option in section.names
        if not section.many
    }


def _path_of(variable: str) -> Path | None:
    return _known().get(variable)


def _fault(variable: str) -> str | None:
    """Say what is wrong with a variable that sets nothing; None when it is none of our options."""
    known = _known()
    section, underscores, option = variable.removeprefix(PREFIX).partition("__")
    if not underscores:
        joined = {name.replace("__", "_"): name for name in known}
        meant = joined.get(variable)
        return f"sets nothing; two underscores part them: {meant}" if meant else None
    home = _section(section.lower())
    if home is None:
        return None
    if home.many:
        return f"sets nothing: [[{home.name}]] is declared in the file alone"
    if home.name != section.lower():
        return f"no such section{did_you_mean(variable, known)}"
    return f"no such option{did_you_mean(option.lower(), home.names)}"


def _section(name: str) -> SectionOptions | None:
    """Find the section that is named, or all but named."""
    by_name = {section.name: section for section in sections()}
    near = nearest(name, by_name)
    return by_name[near] if near else None


def _read(path: Path, text: str) -> Any:
    """Bring the text into the form TOML would give it; what does not fit stays text."""
    section, option = path
    fields = model_of(Settings.model_fields[str(section)]).model_fields
    kind: object = fields[str(option)].annotation
    if get_origin(kind) is tuple:
        return _read_list(text)
    if kind is bool:
        return _SWITCHES.get(text.strip().lower(), text)
    return _read_number(text) if kind is int else text


def _read_list(text: str) -> Any:
    if text.strip().startswith("["):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return [_read_number(part.strip()) for part in text.split(",") if part.strip()]


def _read_number(text: str) -> Any:
    sign_and_digits = text.strip()
    digits = sign_and_digits.removeprefix("-")
    return int(sign_and_digits) if digits.isascii() and digits.isdigit() else text
