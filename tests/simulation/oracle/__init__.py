"""Holds the promises of the map against what was seen of a day: each law names what broke it."""

from collections.abc import Callable

from tests.simulation.oracle import doubts, ends, intake, notices, order, pace, posts, webhooks
from tests.simulation.oracle.reading import Reading
from tests.simulation.seen import Seen

Law = Callable[[Reading], list[str]]
LAWS: tuple[Law, ...] = (
    *intake.LAWS,
    *ends.LAWS,
    *posts.LAWS,
    *doubts.LAWS,
    *webhooks.LAWS,
    *order.LAWS,
    *pace.LAWS,
    *notices.LAWS,
)


def broken(seen: Seen) -> list[str]:
    """List every promise that the day broke; none is what we want."""
    reading = Reading(seen)
    return [f"{law.__name__}: {what}" for law in LAWS for what in law(reading)]
