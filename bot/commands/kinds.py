"""What the chat is told of the kinds of destinations, each of which only its adapter knows."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    """Answers about kinds: those that repeat nothing, those whose addresses are keys."""

    repeatable: frozenset[str]  # a post whose answer was not heard is simply sent again
    shown: Callable[[str, str], str]  # (kind, address) → as much of it as people may see
    is_key: Callable[[str, str], bool]  # (kind, address) → who knows it may post there
    likely: Callable[[str], tuple[str, ...]]  # a URL → kinds that it may be a hook of; one and more
    secrets_declared: frozenset[str] = frozenset()  # destinations whose secret the file gives
