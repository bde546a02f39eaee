"""PURE: Jinja itself, few of its words, with bounds, its errors in ours."""

import re
from functools import cache, lru_cache
from typing import Any, Final

from feeds.templates import spans
from feeds.templates.fault import BrokenTemplate, TemplateFault
from feeds.templates.scan import check_tags
from feeds.templates.spans import FIELDS, Fields, Span, read_spans, trimmed

TEMPLATE_MAX: Final = 2_000  # characters
FUEL: Final = 20_000  # steps of Jinja's, the making of text counted in
SAID_MAX: Final = 20_000  # characters
GLOBALS: Final = ("debug", "dict", "namespace", "range")
UNBOUNDED: Final = ("tojson",)  # it indents as far as it is told before its text is counted
KNOWN_MAX: Final = 256  # templates of which it is remembered that their tags are allowed
SHORTEN_MAX: Final = 4_000

_FAULTS: Final = {
    "SyntaxError": TemplateFault.SYNTAX,
    "UndefinedError": TemplateFault.NAME,
    "UnknownFilter": TemplateFault.FILTER,
    "UnknownTest": TemplateFault.FILTER,
    "UnknownFunction": TemplateFault.NOT_HERE,
    "UnknownMethod": TemplateFault.NOT_HERE,
    "TemplateNotFound": TemplateFault.NOT_HERE,
    "OutOfFuel": TemplateFault.TOO_MUCH,
}
_PROBE: Final = Fields(
    title="Judul",
    link="https://example.org/",
    summary="Ringkasan.",
    author="Nama",
    source="Daily Berita",
    feed="daily-berita",
    published="Rabu, 13 September 2023 16.20 WIB",
    tags=("Dunia", "Politik"),
    hashtags=("#berita",),
)


def check_template(source: str) -> None:
    """Hold a template against the rules and a story that has everything; raises BrokenTemplate."""
    if len(source) > TEMPLATE_MAX:
        raise BrokenTemplate(TemplateFault.TOO_LONG, source, at=TEMPLATE_MAX)
    fill(source, _PROBE)
    for name in sorted(_environment().undeclared_variables_in_str(source) - {*FIELDS}):
        found = re.search(rf"\b{re.escape(name)}\b", source)
        raise BrokenTemplate(TemplateFault.NAME, source, at=found.start() if found else 0)


def fill(source: str, fields: Fields) -> tuple[Span, ...]:
    """Fill a template, whatever was kept as one; raises BrokenTemplate, never anything else."""
    import minijinja  # noqa: PLC0415  # most routes have no template

    _allow(source)
    try:
        text = _environment().render_str(source, "template", **fields.values())
    except minijinja.TemplateError as error:
        fault = _FAULTS.get(error.kind, TemplateFault.VALUE)
        raise BrokenTemplate(fault, source, at=_place(source, error.range)) from error
    except (MemoryError, RecursionError) as error:
        raise BrokenTemplate(TemplateFault.TOO_MUCH, source) from error
    except Exception as error:
        # A filter of ours was given what it cannot take; no template may stop a post.
        raise BrokenTemplate(TemplateFault.VALUE, source) from error
    if len(text) > SAID_MAX:
        raise BrokenTemplate(TemplateFault.TOO_MUCH, source)
    told = trimmed(list(read_spans(text)))
    if not told:
        raise BrokenTemplate(TemplateFault.SILENT, source)
    return told


@lru_cache(maxsize=KNOWN_MAX)
def _allow(source: str) -> None:
    """Check the tags before each new template is filled: one may have been kept by older rules."""
    check_tags(source)


@cache
def _environment() -> Any:
    import minijinja  # noqa: PLC0415  # as above

    made = minijinja.Environment(
        fuel=FUEL,
        undefined_behavior="strict",
        pycompat=False,
        debug=True,  # errors say where
        auto_escape_callback=lambda _name: False,
        finalizer=_said,
        trim_blocks=True,
        filters={
            "bold": lambda value: f"{spans.BOLD}{_text(value)}{spans.CLOSE}",
            "italic": lambda value: f"{spans.ITALIC}{_text(value)}{spans.CLOSE}",
            "link": lambda value: f"{spans.LINK}{_text(value)}{spans.CLOSE}",
            "shorten": _shortened,
        },
    )
    for name in GLOBALS:
        made.remove_global(name)
    for name in UNBOUNDED:
        made.remove_filter(name)
    return made


def _said(value: object) -> str:
    said = _text(value).replace(spans.SAID, "").replace(spans.SAID_ENDS, "")
    return f"{spans.SAID}{said}{spans.SAID_ENDS}"


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value))
    return "" if value is None else str(value)


def _shortened(value: object, most: int) -> str:
    """Cut a text to at most so many characters, after a word."""
    text, most = _text(value), max(min(int(most), SHORTEN_MAX), 1)
    if len(text) <= most:
        return text
    head = text[: most - 1]
    return f"{head.rsplit(maxsplit=1)[0] if ' ' in head else head}…"


def _place(source: str, found: tuple[int, int] | None) -> int:
    """Turn the bytes that Jinja counts into characters."""
    if found is None:
        return 0
    return len(source.encode(errors="replace")[: found[0]].decode(errors="ignore"))
