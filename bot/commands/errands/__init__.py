"""Errands: work for an admin that takes long, done beside the listening; it survives a restart.

An errand is a kind and the id of what it is about. Its work is a function of `works.WORKS` that can
begin anew at any time: what it needs is in the store, and what was done already it does not repeat.
"""

from bot.commands.errands.running import Errands, Work

__all__ = ["Errands", "Work"]
