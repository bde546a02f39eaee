"""PURE: who may do what: one judgement for every command, press, typed word and forwarded post.

Owners may do everything. A steward may do everything about the channels he looks after; of the bot
as a whole he sees what shows him his own alone. Who is on the allow-list may also bring channels
of his own, which he looks after from then on.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from feeds.model.people import Role

# What is about no channel and yet for stewards: each of these shows or asks them of their own.
COMMON: Final = frozenset(
    {
        *("home.show", "home.help", "home.feed", "chs.show", "fds.show", "fds.feed"),
        *("fail.show", "dl.show", "log.show", "talk.feed", "lang.show", "lang.speak"),
        *("errand.look", "errand.sample_find"),
        *("fn.show", "fn.choose", "fn.start", "fn.preview", "fn.pick", "fn.again", "fn.cancel"),
    }
)
BRINGS: Final = frozenset({"home.channel", "chs.channel", "chs.take", "fn.channel", "talk.channel"})
OWNERS_CARDS: Final = frozenset({"adm", "wh", "sec"})  # who looks after a channel; what is secret
LOOKS: Final = frozenset(
    {"fd.show", "fd.preview", "fd.choose", "fd.resume", "fd.remove", "errand.sample"}
)


class Refused(StrEnum):
    """Why somebody may not."""

    STRANGER = "stranger"  # nothing is his: he hears nothing
    NOT_YOURS = "not_yours"  # another's channel, or what only owners decide


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Somebody who speaks or presses, and what is his."""

    person: int
    role: Role
    listed: bool = False  # by the configuration's allow-list
    looks_after: frozenset[int] = frozenset()  # live destinations, where Telegram says so by now

    @property
    def is_owner(self) -> bool:
        """Tell whether he may do everything."""
        return self.role is Role.OWNER

    @property
    def is_known(self) -> bool:
        """Tell whether he is to be heard at all."""
        return self.is_owner or self.listed or bool(self.looks_after)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfFeed:
    """A deed about a feed; `to`: a destination that it shall go to, too."""

    feed: int
    to: int | None = None


def judge(who: Who, deed: str, destination: int | None) -> Refused | None:
    """Judge a deed ("CARD.DEED") about a destination, None: the bot as a whole. None: he may."""
    if who.is_owner:
        return None
    if not who.is_known:
        return Refused.STRANGER
    if deed.partition(".")[0] in OWNERS_CARDS:
        return Refused.NOT_YOURS
    if destination is None:
        may = deed in COMMON or (who.listed and deed in BRINGS)
    else:
        may = destination in who.looks_after
    return None if may else Refused.NOT_YOURS


def judge_feed(who: Who, deed: str, places: Collection[int], to: int | None) -> Refused | None:
    """Judge a deed about a feed that goes to `places`: to look takes one of them, to change all.

    To let it go to one more of his own takes to have it in one of his already.
    """
    if who.is_owner:
        return None
    if not who.is_known:
        return Refused.STRANGER
    his = who.looks_after & frozenset(places)
    if to is not None:
        may = bool(his) and to in who.looks_after
    else:
        may = bool(his) and (deed in LOOKS or len(his) == len(places))
    return None if may else Refused.NOT_YOURS
