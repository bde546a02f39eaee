"""PURE: a service that could not be used for a while; told afterwards if it was Telegram itself."""

from collections.abc import Sequence
from typing import Final

from aiogram.utils.formatting import Text

from bot.commands.notices.affairs import Affair, Item, Kind
from bot.commands.reasons import tell_reason
from bot.commands.words import Words, lines, plain

SERVICE_MAX, REASON_MAX = 40, 200  # UTF-16 units


def item(affair: Affair, words: Words, units_max: int) -> Item:
    """Show one that lasts; nothing can be done about it here."""
    reason = affair.notice.incident.details.get("reason")
    told = tell_reason(reason, words, min(REASON_MAX, units_max))
    return Item(text=lines(_subject(affair, words), told))


def news(affairs: Sequence[Affair], words: Words) -> Text:
    """Say from when until when, and that all goes on."""
    return lines(*(_lasted(each, words) for each in affairs), words.say("notice.outage_over"))


def _lasted(affair: Affair, words: Words) -> Text:
    notice = affair.notice
    assert notice.over_at is not None, "told when it is over"
    begun, over = words.moment(notice.begun_at), words.moment(notice.over_at)
    reason = tell_reason(notice.incident.details.get("reason"), words, REASON_MAX)
    return words.say(
        "notice.outage_lasted", service=_service(affair), begun=begun, over=over, reason=reason
    )


def _subject(affair: Affair, words: Words) -> Text:
    since = words.moment(affair.notice.begun_at)
    return words.say("notice.outage_since", service=_service(affair), moment=since)


def _service(affair: Affair) -> str:
    return plain(affair.notice.incident.details.get("service", "?"), SERVICE_MAX).capitalize()


def _hint(_open: Sequence[Affair], words: Words) -> Text:
    return words.say("notice.outage_hint")


KIND: Final = Kind(
    heading="notice.outage",
    list_command="berita status",
    item=item,
    subject=_subject,
    hint=_hint,
    news=news,
)
