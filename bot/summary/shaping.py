"""PURE: a summary as its route wants it: less of it, with hashtags, or in a template's words."""

from contextlib import suppress
from dataclasses import replace
from typing import Final

from bot.summary.cleaning import one_line
from bot.summary.telling import Summary
from feeds.hashtags import hashtags_of
from feeds.model import Layout, RouteOptions, Source, Story
from feeds.templates import BrokenTemplate, Fields, fill

_USUAL: Final = RouteOptions()


def shaped(summary: Summary, story: Story, source: Source, options: RouteOptions) -> Summary:
    """Leave out what a route does not want, add its hashtags, let its template tell it.

    Where the template fails, the card stays as it would be without one.
    """
    if options == _USUAL:
        return summary
    tags = hashtags_of(options.hashtags, story.tags, from_tags=options.hashtags_from_tags)
    summary = replace(summary, hashtags=tags)
    if options.template:
        with suppress(BrokenTemplate):
            return replace(summary, told=fill(options.template, fields_of(summary, story, source)))
    bare = options.layout is Layout.TITLE
    return replace(
        summary,
        text="" if bare else summary.text,
        source=summary.source if options.source and not bare else "",
        when=summary.when if options.time and not bare else "",
    )


def fields_of(summary: Summary, story: Story, source: Source) -> Fields:
    """Give a template what it may speak of, as the plain card would say it."""
    return Fields(
        title=summary.headline,
        link=summary.link or "",
        summary=summary.text,
        author=one_line(story.author or ""),
        source=one_line(source.title) or source.name,
        feed=source.name,
        published=summary.when,
        tags=tuple(filter(None, map(one_line, story.tags))),
        hashtags=tuple(f"#{tag}" for tag in summary.hashtags),
    )
