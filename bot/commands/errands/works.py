"""The works of all errands, by kind."""

from collections.abc import Mapping
from typing import Final

from bot.commands.cards import bundle
from bot.commands.cards.samples import sample_feed, sample_find
from bot.commands.cards.subscriptions import work_off
from bot.commands.errands.running import Work
from bot.commands.links import look_now

WORKS: Final[Mapping[str, Work]] = {
    "list": work_off,
    "bundle": bundle.work_off,
    "look": look_now,
    "sample": sample_feed,
    "sample_find": sample_find,
}
