"""`berita init`: a configuration to start from."""

import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli import show

FILE_NAME = "berita.toml"
BARE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")  # a channel's name without its @
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
    feed_url: str = typer.prompt("The feed's URL", default=EXAMPLE_FEED).strip()
    if "://" not in feed_url and not feed_url.startswith("file:"):
        feed_url = f"https://{feed_url}"
    channel: str = typer.prompt(
        "A Telegram channel to publish to, such as @dailyberita (empty: this terminal)",
        default="",
        show_default=False,
    )
    if BARE_NAME.fullmatch(channel):
        channel = f"@{channel}"
    return feed_url, channel, _asked_owner() if channel else ""


def _asked_owner() -> str:
    while True:
        owner: str = typer.prompt(
            "Your Telegram user id, to command the bot (empty: nobody)",
            default="",
            show_default=False,
        ).strip()
        if not owner or owner.isdecimal():
            return owner
        show.say("A Telegram user id is a number; leave it empty if you do not know it.")
