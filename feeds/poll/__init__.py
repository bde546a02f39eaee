"""The poll beat: due feeds → fetch → parse → novelty → store.

May live here: what a poll does and records. May be imported: of ours everything of `feeds` but
`catalog` and `upkeep`; of the store only what it answers, the rest through a Protocol.
"""

from feeds.poll.beat import PollBeat, PollLimits
from feeds.poll.telling import PollReport

__all__ = ["PollBeat", "PollLimits", "PollReport"]
