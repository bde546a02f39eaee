"""What is wrong with a configuration: every mistake as one line that a person can act on."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigError:
    """One mistake; `message` holds no value that may be secret.

    `file` and `line` are None for a mistake in the environment, whose `key` is the variable.
    """

    file: str | None
    line: int | None
    key: str | None
    message: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return ": ".join(part for part in (place, self.key, self.message) if part)


class ConfigErrors(Exception):  # noqa: N818  # it is several of them
    """All mistakes of a configuration, in the order of the file; its text is one line each."""

    def __init__(self, errors: Iterable[ConfigError]) -> None:
        self.errors = tuple(errors)
        assert self.errors, "there is at least one mistake to report"
        super().__init__("\n".join(str(error) for error in self.errors))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Give `; did you mean "…"?` for the nearest known word, or nothing."""
    near = nearest(word, known)
    return f'; did you mean "{near}"?' if near else ""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Find the known word most like this one, whatever its case, dashes and underscores."""
    plain = {_plain(name): name for name in known}
    match = get_close_matches(_plain(word), plain, n=1, cutoff=0.6)
    return plain[match[0]] if match else None


def _plain(word: str) -> str:
    return word.lower().replace("-", "_").replace(" ", "_")
