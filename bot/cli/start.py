"""`berita init`: a configuration to start from."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from bot.cli import show

FILE_NAME = "berita.toml"
BARE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")  # a channel's name without its @
SAID_MAX = 400  # characters of what is wrong with an answer, which may quote it
EXAMPLE_FEED = "https://example.org/feed/"


def init(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where; made if it is not there.")
    ] = Path(),
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing, take defaults.")] = False,
) -> None:
    """Write a berita.toml to start from, asking for what it needs; never overwrites one."""
    from config import starter_toml
    from feeds.errors import BadRequest, Conflict

    file = folder / FILE_NAME
    if file.exists():
        raise Conflict(f"{file} is there already and stays as it is.")
    feed_url, channel, owner = (EXAMPLE_FEED, "", "") if yes or not _can_ask() else _asked()
    text = starter_toml(feed_url=feed_url, channel=channel, owners=[int(owner)] if owner else [])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as out:
            out.write(text)
    except OSError as error:
        raise BadRequest(f"Cannot write {file}: {error.strerror or error}.") from error
    show.say(f"Written: {file}")
    if channel:
        show.say("Put the bot's token into BERITA_TELEGRAM__TOKEN; the bot must be an admin there.")
    if feed_url == EXAMPLE_FEED:
        show.say("Put your feed's URL into it.")
    go = f"cd {folder} && " if folder != Path() else ""
    show.say(f"Then: {go}berita check && berita run")


def _can_ask() -> bool:
    return sys.stdin.isatty()


def _asked() -> tuple[str, str, str]:
    feed_url = _answer_to("The feed's URL", _feed_url, default=EXAMPLE_FEED)
    channel = _answer_to(
        "A Telegram channel to publish to, such as @dailyberita (empty: this terminal)", _channel
    )
    owner = "Your Telegram user id, to command the bot (empty: nobody)"
    return feed_url, channel, _answer_to(owner, _owner) if channel else ""


def _answer_to(question: str, read: Callable[[str], str], *, default: str = "") -> str:
    """Ask until the answer can be read; what is wrong with one is said on the spot."""
    from feeds.errors import AddressError, BadRequest

    while True:
        typed: str = typer.prompt(question, default=default, show_default=bool(default))
        try:
            return read(typed.strip())
        except (AddressError, BadRequest) as error:
            show.say(f"{error}"[:SAID_MAX])


def _feed_url(typed: str) -> str:
    """Hold it against the rules of a check, a missing scheme supplied; raises BadRequest."""
    from feeds.catalog.probe import checked_url

    return checked_url(typed)


def _channel(typed: str) -> str:
    """Hold it against the rules of a check; empty: none. Raises AddressError."""
    from bot.adapters.telegram.address import parse

    if not typed:
        return ""
    channel = f"@{typed}" if BARE_NAME.fullmatch(typed) else typed
    parse(channel)
    return channel


def _owner(typed: str) -> str:
    """Hold it to be a number; empty: nobody. Raises BadRequest."""
    from feeds.errors import BadRequest

    if typed and not (typed.isascii() and typed.isdecimal()):
        raise BadRequest("A Telegram user id is a number; leave it empty if you do not know it.")
    return typed
