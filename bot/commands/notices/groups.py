"""PURE: which tellings become one message."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from feeds.model import NoticeKind, Telling, Told

GATHER: Final = timedelta(seconds=5)  # doubts that come so close together are one message


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Tellings of one person that are dealt with together: all begun, or all over."""

    tellings: tuple[Telling, ...]
    message_id: int | None = None  # of the message that told of their begin, where it is known

    @property
    def is_over(self) -> bool:
        """Tell which half they are."""
        return self.tellings[0].what is Told.OVER

    @property
    def kind(self) -> NoticeKind:
        """Tell of what kind they all are."""
        return self.tellings[0].notice.incident.kind


def grouped(
    tellings: Sequence[Telling], begun_by: Mapping[int, int], *, now: datetime
) -> Iterator[Group]:
    """Group one person's tellings; `begun_by`: notice → the message that told him of its begin.

    What began is one message for each kind, what is over is an edit of each message that told of
    it. What is over comes first: it takes away buttons.
    """
    over: dict[tuple[NoticeKind, int | None], list[Telling]] = defaultdict(list)
    begun: dict[NoticeKind, list[Telling]] = defaultdict(list)
    for each in tellings:
        kind = each.notice.incident.kind
        if each.what is Told.OVER:
            over[kind, begun_by.get(each.notice.id)].append(each)
        else:
            begun[kind].append(each)
    for (_, message_id), found in over.items():
        yield Group(tellings=tuple(found), message_id=message_id)
    for kind, found in begun.items():
        if kind is not NoticeKind.IN_DOUBT or _is_ripe(found, now):
            yield Group(tellings=tuple(found))


def _is_ripe(doubts: Sequence[Telling], now: datetime) -> bool:
    """Tell whether the oldest has waited for others; one that seems to lie ahead has, too."""
    return any(not timedelta(0) <= now - each.notice.begun_at < GATHER for each in doubts)
