"""What a configuration finds in other files: secrets, and the paths written relative to it.

Reads the files that `token_file`, `secret_file` and `url_file` name; makes `file:` URLs of feeds
and the SQLite path absolute. Works on the raw tables, before anything else is checked: what has
the wrong type is left for the models to name.
"""

from collections.abc import Iterator
from os.path import normpath
from pathlib import Path as FilePath
from typing import Any
from urllib.parse import unquote, urlsplit

from config.lines import Path

SECRET_FILE_BYTES_MAX = 64_000
_SQLITE = "sqlite:///"
_SECRET_STARTS = ("whsec_", "postgresql://", "postgres://")

Problem = tuple[Path, str]


def read_secret_files(
    raw: dict[str, Any], *, folder: FilePath, cwd: FilePath, from_environment: frozenset[Path]
) -> Iterator[Problem]:
    """Put the content of each `*_file` in the place it stands for; yield what went wrong.

    A relative path starts at the configuration file's folder, or at `cwd` when the environment
    gave it.
    """
    for where, table, option in _pairs(raw):
        name = table.get(f"{option}_file")
        if not isinstance(name, str) or not name:
            continue
        path = (*where, f"{option}_file")
        if table.get(option):
            yield path, f"{option} is given, too: keep one of the two"
            continue
        start = cwd if path in from_environment else folder
        content, fault = _read(start, name)
        if fault:
            yield path, fault
            table.pop(option, None)
        else:
            table[option] = content


def resolve_paths(raw: dict[str, Any], *, folder: FilePath, cwd: FilePath) -> Iterator[Problem]:
    """Make the paths absolute in place; yield what went wrong."""
    store = raw.get("store")
    if isinstance(store, dict) and isinstance(store.get("url"), str):
        store["url"] = _absolute_sqlite(store["url"], cwd)
    for index, feed in enumerate(_tables(raw, "feed")):
        url = feed.get("url")
        if isinstance(url, str) and url.lower().startswith("file:"):
            absolute = _absolute_file_url(url, folder)
            if absolute is None:
                yield ("feed", index, "url"), 'must be "file:PATH", on this machine'
                absolute = folder.as_uri()  # one complaint is enough
            feed["url"] = absolute


def _pairs(raw: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any], str]]:
    for section, option in (("store", "url"), ("telegram", "token")):
        if isinstance(raw.get(section), dict):
            yield (section,), raw[section], option
    for index, table in enumerate(_tables(raw, "destination")):
        yield ("destination", index), table, "secret"


def _tables(raw: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """List an array's tables; what is none stands as an empty one, so that the count is right."""
    tables = raw.get(name)
    if not isinstance(tables, list):
        return []
    return [table if isinstance(table, dict) else {} for table in tables]


def _read(start: FilePath, name: str) -> tuple[str, str | None]:
    """Give the stripped content, or why there is none."""
    head, colon, _ = name.partition(":")
    if name.startswith(_SECRET_STARTS) or (colon and head.isdigit()):
        return "", "must name a file; this looks like the secret itself"
    path = start / name
    try:
        with path.open("rb") as file:
            content = file.read(SECRET_FILE_BYTES_MAX + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a usable name"
        return "", f'cannot read "{path}": {reason}'
    if len(content) > SECRET_FILE_BYTES_MAX:
        return "", f'"{path}" is too large to be a secret'
    try:
        text = content.decode().strip()
    except UnicodeDecodeError:
        return "", f'"{path}" is not text'
    return text, None if text else f'"{path}" is empty'


def _absolute_sqlite(url: str, cwd: FilePath) -> str:
    if not url.startswith(_SQLITE) or len(url) == len(_SQLITE):
        return url
    return f"{_SQLITE}{cwd / url.removeprefix(_SQLITE)}"


def _absolute_file_url(url: str, folder: FilePath) -> str | None:
    parts = urlsplit(url)
    path = unquote(parts.path)
    if parts.netloc not in ("", "localhost") or not path or "\0" in path:
        return None
    return FilePath(normpath(folder / path)).as_uri()
