"""How a feed that rested goes on: asked for, read from what is typed, and said."""

from typing import Final

from bot.commands.cards.scene import Shown
from bot.commands.cards.taps import back, button
from bot.commands.refusal import Usage
from bot.commands.words import Words, known_as
from feeds.model import Feed

CARD: Final = "fd"  # of the feed: its buttons do it
NEWEST: Final = 3  # offered
ALL, NONE = "all", "none"
TITLE_MAX: Final = 100  # UTF-16 units


def ask_how(feed: Feed, words: Words) -> Shown:
    """Ask what shall become of what came while it rested."""
    newest = words.label("feed.resume_newest", newest=NEWEST)
    on = feed.id
    return Shown(
        text=words.say("feed.how_to_go_on", title=known_as(feed.title, feed.name, TITLE_MAX)),
        rows=(
            [button(words, CARD, "resuming", on, ALL, label=words.label("feed.resume_all"))],
            [button(words, CARD, "resuming", on, f"{NEWEST}", label=newest)],
            [button(words, CARD, "resuming", on, "0", label=words.label("feed.resume_none"))],
            [back(words, CARD, on)],
        ),
    )


def read_how(typed: str) -> int | None:
    """Read how many of the newest go out, None: all of them; raises Usage."""
    match typed.lower():
        case "all":
            return None
        case "none":
            return 0
        case number if number.isdecimal():
            return int(number)
        case _:
            raise Usage("resume")


def what_goes_out(newest: int | None, words: Words) -> str:
    """Say what becomes of what came while it rested."""
    if not newest:
        return words.label("resumed.all" if newest is None else "resumed.none")
    return str(words.count("resumed.newest", newest).as_kwargs()["text"])
