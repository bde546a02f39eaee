"""Every option there is: its type, its default, its bounds and one line of help.

An option exists from the change that obeys it. Made by `config.loading.load`, which also checks
what no single option can: names that must exist, values that must differ.
"""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    BeforeValidator,
    Field,
    PrivateAttr,
    SecretStr,
)

from config.declared import DestinationSettings, FeedSettings, RouteSettings
from config.fields import (
    Duration,
    Owners,
    ProbeChat,
    Size,
    StoreUrl,
    Token,
    Zone,
    duration,
    read_list,
    size,
)
from config.section import InDoubt, Language, Section
from config.web_fields import ApiBase, Listen, Networks, UserAgent


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
        scheme, _, rest = self.url.get_secret_value().partition("://")
        place, _, options = rest.partition("?")
        if scheme == "sqlite":
            return f"{scheme}://{place}"
        unclear = "@" in options or place.count("@") > 1  # a password that should be %-escaped
        return f"{scheme}://{'…' if unclear else place.rpartition('@')[2]}"


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
    allowed: Owners = Field(
        default=(),
        description="user ids that may bring channels which they administer, and look after these",
    )
    max_per_second: int = Field(default=25, ge=1, le=30, description="messages a second, in all")
    max_per_chat_minute: int = Field(
        default=18, ge=1, le=20, description="messages to one chat in any 60 s"
    )
    in_doubt: InDoubt = Field(
        default="hold",
        description='a post unheard of and not found: "hold" asks you; "resend_if_absent", "resend"'
        " may double",
    )
    probe_chat: ProbeChat = Field(
        default="owner",
        description="where it is looked for by forwarding, the copy deleted at once; "
        '"owner", a number, "": never',
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
    allow_http: bool = Field(
        default=False,
        description="take http:// addresses too, which anyone on the way can read and change",
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
    """Berita's own web server, for health checks and the schemas of events."""

    listen: Listen = Field(default="", description='such as "127.0.0.1:8080"; empty: off')

    @property
    def host_port(self) -> tuple[str, int] | None:
        """Where to listen, or None for off."""
        if not self.listen:
            return None
        host, _, port = self.listen.rpartition(":")
        return host.removeprefix("[").removesuffix("]"), int(port)


_OBEYS_NOBODY = (
    "the configuration names no owner: `berita claim` prints a link that makes you one, unless"
    " somebody is"
)
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
    _shipped: bool = PrivateAttr(default=False)

    @property
    def file(self) -> Path | None:
        """The file all this was read from, absolute; None when made without one."""
        return self._file

    @property
    def is_shipped(self) -> bool:
        """Whether it is the one that comes with Berita: nobody has written one of his own."""
        return self._shipped

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
