"""PURE: what guards against floods hold for a destination: how much, why, what to do with it."""

import re
from collections.abc import Sequence
from string import ascii_lowercase
from typing import Final

from aiogram.utils.formatting import Text

from bot.commands.buttons import Button, Deed
from bot.commands.notices.affairs import Affair, Choice, Item, Kind
from bot.commands.places import called
from bot.commands.reasons import tell_reason
from bot.commands.words import Words, lines, plain
from feeds.backlog import cannot_roll_up
from feeds.store.rows import Burst

BURSTS_MAX: Final = 3  # of one destination that are shown; the next ones once these are decided
TITLE_MAX, REASON_MAX = 60, 80  # UTF-16 units
TITLES_FROM: Final = 300  # units of room from which on titles are named

# Why the guards hold something, as far as it is known here; anything else is shown as it stands.
REASONS: Final = {
    re.compile(r"burst: \d+ new at once"): "why.new_at_once",
    re.compile(r"burst: \d+ waited while (?:paused|parked)"): "why.waited",
}


def item(affair: Affair, words: Words, units_max: int) -> Item:
    """Show what waits for a word at one destination: its first bursts."""
    shown = affair.bursts[:BURSTS_MAX]
    marks = ascii_lowercase[: len(shown)] if len(shown) > 1 else [""]
    room = units_max // max(len(shown), 1)
    told = [
        Text(f"{mark}) " if mark else "", _burst(burst, words, room))
        for mark, burst in zip(marks, shown, strict=False)
    ]
    choices = [
        Choice(mark=mark, buttons=tuple(_buttons(burst)))
        for mark, burst in zip(marks, shown, strict=False)
    ]
    return Item(text=lines(_subject(affair, words), *told), choices=tuple(choices))


def _burst(burst: Burst, words: Words, units_max: int) -> Text:
    reason = reason_of_burst(burst.reason, words)
    said = words.count("notice.burst", burst.count, reason=reason)
    if units_max < TITLES_FROM or not burst.oldest or not burst.newest:
        return said
    oldest, newest = plain(burst.oldest, TITLE_MAX), plain(burst.newest, TITLE_MAX)
    return lines(said, words.say("notice.burst_titles", oldest=oldest, newest=newest))


def reason_of_burst(reason: str, words: Words) -> Text:
    """Say why a guard holds something, as far as the reason is known here."""
    for known, key in REASONS.items():
        if known.fullmatch(reason):
            return words.say(key)
    return Text(tell_reason(reason, words, REASON_MAX))


def _buttons(burst: Burst) -> list[Button]:
    deeds = [Deed.PUBLISH, Deed.SKIP]
    if cannot_roll_up(burst.kind) is None:
        deeds.append(Deed.ROLL_UP)
    return [Button(deed=deed, on=burst.id) for deed in deeds]


def _subject(affair: Affair, words: Words) -> Text:  # noqa: ARG001  # a place has its own name
    return Text(f"“{called(affair.place)}”" if affair.place is not None else "?")


def _hint(open_: Sequence[Affair], words: Words) -> Text:
    bursts = [burst for each in open_ for burst in each.bursts]
    if any(cannot_roll_up(burst.kind) is None for burst in bursts):
        return words.say("notice.held_hint")
    return words.say("notice.held_hint_apart")


KIND: Final = Kind(
    heading="notice.held",
    list_command="berita burst list",
    item=item,
    subject=_subject,
    hint=_hint,
)
