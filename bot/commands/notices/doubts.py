"""PURE: a post in doubt: which one, why, what was found of it, and the three things to do."""

from collections.abc import Sequence
from typing import Final

from aiogram.utils.formatting import Text

from bot.commands.buttons import Button, Deed
from bot.commands.notices.affairs import Affair, Item, Kind
from bot.commands.places import called
from bot.commands.words import Words, lines, plain
from feeds.model import Evidence, Finding
from feeds.store.rows import DeliveryStory

SUBJECT_MAX, PLACE_MAX, REASON_MAX, DETAIL_MAX = 90, 48, 80, 120  # UTF-16 units
LOOKS_MAX: Final = 4  # the newest of each way
_MARKS: Final = {Finding.FOUND: "✅", Finding.ABSENT: "🚫", Finding.UNKNOWN: "❔"}
_WAYS: Final = {"linked group": "way.linked_group", "probe": "way.probe"}


def item(affair: Affair, words: Words, units_max: int) -> Item:
    """Show one that waits for a word."""
    told = affair.delivery
    assert affair.notice.incident.delivery is not None, "a doubt is about a delivery"
    head = lines(_subject(affair, words), _since(told, words) if told else "")
    looks = _looks(told.evidence if told else (), words, units_max - len(head))
    deeds = (Deed.CONFIRM, Deed.RETRY, Deed.DROP)
    on = affair.notice.incident.delivery
    return Item(text=lines(head, looks), buttons=tuple(Button(deed=deed, on=on) for deed in deeds))


def _subject(affair: Affair, words: Words) -> Text:
    told = affair.delivery
    title = told.story.title if told is not None and told.story is not None else ""
    post = f"“{plain(title, SUBJECT_MAX)}”" if title else words.say("notice.untitled")
    place = plain(called(affair.place), PLACE_MAX) if affair.place is not None else "?"
    return words.say("notice.post_to", post=post, place=place)


def _since(told: DeliveryStory, words: Words) -> Text:
    """Say when it was sent, which is where to look, and why nobody knows."""
    reason = plain(told.delivery.reason or "", REASON_MAX)
    if not told.attempts:
        return Text(reason)
    sent = words.moment(told.attempts[-1].started_at)
    return words.say("notice.sent_at", moment=sent, reason=reason)


def _looks(evidence: Sequence[Evidence], words: Words, units_max: int) -> Text:
    """Say what was found, the last look of each way; what there is no room for is left out."""
    if not evidence:
        return words.say("notice.no_evidence")
    newest = list({each.way: each for each in evidence}.values())[-LOOKS_MAX:]
    said: list[Text] = []
    for each in newest:
        line = _look(each, words, min(DETAIL_MAX, max(units_max // len(newest) - 60, 0)))
        said.append(line)
    return lines(*said)


def _look(evidence: Evidence, words: Words, detail_max: int) -> Text:
    known = _WAYS.get(evidence.way)
    way = words.say(known) if known else plain(evidence.way, 24)
    found = Text(_MARKS[evidence.finding], " ", way, ": ", words.say(f"found.{evidence.finding}"))
    detail = plain(evidence.detail, detail_max)
    return Text(found, " (", detail, ")") if detail else found


def _hint(_open: Sequence[Affair], words: Words) -> Text:
    return words.say("notice.in_doubt_hint")


KIND: Final = Kind(
    heading="notice.in_doubt",
    list_command="berita delivery list --state in_doubt",
    item=item,
    subject=_subject,
    hint=_hint,
)
