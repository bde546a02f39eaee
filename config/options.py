"""The list of all options, read off the models, so that no second list can differ from them."""

import json
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, get_args
from zoneinfo import ZoneInfo

from annotated_types import Ge, Le
from pydantic import AfterValidator, SecretStr
from pydantic.fields import FieldInfo

from config.fields import Between
from config.section import Section
from config.settings import Settings
from config.units import format_duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option as people meet it.

    `value` is its default as TOML, an example where the default is "left out", and empty where it
    is `needed`.
    """

    name: str
    value: str
    help: str
    needed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionOptions:
    """A section, `[name]` once or `[[name]]` as often as one likes, and its options."""

    name: str
    many: bool
    help: str
    options: tuple[Option, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its options."""
        return tuple(option.name for option in self.options)


@cache
def sections() -> tuple[SectionOptions, ...]:
    """List every section in the order of the models."""
    return tuple(
        SectionOptions(
            name=field.alias or name,
            many=field.alias is not None,
            help=(model_of(field).__doc__ or "").strip(),
            options=tuple(_option(*item) for item in model_of(field).model_fields.items()),
        )
        for name, field in Settings.model_fields.items()
    )


def model_of(field: FieldInfo) -> type[Section]:
    """Tell the model of a section's field, whether it stands there once or as a tuple."""
    found = field.annotation if field.alias is None else get_args(field.annotation)[0]
    assert isinstance(found, type), "a section is a model or a tuple of one"
    assert issubclass(found, Section), "a section is a model or a tuple of one"
    return found


def toml_value(value: Any) -> str:
    """Write a value as TOML, the way the file has it."""
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, ZoneInfo):
        value = value.key
    if isinstance(value, timedelta):
        value = format_duration(value)
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _option(name: str, field: FieldInfo) -> Option:
    shown = field.examples[0] if field.examples else field.default
    limits = _bounds(field)
    return Option(
        name=name,
        value="" if field.is_required() else toml_value(shown),
        help=f"{field.description or ''}{f' ({limits})' if limits else ''}",
        needed=field.is_required(),
    )


def _bounds(field: FieldInfo) -> str:
    """Tell the bounds of a number, a duration or a size; empty where there are none."""
    ends: dict[type, object] = {}
    for rule in field.metadata:
        if isinstance(rule, AfterValidator) and isinstance(rule.func, Between):
            return f"{rule.func.least} to {rule.func.most}"
        if isinstance(rule, Ge):
            ends[Ge] = rule.ge
        if isinstance(rule, Le):
            ends[Le] = rule.le
    return f"{ends[Ge]} to {ends[Le]}" if len(ends) == 2 else ""  # noqa: PLR2004  # both ends
