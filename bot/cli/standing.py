"""PURE: how things stand, in a few lines for people."""

from datetime import datetime, tzinfo

from bot.cli.show import moment
from feeds.model import DeliveryState
from feeds.store.rows import Status


def tell_standing(status: Status, now: datetime, zone: tzinfo) -> str:
    """Tell it as text, times in `zone`."""
    failing = f", {status.feeds_failing} failing: berita feed list" if status.feeds_failing else ""
    ill = {
        "failing": status.destinations_failing,
        "parked or paused": status.destinations_closed,
    }
    told = "".join(f", {count} {what}" for what, count in ill.items() if count)
    closed = f"{told}: berita destination list" if told else ""
    counted = ", ".join(
        f"{status.deliveries[state]} {state}"
        for state in DeliveryState
        if status.deliveries.get(state)
    )
    lines = [
        f"feeds         {status.feeds}{failing}",
        f"destinations  {status.destinations}{closed}",
        f"deliveries    {counted or 'none yet'}",
        f"last poll     {moment(status.last_poll_at, zone)}",
        f"last sent     {moment(status.last_sent_at, zone)}",
    ]
    if status.oldest_waiting_at is not None:
        seconds = max(0, int((now - status.oldest_waiting_at).total_seconds()))
        lines.append(f"longest wait  {seconds} s")
    lines += [
        f"closed        {pace.scope} until {moment(pace.not_before, zone)}: {pace.reason}"
        for pace in status.closed
    ]
    lines += [
        f"no answer     from {notice.incident.details.get('service')} since"
        f" {moment(notice.begun_at, zone)}: {notice.incident.details.get('reason')}"
        for notice in status.outages
    ]
    if status.resent:
        lines.append(f"sent again    {status.resent} while in doubt: they may stand twice")
    if status.deliveries.get(DeliveryState.IN_DOUBT):
        lines.append("In doubt: look with berita delivery list --state in_doubt")
    if status.deliveries.get(DeliveryState.HELD):
        lines.append("Held: see berita burst list, then berita burst publish, skip or roll-up")
    if status.deliveries.get(DeliveryState.FAILED):
        lines.append("Failed: see berita delivery list --state failed, then berita delivery retry")
    return "\n".join(lines)
