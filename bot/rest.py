"""How long an endpoint rests after a send that is in doubt, where no harmless call proves it well.

The next send is the only question there is: after each doubt in a row it waits longer, so that an
hour of 502 pages makes a few doubts and not one a story. Any answer that is heard ends the row.
"""

from dataclasses import dataclass, field, replace

from bot.passage import rest_after
from feeds.model import DeliveryState, Settlement


@dataclass(frozen=True, slots=True)
class Rests:
    """Counts the doubts in a row of each destination; the rest itself is stored with its lane."""

    _doubts: dict[int, int] = field(default_factory=dict)

    def heed(self, settlement: Settlement) -> Settlement:
        """Close the lane for 1, 2, 4 … 30 min after a doubt; give the outcome with that in it."""
        lane, ended_at = settlement.destination, settlement.attempt.ended_at
        if settlement.state is not DeliveryState.IN_DOUBT:
            if settlement.attempt.status is not None:
                self._doubts.pop(lane, None)
            return settlement
        assert ended_at is not None, "an attempt that was judged is over"
        self._doubts[lane] = self._doubts.get(lane, 0) + 1
        return replace(settlement, not_before=ended_at + rest_after(self._doubts[lane] + 1))
