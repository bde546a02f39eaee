"""Every option there is: its type, its default, its bounds and one line of help.

An option exists from the change that obeys it. Made by `config.loading.load`, which also checks
what no single option can: names that must exist, values that must differ.
"""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, SecretStr

from config.fields import (
    Address,
    Duration,
    Name,
    Names,
    Owners,
    Size,
    Start,
    StoreUrl,
    Token,
    WebhookSecret,
    Zone,
    duration,
    read_list,
    size,
)
from config.web_fields import ApiBase, FeedUrl, Listen, Networks, UserAgent

Kind = Literal["telegram", "webhook", "console"]  # bot/adapters holds an adapter for each
Language = Literal["id", "en"]
InDoubt = Literal["hold", "resend"]


class Section(BaseModel):
    """What all sections share: nothing unknown, nothing converted, nothing changed later."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, hide_input_in_errors=True, allow_inf_nan=False
    )


class StoreSettings(Section):
    """Where Berita keeps what it knows and what it has sent."""

    url: StoreUrl = Field(
        default=SecretStr("sqlite:///var/berita.db"),
        description="the database: sqlite:///FILE or postgresql://USER@HOST/DATABASE",
    )
    url_file: str = Field(default="", description="a file that holds the url, instead of url")

    @property
    def shown(self) -> str:
        """The URL as people may see it, without user, password and options."""
        parts = urlsplit(self.url.get_secret_value())
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


class TelegramSettings(Section):
    """The bot that publishes to Telegram, and who may command it."""

    token: Token = Field(
        default=SecretStr(""), description="from @BotFather; empty: Telegram is off"
    )
    token_file: str = Field(default="", description="a file that holds the token, instead of token")
    api_base: ApiBase = Field(
        default="https://api.telegram.org", description="or the address of a local Bot API server"
    )
    owners: Owners = Field(
        default=(), description="user ids that may command the bot; none: it obeys nobody"
    )
    max_per_second: int = Field(default=25, ge=1, le=30, description="messages a second, in all")
    max_per_chat_minute: int = Field(
        default=18, ge=1, le=20, description="messages to one chat in any 60 s"
    )
    in_doubt: InDoubt = Field(
        default="hold",
        description='a post whose answer was not heard: "hold" asks an admin, "resend" may double',
    )


class PollingSettings(Section):
    """How feeds are asked for news."""

    every: Annotated[Duration, duration("1s", "30d")] = Field(
        default=timedelta(minutes=15), description="how often; a feed may have its own"
    )
    every_min: Annotated[Duration, duration("1s", "1d")] = Field(
        default=timedelta(minutes=1), description="no feed may be asked more often than this"
    )
    concurrency: int = Field(default=256, ge=1, le=4_096, description="feeds asked at once")
    per_host: int = Field(default=2, ge=1, le=64, description="of these, on one host")
    timeout: Annotated[Duration, duration("1s", "5m")] = Field(
        default=timedelta(seconds=20), description="the longest one feed may take"
    )
    max_body: Annotated[Size, size("1kB", "100MB")] = Field(
        default=10_000_000, description="the largest document read", examples=["10MB"]
    )
    user_agent: UserAgent = Field(
        default="", description="how Berita names itself; empty: its name and version"
    )


class NetworkSettings(Section):
    """Which networks may be reached."""

    allow_private: Networks = Field(
        default=(), description='private networks that may be dialled, such as "127.0.0.0/8"'
    )


class WebhookSettings(Section):
    """How webhooks are called."""

    timeout: Annotated[Duration, duration("1s", "2m")] = Field(
        default=timedelta(seconds=15), description="the longest an endpoint may take to answer"
    )
    max_per_second: int = Field(default=50, ge=1, le=1_000, description="calls to one endpoint")
    in_flight: int = Field(
        default=100,
        ge=1,
        le=1_000,
        description="calls at once over all endpoints, one at a time each",
    )


class MessageSettings(Section):
    """How posts read."""

    language: Language = Field(
        default="id", description="of labels and dates; a destination may have its own"
    )
    time_zone: Zone = Field(default=ZoneInfo("Asia/Jakarta"), description="in which times are told")


class LogSettings(Section):
    """What Berita tells about its work, on stderr."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="the least that is told"
    )
    format: Literal["auto", "console", "json"] = Field(
        default="auto", description="auto: console on a terminal, json elsewhere"
    )


class HttpSettings(Section):
    """Berita's own web server, for health checks."""

    listen: Listen = Field(default="", description='such as "127.0.0.1:8080"; empty: off')

    @property
    def host_port(self) -> tuple[str, int] | None:
        """Where to listen, or None for off."""
        if not self.listen:
            return None
        host, _, port = self.listen.rpartition(":")
        return host.removeprefix("[").removesuffix("]"), int(port)


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
        default="", repr=False, description='"@channel", "-100…", "-100…/42" (a topic), or a URL'
    )
    secret: WebhookSecret = Field(
        default=None,
        description="signs what a webhook gets; made if left out",
        examples=[""],
    )
    secret_file: str = Field(default="", description="a file that holds it, instead of secret")
    language: Language | None = Field(
        default=None, description="the default is that of [messages]", examples=["id"]
    )
    in_doubt: InDoubt | None = Field(
        default=None, description="the default is that of [telegram]", examples=["hold"]
    )


class RouteSettings(Section):
    """Which feed goes where, and how it looks there."""

    feed: str = Field(description="the name of a feed")
    to: Names = Field(min_length=1, description="the name of a destination, or a list of names")
    silent: bool = Field(default=False, description="posts make no sound")
    preview: bool = Field(default=True, description="posts show the page's picture")
    summary_max: int = Field(
        default=400, ge=0, le=3_000, description="characters of summary; 0: headline and link only"
    )


_OBEYS_NOBODY = "the bot obeys nobody: put your Telegram user id into telegram.owners"
_Tables = BeforeValidator(read_list)


class Settings(Section):
    """The whole configuration."""

    store: StoreSettings = StoreSettings()
    telegram: TelegramSettings = TelegramSettings()
    polling: PollingSettings = PollingSettings()
    network: NetworkSettings = NetworkSettings()
    webhooks: WebhookSettings = WebhookSettings()
    messages: MessageSettings = MessageSettings()
    log: LogSettings = LogSettings()
    http: HttpSettings = HttpSettings()
    feeds: Annotated[tuple[FeedSettings, ...], _Tables] = Field(default=(), alias="feed")
    destinations: Annotated[tuple[DestinationSettings, ...], _Tables] = Field(
        default=(), alias="destination"
    )
    routes: Annotated[tuple[RouteSettings, ...], _Tables] = Field(default=(), alias="route")

    _file: Path | None = PrivateAttr(default=None)

    @property
    def file(self) -> Path | None:
        """The file all this was read from, absolute; None when made without one."""
        return self._file

    @property
    def warnings(self) -> tuple[str, ...]:
        """What works and is yet probably not meant, one line each."""
        if not self.telegram.token.get_secret_value():
            return tuple(
                f'destination "{destination.name}" is on Telegram, and there is no bot token: its '
                "posts wait until you set BERITA_TELEGRAM__TOKEN, or telegram.token in the file"
                for destination in self.destinations
                if destination.kind == "telegram"
            )
        if not self.telegram.owners:
            return (_OBEYS_NOBODY,)
        return ()
