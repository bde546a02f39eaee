"""PURE: what a reader is told of a story."""

from dataclasses import dataclass
from datetime import datetime

from feeds.templates import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a reader is told of a story, as plain text without markup or control characters."""

    headline: str  # one line, never empty, at most HEADLINE_MAX
    link: str | None  # as the feed gave it; None if it is no sound http(s) URL
    text: str  # one paragraph, at most what was asked for; may be empty
    source: str  # one line, at most SOURCE_MAX; empty where the headline says it already
    published_at: datetime | None  # never in the future
    when: str  # `published_at` in the reader's language and zone; empty if unknown
    image: str | None
    hashtags: tuple[str, ...] = ()  # without "#"
    told: tuple[Span, ...] = ()  # in the words of its route's template, instead of all this

    @property
    def byline(self) -> str:
        """Join source and time, as far as they are known."""
        return " · ".join(part for part in (self.source, self.when) if part)

    @property
    def hashtag_line(self) -> str:
        """Write the hashtags as they stand under the post; nothing in them needs escaping."""
        return " ".join(f"#{tag}" for tag in self.hashtags)
