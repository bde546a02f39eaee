"""What admins are told: of all that waits for their word, and of what is so."""

from collections.abc import Iterator

from feeds.backlog import WAITED_MAX
from tests.simulation.books import Notice
from tests.simulation.oracle.reading import Reading


def notice_without_cause(reading: Reading) -> list[str]:
    """An incident is open as long as what it tells of, and no longer."""
    in_doubt = {delivery.id for delivery in reading.deliveries if delivery.state == "in_doubt"}
    return [
        f"{notice.key} is open"
        for notice in _open(reading)
        if notice.kind == "outage"
        or (notice.kind == "in_doubt" and notice.delivery not in in_doubt)
    ]


def told_to_nobody(reading: Reading) -> list[str]:
    """What waits for an admin's word was told: each doubt, each parked place, what is held."""
    told = {
        (notice.kind, notice.delivery if notice.kind == "in_doubt" else notice.place)
        for notice in _open(reading)
        if any(half == "begun" for half, _ in notice.told)
    }
    return [
        f"{kind} {of}: no notice was told of it"
        for kind, of in sorted(_undecided(reading), key=str)
        if (kind, of) not in told
    ]


def _undecided(reading: Reading) -> set[tuple[str, int | str]]:
    """Name what is still to be decided when the day is over."""
    doubts = {("in_doubt", d.id) for d in reading.deliveries if d.state == "in_doubt"}
    held = {("held", d.place) for d in reading.deliveries if d.state == "held"}
    places = reading.seen.books.places.items()
    return doubts | held | {("parked", name) for name, (state, _) in places if state == "parked"}


def flood_after_a_closure(reading: Reading) -> list[str]:
    """Of what waited while a place was closed, no more than a few go out without a word."""
    return [
        f"{each.place} at {each.at:.0f}: {each.waited} waited, {each.waiting} go out at once"
        for each in reading.diary.reopenings
        if each.waiting > WAITED_MAX
    ]


def _open(reading: Reading) -> Iterator[Notice]:
    return (notice for notice in reading.seen.books.notices if notice.over_at is None)


LAWS = (notice_without_cause, told_to_nobody, flood_after_a_closure)
