"""PURE: a route's filter on a story: kept, or dropped by which rule.

A filter is a list of rules, and keeps a story that all of them hold for. A rule is one line:

    any: korea, perang dunia       at least one of these words or phrases is there
    all title: kim, putin          each of them is there, here in the title
    none tags: iklan, sponsor      none of them is there, here among the tags
    any title ~ ^(gempa|tsunami)   a regular expression matches; or with none: does not match

Words are whole words, whatever their case and the marks between them. A regular expression takes
linear time, whatever it is (RE2), and does not tell upper from lower case.

May live here: the reading of rules, words, patterns. May be imported: `feeds.errors`; RE2, by
`patterns` alone.
"""

from feeds.filters.facts import Facts
from feeds.filters.fault import BrokenFilter, Fault
from feeds.filters.rules import (
    REGEX_RULES_MAX,
    RULE_MAX,
    RULES_MAX,
    WORDS_MAX,
    Field,
    Filter,
    Mode,
    read_filter,
)
from feeds.filters.title_words import title_words

__all__ = [
    "REGEX_RULES_MAX",
    "RULES_MAX",
    "RULE_MAX",
    "WORDS_MAX",
    "BrokenFilter",
    "Facts",
    "Fault",
    "Field",
    "Filter",
    "Mode",
    "read_filter",
    "title_words",
]
