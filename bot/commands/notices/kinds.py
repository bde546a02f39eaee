"""The kinds of incidents there are, and the module that tells of each."""

from collections.abc import Mapping
from typing import Final

from bot.commands.notices import doubts, endpoint, feed, held, outage, parked, template
from bot.commands.notices.affairs import Kind
from feeds.model import NoticeKind

KINDS: Final[Mapping[NoticeKind, Kind]] = {
    NoticeKind.IN_DOUBT: doubts.KIND,
    NoticeKind.PARKED: parked.KIND,
    NoticeKind.HELD: held.KIND,
    NoticeKind.OUTAGE: outage.KIND,
    NoticeKind.FEED_FAILING: feed.KIND,
    NoticeKind.ENDPOINT_FAILING: endpoint.KIND,
    NoticeKind.TEMPLATE_BROKEN: template.KIND,
}
