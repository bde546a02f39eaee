"""PURE: a post in doubt: which one, why, what was found of it, and the three things to do."""

import re
from collections.abc import Sequence
from typing import Final

from aiogram.utils.formatting import Text

from bot.commands.buttons import Button, Deed
from bot.commands.notices.affairs import Affair, Choice, Item, Kind
from bot.commands.places import called
from bot.commands.reasons import tell_reason
from bot.commands.words import Words, lines, plain
from feeds.model import Evidence, Finding
from feeds.store.rows import DeliveryStory

SUBJECT_MAX, PLACE_MAX, REASON_MAX, DETAIL_MAX = 90, 48, 100, 120  # UTF-16 units
WAY_MAX: Final = 24
LOOK_AROUND: Final = 60  # units of a look beside its detail
LOOKS_MAX: Final = 4  # the newest of each way
_MARKS: Final = {Finding.FOUND: "✅", Finding.ABSENT: "🚫", Finding.UNKNOWN: "❔"}

# What the store, the Telegram adapter and its seekers say in English, as far as it is known here;
# anything else is shown as it stands.
REASONS: Final = {"stopped while sending": "why.stopped", "no answer heard": "why.no_answer"}
WAYS: Final = {"linked group": "way.linked_group", "probe": "way.probe"}
FINDINGS: Final = {("linked group", Finding.UNKNOWN): "found.no_copy"}
LOOKED_AT: Final = re.compile(r"messages? (?P<first>\d{1,16})(?: to (?P<last>\d{1,16}))?")


def item(affair: Affair, words: Words, units_max: int) -> Item:
    """Show one that waits for a word."""
    told = affair.delivery
    assert affair.notice.incident.delivery is not None, "a doubt is about a delivery"
    head = lines(_subject(affair, words), _since(told, words) if told else "")
    looks = _looks(told.evidence if told else (), words, units_max - len(head))
    deeds = (Deed.CONFIRM, Deed.RETRY, Deed.DROP)
    on = affair.notice.incident.delivery
    choice = Choice(buttons=tuple(Button(deed=deed, on=on) for deed in deeds))
    return Item(text=lines(head, looks), choices=(choice,))


def _subject(affair: Affair, words: Words) -> Text:
    told = affair.delivery
    title = told.story.title if told is not None and told.story is not None else ""
    post = f"“{plain(title, SUBJECT_MAX)}”" if title else words.say("notice.untitled")
    place = plain(called(affair.place), PLACE_MAX) if affair.place is not None else "?"
    return words.say("notice.post_to", post=post, place=place)


def _since(told: DeliveryStory, words: Words) -> Text:
    """Say when it was sent, which is where to look, and why nobody knows."""
    reason = reason_told(told.delivery.reason or "", words)
    if not told.attempts:
        return Text(reason)
    sent = words.moment(told.attempts[-1].started_at)
    return words.say("notice.sent_at", moment=sent, reason=reason)


def reason_told(reason: str, words: Words) -> Text:
    """Say why something is in doubt, as far as the reason is known here."""
    known, _, more = reason.partition(": ")
    if known not in REASONS:
        return Text(tell_reason(reason, words, REASON_MAX))
    said = words.say(REASONS[known])
    return Text(said, " (", tell_reason(more, words, REASON_MAX), ")") if more else said


def _looks(evidence: Sequence[Evidence], words: Words, units_max: int) -> Text:
    """Say what was found, the last look of each way, as long as there is room."""
    if not evidence:
        return words.say("notice.no_evidence")
    newest = list({each.way: each for each in evidence}.values())[-LOOKS_MAX:]
    room = max(units_max // len(newest) - LOOK_AROUND, 0)
    return lines(*(look_told(each, words, min(room, DETAIL_MAX)) for each in newest))


def look_told(evidence: Evidence, words: Words, detail_max: int) -> Text:
    """Say what one look came to."""
    known = WAYS.get(evidence.way)
    way = words.say(known) if known else plain(evidence.way, WAY_MAX)
    special = FINDINGS.get((evidence.way, evidence.finding))
    found = words.say(special or f"found.{evidence.finding}")
    detail = "" if special else _detail(evidence, words, detail_max)
    said = Text(_MARKS[evidence.finding], " ", way, ": ", found)
    return Text(said, " (", detail, ")") if len(detail) else said


def _detail(evidence: Evidence, words: Words, detail_max: int) -> Text | str:
    """Say where it was looked for: of a probe the numbers, which is all there is to it."""
    numbers = LOOKED_AT.match(evidence.detail)
    if numbers is None:
        return tell_reason(evidence.detail, words, detail_max)
    span = "–".join(each for each in numbers.groups() if each)
    return words.say("found.looked_at", span=span)


def _hint(_open: Sequence[Affair], words: Words) -> Text:
    return words.say("notice.in_doubt_hint")


KIND: Final = Kind(
    heading="notice.in_doubt",
    list_command="berita delivery list --state in_doubt",
    item=item,
    subject=_subject,
    hint=_hint,
)
