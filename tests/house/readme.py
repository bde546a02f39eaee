"""The README as its readers take it: blocks to type, blocks to compare, commands it names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.house.tree import README

_BLOCK = re.compile(r"^```(?P<info>[^\n`]+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One fenced block: "sh test" is typed by the test, "python test" executed."""

    info: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def text() -> str:
    return README.read_text(encoding="utf-8")


def blocks(info: str | None = None) -> tuple[Block, ...]:
    """List the fenced blocks, all or those of one kind."""
    found = (
        Block(info=match["info"], lines=tuple(match["text"].splitlines()))
        for match in _BLOCK.finditer(text())
    )
    return tuple(block for block in found if info in (None, block.info))


def block_with(part: str) -> Block:
    """Give the first block that contains `part`."""
    return next(block for block in blocks() if part in block.text)


def dialogue() -> Iterator[tuple[str, str]]:
    """Give what `berita init` asks and what the README answers."""
    for line in block_with("The feed's URL").lines:
        question, _, answer = f"{line} ".rpartition(": ")
        yield question, answer.strip()


def commands_named() -> Iterator[str]:
    """List every line and every piece of code that is a call of `berita` or `make`."""
    for block in blocks():
        if block.info.startswith("sh"):
            yield from (line for line in block.lines if line.startswith(("berita ", "make ")))
    prose = _BLOCK.sub("", text())
    yield from (found[1] for found in re.finditer(r"`((?:berita|make) [^`]+)`", prose))
