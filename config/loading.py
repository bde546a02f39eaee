"""TOML and environment → Settings, or one clear list of everything that is wrong."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from config.checks import problems
from config.environment import FILE_VARIABLE, overrides, variable_of
from config.errors import ConfigError, ConfigErrors
from config.files import read_secret_files, resolve_paths
from config.lines import Path, line_of, lines_of
from config.settings import Settings, StoreSettings
from config.slips import slip_in
from config.wording import key_of, message_of

FILE_NAME = "berita.toml"
FILE_BYTES_MAX = 20_000_000  # some 100,000 feeds
_THEN = {
    FileNotFoundError: "; {named_by} names it, and `berita init` writes one to start from",
    IsADirectoryError: f"; name the {FILE_NAME} in it",
    PermissionError: "; let the user who runs Berita read it",
}
_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def load(path: FilePath | None, environ: Mapping[str, str], cwd: FilePath) -> Settings:
    """Read the configuration; raises ConfigErrors with every mistake at once.

    `path` is what `--config` named; without it the file is found as `find` says. `cwd` is where
    relative paths of the command line, the environment and the store begin.
    """
    cwd = cwd.absolute()
    file = find(path, environ, cwd)
    shown = _shown(file, cwd)
    text = _read(file, shown, named_by="--config" if path else f"${FILE_VARIABLE}")
    raw = _parse(text, shown)
    given, errors = overrides(environ)
    report = _Report(shown=shown, text=text, given=frozenset(given), errors=errors)
    settings = _settle(raw, given, report, folder=file.parent, cwd=cwd)
    if settings is None or report.errors:
        raise ConfigErrors(report.in_order())
    settings._file = file  # noqa: SLF001  # set once, by the one who read it
    settings._shipped = file == shipped()  # noqa: SLF001  # as above
    return settings


def find(path: FilePath | None, environ: Mapping[str, str], cwd: FilePath) -> FilePath:
    """Tell the file to read: `path`, $BERITA_CONFIG, ./berita.toml, else the one shipped."""
    named = path or (FilePath(environ[FILE_VARIABLE]) if environ.get(FILE_VARIABLE) else None)
    if named is not None:
        return cwd / named
    local = cwd / FILE_NAME
    return local if local.exists() else shipped()


def shipped() -> FilePath:
    """Tell where the configuration lies that came with Berita."""
    return FilePath(str(files("config") / FILE_NAME))


@dataclass(slots=True, kw_only=True)
class _Report:
    """The mistakes found so far, and what it takes to say where they are."""

    shown: str
    text: str
    given: frozenset[Path]  # what the environment set
    errors: list[ConfigError]
    lines: dict[Path, int] = field(default_factory=dict)

    def add(self, path: Path, message: str) -> None:
        """Note a mistake under the line or the variable that made it."""
        if path[:2] in self.given:
            variable = variable_of(str(path[0]), str(path[1]))
            error = ConfigError(file=None, line=None, key=variable, message=message)
        else:
            self.lines = self.lines or lines_of(self.text)
            line = line_of(path, self.lines)
            error = ConfigError(file=self.shown, line=line, key=key_of(path), message=message)
        self.errors.append(error)

    def in_order(self) -> list[ConfigError]:
        """Give the mistakes by line, those of the environment last, each once."""
        once = dict.fromkeys(self.errors)
        return sorted(once, key=lambda error: (error.file is None, error.line or 0))


def _settle(
    raw: dict[str, Any],
    given: dict[Path, Any],
    report: _Report,
    *,
    folder: FilePath,
    cwd: FilePath,
) -> Settings | None:
    """Lay the layers over each other and check the whole."""
    _overlay(raw, given)
    found = list(read_secret_files(raw, folder=folder, cwd=cwd, from_environment=frozenset(given)))
    _fill_store(raw)
    found += resolve_paths(raw, folder=folder, cwd=cwd)
    found += problems(raw)
    for path, message in found:
        report.add(path, message)
    try:
        return Settings.model_validate(raw)
    except ValidationError as error:
        told = {path for path, _ in found}
        for detail in error.errors(include_input=False, include_url=False):
            if detail["loc"] not in told:
                report.add(_source(detail["loc"], raw), message_of(detail, raw))
        return None


def _source(path: Path, raw: Any) -> Path:
    """Lead a mistake in a secret back to the file it was read from, where there is one."""
    for part in path[:-1]:
        raw = raw[part]
    file_option = f"{path[-1]}_file"
    named = isinstance(raw, dict) and raw.get(file_option)
    return (*path[:-1], file_option) if named else path


def _overlay(raw: dict[str, Any], given: dict[Path, Any]) -> None:
    """Let the environment win, over a value and over the file that would hold it."""
    for (section, option), value in given.items():
        table = raw.setdefault(str(section), {})
        if not isinstance(table, dict):
            continue
        twin = (
            str(option).removesuffix("_file") if str(option).endswith("_file") else f"{option}_file"
        )
        if (section, twin) not in given:
            table.pop(twin, None)
        table[str(option)] = value


def _fill_store(raw: dict[str, Any]) -> None:
    """Write the default URL down, so that its path is made absolute like any other."""
    store = raw.setdefault("store", {})
    if isinstance(store, dict):
        store.setdefault("url", StoreSettings().url.get_secret_value())


def _shown(file: FilePath, cwd: FilePath) -> str:
    return str(file.relative_to(cwd) if file.is_relative_to(cwd) else file)


def _read(file: FilePath, shown: str, *, named_by: str) -> str:
    try:
        with file.open("rb") as opened:
            content = opened.read(FILE_BYTES_MAX + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a usable name"
        advice = next((then for kind, then in _THEN.items() if isinstance(error, kind)), "")
        said = f"cannot read it: {reason}{advice.format(named_by=named_by)}"
        raise _only(shown, None, said) from None
    if len(content) > FILE_BYTES_MAX:
        raise _only(shown, None, f"is larger than {FILE_BYTES_MAX // 10**6} MB")
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _only(shown, line, "is not UTF-8 text") from None


def _parse(text: str, shown: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise _only(shown, None, "not TOML that can be read: nested too deeply") from None
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        said = _PLACE.sub("", str(error))
        line = int(place[1] or text.count("\n") + 1) if place else None
        column = f", at column {place[2]}" if place and place[2] else ""
        slip = slip_in(text.split("\n")[line - 1]) if line else ""
        raise _only(shown, line, f"not TOML: {said[:1].lower()}{said[1:]}{column}{slip}") from None


def _only(shown: str, line: int | None, message: str) -> ConfigErrors:
    return ConfigErrors([ConfigError(file=shown, line=line, key=None, message=message)])
