"""PURE: a roll-up made fit to read: how many stories, their headlines, where they are from."""

from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from bot.summary import SOURCE_MAX, summarise
from bot.summary.cleaning import one_line
from bot.summary.cutting import shorten_at_word
from feeds.model import Destination, Parcel, Source

SOURCES_SHOWN: Final = 4

_WORDS = {
    "id": ("{} berita sekilas", "{} berita sekilas", "dan {} lainnya"),
    "en": ("{} story at a glance", "{} stories at a glance", "and {} more"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """One of its stories: the headline and the link it would have as a post of its own."""

    text: str
    link: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RolledUp:
    """What a reader is told of several stories at once, as plain text."""

    heading: str
    headlines: tuple[Headline, ...]  # the newest first
    total: int  # of its stories, those not shown included
    byline: str  # names of feeds; empty where there are too many
    words_for_more: str

    def more(self, shown: int) -> str:
        """Say how many stories are not shown; nothing if all are."""
        left = self.total - shown
        return self.words_for_more.format(left) if left > 0 else ""


def rolled_up_of(
    parcel: Parcel, destination: Destination, *, language: str, time_zone: tzinfo
) -> RolledUp:
    """Make what the parcel of a roll-up says to its destination."""
    assert parcel.members, "a roll-up without members is not sent"
    language = destination.options.language or language
    one, several, more = _WORDS.get(language[:2], _WORDS["en"])
    return RolledUp(
        heading=(one if parcel.members_total == 1 else several).format(parcel.members_total),
        headlines=tuple(_headlines(parcel, language=language, time_zone=time_zone)),
        total=parcel.members_total,
        byline=_byline(parcel.sources),
        words_for_more=more,
    )


def _headlines(parcel: Parcel, *, language: str, time_zone: tzinfo) -> list[Headline]:
    sources = {source.id: source for source in parcel.sources}
    summaries = (
        summarise(
            story,
            sources[story.feed],
            summary_max=0,
            language=language,
            time_zone=time_zone,
            now=story.accepted_at,
        )
        for story in parcel.members
    )
    return [Headline(text=each.headline, link=each.link) for each in summaries]


def _byline(sources: tuple[Source, ...]) -> str:
    names = [one_line(source.title) or one_line(source.name) for source in sources]
    if len(names) > SOURCES_SHOWN:
        return ""
    return " · ".join(shorten_at_word(name, SOURCE_MAX) for name in sorted(set(names)))
