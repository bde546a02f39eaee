"""PURE: a story made fit to read: headline, link, lead, source and time, the same for every medium.

May live here: cleaning, cutting, telling the time. May be imported: the pure rooms of `feeds`, and
Babel by `moments` alone. A Summary is plain text; an adapter escapes it, once, at the last moment.
"""

from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Final

from bot.summary.cleaning import (
    clean,
    one_line,
    without_boilerplate,
    without_headline,
    without_site,
)
from bot.summary.cutting import ELLIPSIS, first_sentence, shorten, shorten_at_word, units
from bot.summary.moments import tell
from bot.summary.shaping import fields_of, shaped
from bot.summary.telling import Summary
from feeds.errors import WebError
from feeds.guard import check_url
from feeds.model import Destination, Parcel, Source, Story
from feeds.templates import BrokenTemplate, fill

__all__ = [
    "HEADLINE_MAX",
    "SOURCE_MAX",
    "SUMMARY_MAX",
    "Summary",
    "fault_of",
    "summarise",
    "summary_of",
]

HEADLINE_MAX: Final = 512  # UTF-16 units
SUMMARY_MAX: Final = 3_000  # UTF-16 units: what a route may ask for at most
SOURCE_MAX: Final = 128  # UTF-16 units
SUMMARIES_KEPT: Final = 128  # a few megabytes at most

_TRIAL = {
    "id": ("Uji coba dari Berita", "Pesan ini sampai, maka berita baru pun akan tiba di sini."),
    "en": ("A test from Berita", "This message arrived, and so will new stories."),
}


def summarise(
    story: Story,
    source: Source,
    *,
    summary_max: int,
    language: str,
    time_zone: tzinfo,
    now: datetime,
) -> Summary:
    """Make a story's summary, its text at most `summary_max` UTF-16 units (0: none).

    `now` is when we learnt of the story: a date after it is the publisher's slip and is set to it.
    """
    site = shorten_at_word(one_line(source.title) or one_line(source.name), SOURCE_MAX)
    headline = without_site(one_line(story.title), site)
    text = without_boilerplate(clean(story.summary), headline=headline, site=site)
    if headline:
        text = without_headline(text, headline)
    else:
        headline, text = _headline_from(text)
    published_at = min(story.published_at, now) if story.published_at else None
    return Summary(
        headline=shorten_at_word(headline, HEADLINE_MAX) or site,
        link=_sound(story.link),
        text=_flow(shorten(text, min(summary_max, SUMMARY_MAX))),
        source=site if headline else "",
        published_at=published_at,
        when=tell(published_at, language=language, time_zone=time_zone) if published_at else "",
        image=story.image,
    )


# A story goes to all its destinations within moments.
_summarised = lru_cache(maxsize=SUMMARIES_KEPT)(summarise)


def summary_of(
    parcel: Parcel, destination: Destination, *, language: str, time_zone: tzinfo
) -> Summary:
    """Make what a parcel says to its destination: its story, or for a test a line that says so.

    Pure and the same at every attempt: the clock is the instant at which the story was accepted.
    """
    assert not parcel.delivery.is_roll_up, "it has many stories: bot.summary.rolled makes it"
    language = parcel.options.language or destination.options.language or language
    if parcel.story is None or parcel.source is None:
        return _trial(parcel, language=language, time_zone=time_zone)
    summary = _summarised(
        parcel.story,
        parcel.source,
        summary_max=parcel.options.summary_max,
        language=language,
        time_zone=time_zone,
        now=parcel.story.accepted_at,
    )
    return shaped(summary, parcel.story, parcel.source, parcel.options)


def fault_of(parcel: Parcel) -> BrokenTemplate | None:
    """Say why a route's template cannot tell a story; None: it can, or there is none."""
    story, source, options = parcel.story, parcel.source, parcel.options
    if not options.template or story is None or source is None:
        return None
    summary = _summarised(
        story,
        source,
        summary_max=options.summary_max,
        language="en",
        time_zone=UTC,
        now=story.accepted_at,
    )
    try:
        fill(options.template, fields_of(summary, story, source))
    except BrokenTemplate as error:
        return error
    return None


def _trial(parcel: Parcel, *, language: str, time_zone: tzinfo) -> Summary:
    headline, text = _TRIAL.get(language[:2], _TRIAL["en"])
    at = parcel.delivery.created_at
    return Summary(
        headline=headline,
        link=None,
        text=text,
        source="Berita",
        published_at=at,
        when=tell(at, language=language, time_zone=time_zone),
        image=None,
    )


def _sound(link: str | None) -> str | None:
    """Let through what a reader may be sent to: http(s), a host, no user name, nothing unseen."""
    try:
        check_url(link or "")
    except WebError:
        return None
    return link


def _headline_from(text: str) -> tuple[str, str]:
    """Let the first sentence be the headline; what does not fit in it goes on in the text."""
    sentence = first_sentence(text)
    headline = shorten_at_word(sentence.strip(), HEADLINE_MAX)
    if units(sentence.strip()) <= HEADLINE_MAX:
        return headline, text[len(sentence) :].strip()
    return headline, ELLIPSIS + text[len(headline) - len(ELLIPSIS) :].lstrip(" ,;:–—-/(“‘«\"'.…")


def _flow(text: str) -> str:
    """Join lines into one paragraph."""
    return " ".join(text.split())
