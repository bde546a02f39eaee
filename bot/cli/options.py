"""Options and arguments that several commands share, so that they read the same everywhere."""

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
FeedName = Annotated[str, typer.Argument(metavar="NAME", help="A feed's name or id.")]
DestinationName = Annotated[str, typer.Argument(metavar="NAME", help="A destination's name or id.")]
Rename = Annotated[
    str | None, typer.Option("--name", metavar="N", help="What to call it from now on.")
]
Language = Annotated[
    str | None, typer.Option(metavar="id|en|default", help="The language of labels and dates.")
]
InDoubt = Annotated[
    str | None,
    typer.Option(
        metavar="hold|resend_if_absent|resend|default",
        help="What to do with a post whose answer was not heard and that is not found.",
    ),
]
HeaderLines = Annotated[
    list[str] | None,
    typer.Option(
        "--header", metavar="'NAME: VALUE'", help="Sent to a webhook with every event; a secret."
    ),
]
Events = Annotated[
    list[str] | None,
    typer.Option(
        "--event",
        metavar="TYPE",
        help="What a webhook is told of: story.published, endpoint.disabled, feed.failing.",
    ),
]
Format = Annotated[
    str | None,
    typer.Option("--format", metavar="standard|cloudevents", help="How a webhook is told."),
]
MaxAge = Annotated[
    str | None,
    typer.Option(metavar="D|default", help="Drop what waited longer: 24h, 3d; default: never."),
]
MaxPerSecond = Annotated[
    str | None,
    typer.Option(metavar="N|default", help="Calls a second to a webhook, 1 to 1000."),
]
Backlog = Annotated[
    str | None,
    typer.Option(
        metavar="all|newest:N|roll_up|default",
        help="What goes out of what waited through an outage or a pause; roll_up: one message.",
    ),
]
Silent = Annotated[
    bool | None, typer.Option("--silent/--sound", help="Whether posts make a sound.")
]
Preview = Annotated[
    bool | None,
    typer.Option("--preview/--no-preview", help="Whether posts show the page's picture."),
]
SummaryMax = Annotated[
    int | None,
    typer.Option(metavar="N", help="Characters of summary, up to 3000; 0: none."),
]
Filter = Annotated[
    list[str] | None,
    typer.Option(
        "--filter",
        metavar="RULE",
        help="Which stories go there; several rules must all hold: 'any: gempa, tsunami',"
        " 'none title: iklan', 'any title ~ ^breaking'.",
    ),
]
NoFilter = Annotated[bool, typer.Option("--no-filter", help="Let all stories through again.")]
Template = Annotated[
    str | None,
    typer.Option(
        metavar="TEXT",
        help="Tells a story in your words: '{{ title | bold | link }}'; '' for the card again.",
    ),
]
Layout = Annotated[
    str | None,
    typer.Option(metavar="card|title", help="A whole card, or the headline and its link alone."),
]
Source = Annotated[
    bool | None,
    typer.Option("--source/--no-source", help="Whether posts name who published the story."),
]
Time = Annotated[
    bool | None, typer.Option("--time/--no-time", help="Whether posts say when it was published.")
]
Hashtags = Annotated[
    str | None,
    typer.Option(
        metavar="'A B …'", help="Own hashtags of each post, at most 10; '' for none of its own."
    ),
]
HashtagsFromTags = Annotated[
    bool | None,
    typer.Option(
        "--hashtags-from-tags/--no-hashtags-from-tags",
        help="Whether the story's tags become hashtags, too.",
    ),
]
