"""The tree as it lies here: its modules, read once."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("bot", "feeds", "config")
README = ROOT / "README.md"
CHANGELOG = ROOT / "CHANGELOG.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One Python file: where it lies, its dotted name, what is in it."""

    path: str
    name: str
    text: str

    @property
    def tree(self) -> ast.Module:
        """Parse it, once: most questions are to the text or to few modules."""
        return _parsed(self.text)

    def mentions(self, *words: str) -> bool:
        """Tell whether one of them is in its text, which spares parsing most modules."""
        return any(word in self.text for word in words)

    @property
    def docstring(self) -> str:
        return ast.get_docstring(self.tree) or ""

    def imports(self) -> Iterator[str]:
        """List what it imports, at its top or inside, each as "package.module.name"."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from (f"{node.module}.{alias.name}" for alias in node.names)

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node


@cache
def modules(*packages: str) -> tuple[Module, ...]:
    """List every module of these packages, or of the three that are shipped."""
    files = (file for package in packages or PACKAGES for file in (ROOT / package).rglob("*.py"))
    return tuple(_module(file) for file in sorted(files))


@cache
def _module(file: Path) -> Module:
    place = file.relative_to(ROOT)
    parts = place.with_suffix("").parts
    text = file.read_text(encoding="utf-8")
    return Module(
        path=str(place),
        name=".".join(parts[:-1] if parts[-1] == "__init__" else parts),
        text=text,
    )


@cache
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)
