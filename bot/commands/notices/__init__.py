"""What owners are told without having asked: an incident when it begins, and when it is over.

May live here: one module for each kind of incident, what their messages are made of, the round
that tells. May be imported: what `bot.commands` may. A new kind is a module and a line in `kinds`.
"""

from bot.commands.notices.teller import Teller

__all__ = ["Teller"]
