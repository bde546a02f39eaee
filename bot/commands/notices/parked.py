"""PURE: a destination that refuses us: which one, why, and what to do about it."""

from collections.abc import Sequence
from typing import Final

from aiogram.utils.formatting import Text

from bot.commands.buttons import Button, Deed
from bot.commands.notices.affairs import Affair, Choice, Item, Kind
from bot.commands.notices.endpoint import silence
from bot.commands.places import called
from bot.commands.reasons import tell_reason
from bot.commands.words import Words, joined, lines

REASON_MAX: Final = 200  # UTF-16 units

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

NOTICED: Final = frozenset({"remedy.add", "remedy.allow", "remedy.unblock"})  # Telegram tells us


def item(affair: Affair, words: Words, units_max: int) -> Item:
    """Show one that waits to be mended."""
    on = affair.notice.incident.destination
    assert on is not None, "it is about a destination"
    reason, remedy = split_reason(affair.notice.incident.details.get("reason", ""))
    told: Text | str = tell_reason(reason, words, min(REASON_MAX, units_max))
    if "since" in affair.notice.incident.details:  # disabled, for it failed too long
        told = silence(affair, words, units_max)
    text = lines(
        Text(_subject(affair, words), ": ", told) if len(told) else _subject(affair, words),
        Text("→ ", words.say(remedy)) if remedy else "",
    )
    return Item(text=text, choices=(Choice(buttons=(Button(deed=Deed.RESUME, on=on),)),))


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
    if all(_is_noticed(affair) for affair in open_):
        return words.say("notice.parked_hint")
    return words.say("notice.parked_hint_by_hand")


def _news(over: Sequence[Affair], words: Words) -> Text:
    named = joined((_subject(each, words) for each in over), ", ")
    return words.say("notice.goes_on", places=named)


def _is_noticed(affair: Affair) -> bool:
    """Tell whether the other side will say so when it lets us in again."""
    _, remedy = split_reason(affair.notice.incident.details.get("reason", ""))
    return remedy in NOTICED


KIND: Final = Kind(
    heading="notice.parked",
    list_command="berita destination list",
    item=item,
    subject=_subject,
    hint=_hint,
    news=_news,
)
