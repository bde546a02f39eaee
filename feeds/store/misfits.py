"""What a destination cannot become: an option its kind cannot obey, a change of what is no more."""

from feeds.backlog import cannot_roll_up
from feeds.errors import BadRequest, Conflict
from feeds.model import BacklogPolicy, Destination, DestinationOptions


def refuse_misfit(kind: str, options: DestinationOptions) -> None:
    """Raise BadRequest for what a kind of destination cannot obey."""
    rolls_up = options.backlog is not None and options.backlog.policy is BacklogPolicy.ROLL_UP
    if rolls_up and (why := cannot_roll_up(kind)):
        raise BadRequest(
            f"Nothing is rolled up here, {why}: its backlog is all or newest:N.",
            "error.destination.no_roll_up",
        )


def refuse_changed(present: Destination, expected: Destination) -> None:
    """Raise Conflict if somebody has given it another name or other options meanwhile."""
    if (present.name, present.options) != (expected.name, expected.options):
        raise Conflict(
            "It was changed meanwhile: look again, then set it as you want it.",
            "error.changed",
        )
