"""What admins are told: once, and of what is so."""

from tests.simulation.oracle.reading import Reading


def notice_without_cause(reading: Reading) -> list[str]:
    """An incident is open as long as what it tells of, and no longer."""
    in_doubt = {delivery.id for delivery in reading.deliveries if delivery.state == "in_doubt"}
    open_ = [notice for notice in reading.seen.books.notices if notice.over_at is None]
    return [
        f"{notice.key} is open"
        for notice in open_
        if notice.kind == "outage"
        or (notice.kind == "in_doubt" and notice.delivery not in in_doubt)
    ]


LAWS = (notice_without_cause,)
