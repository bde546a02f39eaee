"""PURE: a destination that refuses us: which one, why, and what to do about it."""

from collections.abc import Sequence
from typing import Final

from aiogram.utils.formatting import Text

from bot.commands.buttons import Button, Deed
from bot.commands.notices.affairs import Affair, Item, Kind
from bot.commands.places import called
from bot.commands.words import Words, lines, plain
from feeds.model import Destination

REASON_MAX: Final = 200  # UTF-16 units
BY_ITSELF: Final = "telegram"  # the kind whose other side tells us when we are let in again

# What to do, by the words with which the Telegram adapter's reasons end.
REMEDIES: Final = {
    "add the bot to the chat": "remedy.add",
    "let the bot post there": "remedy.allow",
    "see that the bot may post there": "remedy.allow",
    "open the topic again": "remedy.topic",
    "the user must unblock the bot": "remedy.unblock",
    "the user must open the bot": "remedy.start",
    "the account is deleted": "remedy.remove",
    "remove the destination": "remedy.remove",
    "give the destination the supergroup's number": "remedy.number",
}


def item(affair: Affair, words: Words, units_max: int) -> Item:
    """Show one that waits to be mended."""
    on = affair.notice.incident.destination
    assert on is not None, "it is about a destination"
    reason, remedy = split_reason(affair.notice.incident.details.get("reason", ""))
    told = plain(reason, min(REASON_MAX, units_max))
    text = lines(
        Text(_subject(affair, words), ": ", told) if told else _subject(affair, words),
        Text("→ ", words.say(remedy)) if remedy else "",
    )
    return Item(text=text, buttons=(Button(deed=Deed.RESUME, on=on),))


def split_reason(reason: str) -> tuple[str, str | None]:
    """Part what the other side said from what can be done about it, as the key of a text."""
    for words, key in REMEDIES.items():
        said, found, _ = reason.partition(f": {words}")
        if found:
            return said, key
    return reason, None


def _subject(affair: Affair, words: Words) -> Text:  # noqa: ARG001  # a place has its own name
    return Text(f"“{called(affair.place)}”" if affair.place is not None else "?")


def _hint(open_: Sequence[Affair], words: Words) -> Text:
    if all(_tells_us(affair.place) for affair in open_):
        return words.say("notice.parked_hint")
    return words.say("notice.parked_hint_by_hand")


def _tells_us(place: Destination | None) -> bool:
    return place is not None and place.kind == BY_ITSELF


KIND: Final = Kind(
    heading="notice.parked",
    list_command="berita destination list",
    item=item,
    subject=_subject,
    hint=_hint,
    news_when_over="notice.goes_on",
)
