"""What the file declares as often as it likes: feeds, destinations, routes."""

from typing import Annotated, Any

from pydantic import Field, model_validator

from config.fields import (
    Address,
    Backlog,
    Duration,
    Hashtags,
    MaxAge,
    Name,
    Names,
    Rules,
    Start,
    WebhookSecret,
    duration,
)
from config.section import EventFormat, Events, InDoubt, Kind, Language, Layout, Section
from config.web_fields import FeedUrl, HeaderTable


class FeedSettings(Section):
    """A feed to poll."""

    name: Name = Field(description="what you call it")
    url: FeedUrl = Field(repr=False, description="https:, http:, or a file: beside this file")
    every: Annotated[Duration, duration("1s", "30d")] | None = Field(
        default=None, description="how often; the default is that of [polling]", examples=["15m"]
    )
    start: Start = Field(
        default=0,
        description='of the first poll publish nothing: "new"; the newest N: a number; or "all"',
        examples=["new"],
    )


class DestinationSettings(Section):
    """A place to publish."""

    name: Name = Field(description="what you call it")
    kind: Kind = Field(description="what sort of place it is")
    address: Address = Field(
        default="",
        repr=False,
        description='"@channel", "-100…", "-100…/42" (a topic), or a URL; none for the console',
    )
    secret: WebhookSecret = Field(
        default=None,
        description="signs what a webhook gets; made if left out",
        examples=[""],
    )
    secret_file: str = Field(default="", description="a file that holds it, instead of secret")
    headers: HeaderTable = Field(
        default={},
        repr=False,
        description='sent to a webhook with every event, such as { Authorization = "Bearer …" }',
    )
    events: Events = Field(
        default=("story.published",),
        description='what a webhook is told of, also: "endpoint.disabled", "feed.failing"',
    )
    format: EventFormat = Field(
        default="standard", description='how a webhook is told: "standard" or "cloudevents"'
    )
    language: Language | None = Field(
        default=None, description="the default is that of [messages]", examples=["id"]
    )
    in_doubt: InDoubt | None = Field(
        default=None,
        description="of a post that may have arrived; the default is that of [telegram]",
        examples=["hold"],
    )
    max_age: MaxAge = Field(
        default=None,
        description='drop what waited longer, such as "24h"; empty: never (1m to 365d)',
        examples=[""],
    )
    backlog: Backlog = Field(
        default="",
        description='what goes out after an outage or a pause: "all", "newest:20" or "roll_up"',
    )
    max_per_second: int | None = Field(
        default=None,
        ge=1,
        le=1_000,
        description="calls to a webhook; the default is that of [webhooks]",
        examples=[50],
    )

    @model_validator(mode="before")
    @classmethod
    def _name_the_console(cls, given: Any) -> Any:
        """Let the console need no address: there is but one."""
        if isinstance(given, dict) and given.get("kind") == "console" and not given.get("address"):
            return {**given, "address": "stdout"}
        return given


class RouteSettings(Section):
    """Which feed goes where, and how it looks there."""

    feed: str = Field(description="the name of a feed")
    to: Names = Field(min_length=1, description="the name of a destination, or a list of names")
    silent: bool = Field(default=False, description="posts make no sound")
    preview: bool = Field(default=True, description="posts show the page's picture")
    summary_max: int = Field(
        default=400, ge=0, le=3_000, description="characters of summary; 0: none"
    )
    layout: Layout = Field(
        default="card", description='"card", or "title": the headline and its link alone'
    )
    source: bool = Field(default=True, description="posts name who published the story")
    time: bool = Field(default=True, description="posts say when it was published")
    hashtags: Hashtags = Field(
        default=(), description='at the end of each post, such as ["berita", "dunia"]; 10 at most'
    )
    hashtags_from_tags: bool = Field(
        default=False, description="the story's own tags become hashtags, too; 5 at most"
    )
    language: Language | None = Field(
        default=None, description="the default is that of the destination", examples=["id"]
    )
    filter: Rules = Field(
        default=(),
        description='which stories go there, such as ["any: gempa, tsunami", "none title: iklan"]',
    )
    template: str = Field(
        default="", description="tells a story in words of your own, {{ title }} and the like"
    )
