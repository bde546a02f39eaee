"""PURE: entries and what we know → new stories, aliases, edits, guards (rules of feeds §2.1).

May live here: how an entry is named, compared, ordered and guarded. May be imported: the standard
library and `feeds.model`. Time is handed in; nothing is looked up.
"""

from feeds.novelty.deciding import decide
from feeds.novelty.guards import GuardLimits
from feeds.novelty.keys import EntryKeys, keys_of, keys_of_address
from feeds.novelty.verdict import Rule, Verdict

__all__ = ["EntryKeys", "GuardLimits", "Rule", "Verdict", "decide", "keys_of", "keys_of_address"]
