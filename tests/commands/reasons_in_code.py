"""The sentences that the rooms without a language write down as reasons, found in their source."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

from tests.house.tree import Module, modules

# Where reasons are made; `test_reasons` sees to it that no other room makes one.
ROOMS = (
    *("feeds/backlog.py", "feeds/cadence.py", "feeds/fetch.py", "feeds/health.py"),
    *("feeds/catalog/deliveries.py", "feeds/filters/rules.py", "feeds/novelty/writing.py"),
    *("feeds/guard/", "feeds/poll/", "feeds/web/"),
    *(f"feeds/parse/{name}.py" for name in ("careful", "fast", "gate", "jsonfeed", "process")),
    *("feeds/parse/wire.py", "feeds/parse/worker.py"),
    *(f"feeds/store/{name}.py" for name in ("bursts", "decisions", "declared", "destinations")),
    *(f"feeds/store/{name}.py" for name in ("expiry", "faults", "feeds", "findings", "merging")),
    *(f"feeds/store/{name}.py" for name in ("outbox", "polls", "roll_ups", "routes", "sieves")),
    *("bot/beat.py", "bot/doubts.py", "bot/health.py", "bot/lane.py", "bot/ledger.py"),
    *("bot/pace.py", "bot/pacer.py", "bot/passage.py", "bot/prover.py", "bot/retry.py"),
    *("bot/turn.py", "bot/verdict.py", "bot/way.py", "bot/adapters/console.py"),
    *(f"bot/adapters/webhook/{name}.py" for name in ("__init__", "chat", "chat_outcomes")),
    *(f"bot/adapters/webhook/{name}.py" for name in ("discord", "mattermost", "outcomes", "slack")),
    *("bot/adapters/telegram/", "bot/commands/incident.py"),
)
GIVEN = frozenset({"reason", "state_reason", "last_error", "hold", "detail"})  # by these names
APART = frozenset({"commands", "cli"})  # rooms that show reasons
ERRORS = frozenset({"ParseError", "failed"})  # that tell a feed's reason, by whom they are made
HEAD = 60  # characters
GAPS_MAX = 5
FILLED = ("7", "404 Not Found", "kata")  # what may stand in the gaps of a text in the code


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text with spaces in it; each of its gaps is written {}."""

    path: str
    line: int
    text: str
    is_an_error_with_a_key: bool  # it is told by that

    @property
    def examples(self) -> list[str]:
        """Fill its gaps."""
        parts = self.text.split("{}")
        assert len(parts) <= GAPS_MAX, "one with so many gaps would have too many examples"
        fillings = product(FILLED, repeat=len(parts) - 1)
        return [
            "".join(a + b for a, b in zip(parts, (*each, ""), strict=True)) for each in fillings
        ]

    @property
    def head(self) -> str:
        """Name it by its beginning."""
        return self.text[:HEAD]


@cache
def texts() -> tuple[Text, ...]:
    """Give all texts of the rooms but for what is documentation, logged or asserted."""
    rooms = (each for each in modules("bot", "feeds") if each.path.startswith(ROOMS))
    return tuple(text for room in rooms for text in _texts_of(room))


def makers() -> set[str]:
    """Name the modules that give a reason in a text of their own."""
    return {
        module.path
        for module in modules("bot", "feeds")
        if not APART.intersection(module.path.split("/"))
        for node in ast.walk(module.tree)
        if _gives_a_reason(node)
    }


def _gives_a_reason(node: ast.AST) -> bool:
    match node:
        case ast.keyword(arg=name, value=value):
            return name in GIVEN and bool(_text(value))
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[*given]):
            return name in ERRORS and any(map(_text, given))
    return False


def _texts_of(module: Module) -> Iterator[Text]:
    aside = {id(part) for node in ast.walk(module.tree) for part in _aside(node)}
    keyed = {id(each) for node in ast.walk(module.tree) for each in _keyed(node)}
    for node in ast.walk(module.tree):
        text = _text(node)
        if text is not None and " " in text.strip() and id(node) not in aside:
            assert isinstance(node, ast.expr)
            yield Text(
                path=module.path,
                line=node.lineno,
                text=text,
                is_an_error_with_a_key=id(node) in keyed,
            )


def _keyed(node: ast.AST) -> Sequence[ast.AST]:
    """Give what a call is given beside the key of a text in the catalogues."""
    given = node.args if isinstance(node, ast.Call) else ()
    return given if any((_text(each) or "").startswith("error.") for each in given) else ()


def _aside(node: ast.AST) -> Iterator[ast.AST]:
    """Give what is no reason: documentation, what is logged or asserted, the parts of a text."""
    match node:
        case ast.Module() | ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from ast.walk(node.body[0]) if isinstance(node.body[0], ast.Expr) else ()
        case ast.Assert(msg=ast.expr() as message):
            yield from ast.walk(message)
        case (
            ast.Call(func=ast.Attribute(value=ast.Name(id="log")))
            | ast.Call(func=ast.Name(id="say"))
        ):
            yield from (part for each in node.args for part in ast.walk(each))
        case ast.JoinedStr():
            yield from (part for part in ast.walk(node) if part is not node)


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        parts = (each.value if isinstance(each, ast.Constant) else "{}" for each in node.values)
        return "".join(str(part) for part in parts)
    return None
