"""The bot's words in one language: texts by key, spans and instants as people say them.

Values put into a text are made harmless here, once: a feed's title or an admin's own typing can
call nobody, offer no command and draw no line. Only what we mark ourselves (`Code`) has a form.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from gettext import GNUTranslations
from string import Formatter
from typing import Final

from aiogram.utils.formatting import Code, Text
from babel.dates import format_datetime, format_timedelta
from babel.numbers import format_decimal
from babel.units import format_unit

from bot.inert import inert
from bot.locales import FALLBACK, read_translations
from bot.summary.cleaning import one_line
from bot.summary.cutting import shorten_at_word
from bot.summary.moments import tell

VALUE_MAX: Final = 600  # UTF-16 units of one value: an error with a URL in it
LOOKED_AT: Final = 4  # times the bound: enough, whatever cleaning takes out; the rest costs time
LATELY: Final = timedelta(days=1)  # older instants are told with their date
_BRIEF: Final = {"id": "d MMM HH.mm.ss", "en": "d MMM HH:mm:ss"}
_UNITS: Final = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


class Words:
    """One language's words."""

    def __init__(self, language: str, found: GNUTranslations, time_zone: tzinfo) -> None:
        self.language = language
        self._found = found
        self._time_zone = time_zone

    def say(self, key: str, **values: Text | str | int) -> Text:
        """Say the text of a key; `{name}`s in it are replaced by harmless values."""
        return _filled(self._found.gettext(key), values)

    def label(self, key: str, **values: Text | str | int) -> str:
        """Say the text of a key where there are no marks: on buttons, in toasts, in menus."""
        return str(self.say(key, **values).as_kwargs()["text"])

    def count(self, key: str, number: int, **values: Text | str | int) -> Text:
        """Say the text of a key in the form that goes with `{number}`."""
        return _filled(self._found.ngettext(key, key, number), {"number": number} | values)

    def span(self, length: timedelta) -> str:
        """Say a span of time exactly, in its two largest units at most: "1 jam 30 menit"."""
        left, said = int(length.total_seconds()), list[str]()
        for unit, seconds in _UNITS:
            number, left = divmod(left, seconds)
            if number:
                said.append(format_unit(number, f"duration-{unit}", locale=self.language))
        return " ".join(said[:2]) or format_unit(0, "duration-second", locale=self.language)

    def ago(self, instant: datetime | None, *, now: datetime) -> str:
        """Say how long ago something was, or when, if that is more than a day."""
        if instant is None:
            return self._found.gettext("never")
        length = now - instant
        if length > LATELY:
            return self.moment(instant)
        if length < timedelta(seconds=1):
            return self._found.gettext("just_now")
        return format_timedelta(-length, add_direction=True, locale=self.language)

    def moment(self, instant: datetime) -> str:
        """Say an instant in the admin's language and the configured zone."""
        return tell(instant, language=self.language, time_zone=self._time_zone)

    def brief(self, instant: datetime) -> str:
        """Say an instant to the second and without its year, where many stand under one another."""
        local, pattern = (
            instant.astimezone(self._time_zone),
            _BRIEF.get(self.language, _BRIEF["en"]),
        )
        return format_datetime(local, pattern, tzinfo=self._time_zone, locale=self.language)

    def number(self, number: int) -> str:
        """Write a large number as it is written in this language: "10.000.000"."""
        return format_decimal(number, locale=self.language)

    def sample_channel(self) -> str:
        """Name a channel as in an example."""
        return self._found.gettext("sample.channel")


class Tongues:
    """Finds everybody's Words."""

    def __init__(self, *, default: str, time_zone: tzinfo) -> None:
        self._by_language: Mapping[str, Words] = {
            language: Words(language, found, time_zone)
            for language, found in read_translations().items()
        }
        self._default = self._by_language.get(default[:2]) or self._by_language[FALLBACK]

    def of(self, language_code: str | None) -> Words:
        """Give the words for what a Telegram client says of its language: "id", "en-GB", None."""
        return self._by_language.get((language_code or "")[:2].lower(), self._default)

    def __getitem__(self, language: str) -> Words:
        return self._by_language[language]


def plain(text: str, units_max: int = VALUE_MAX) -> str:
    """Make foreign text harmless and short, on one line."""
    return shorten_at_word(inert(one_line(text[: LOOKED_AT * units_max])), units_max)


def known_as(title: str | None, name: str, units_max: int = VALUE_MAX) -> str:
    """Call a thing by its own title, if anything of that can be seen, else by its name here."""
    return plain(title or "", units_max) or plain(name, units_max)


def copyable(text: str, units_max: int = VALUE_MAX) -> Code:
    """Mark what people copy with a tap: names, whole commands; nothing in it is acted on."""
    return Code(shorten_at_word(one_line(text), units_max))


def lines(*parts: Text | str) -> Text:
    """Put parts under one another; empty ones are left out."""
    return joined((part for part in parts if len(part)), "\n")


def joined(parts: Iterable[Text | str], gap: str) -> Text:
    """Put parts one after another, with a gap between them."""
    nodes = [node for part in parts for node in (gap, part)]
    return Text(*nodes[1:])


def fitted(parts: Sequence[Text], gap: str, words: Words, *, units_max: int) -> Text:
    """Put as many parts one after another as fit, and count those that do not."""
    used, shown = 0, list[Text]()
    for part in parts:
        used += len(part) + len(gap)
        if used > units_max:
            break
        shown.append(part)
    left = len(parts) - len(shown)
    return joined([*shown, *([words.count("status.more", left)] if left else [])], gap)


def _filled(template: str, values: Mapping[str, Text | str | int]) -> Text:
    nodes: list[Text | str] = []
    for literal, name, _, _ in Formatter().parse(template):
        nodes.append(literal)
        if name is not None:
            value = values[name]
            nodes.append(value if isinstance(value, Text) else plain(str(value)))
    return Text(*nodes)
