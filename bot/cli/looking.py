"""What a try shows: the newest story that would be published, as its route would tell it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config import Settings
    from feeds.catalog import Tried


def seen_as(tried: "Tried", settings: "Settings") -> str:
    """Lay the newest kept story out as the console shows it; empty if there is none."""
    from bot.adapters.console import card
    from bot.preview import parcel_of, stage
    from bot.summary import summary_of

    story = tried.kept[0]
    messages = settings.messages
    summary = summary_of(
        parcel_of(story, tried.feed, now=story.accepted_at, options=tried.options),
        stage(kind="console", now=story.accepted_at),
        language=messages.language,
        time_zone=messages.time_zone,
    )
    return card(summary).rstrip("\n")
