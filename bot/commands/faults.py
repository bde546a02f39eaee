"""PURE: what is wrong with a rule or a template, and where, in the admin's language."""

from aiogram.utils.formatting import Pre, Text

from bot.commands.words import Words, lines
from feeds.filters import BrokenFilter
from feeds.templates import BrokenTemplate


def filter_fault(error: BrokenFilter, words: Words) -> Text:
    """Tell of a broken rule, with a mark under the place."""
    said = words.say(f"filter.fault.{error.fault}")
    return lines(said, _marked(error.shown, error.caret))


def template_fault(error: BrokenTemplate, words: Words) -> Text:
    """Tell of a broken template by line and column, with a mark under the place."""
    said = words.say(f"template.fault.{error.fault}")
    where = words.say("template.at", line=error.line, column=error.column)
    return lines(Text(where, " ", said), _marked(error.shown, error.caret))


def _marked(shown: str, caret: int) -> Text:
    return Pre(f"{shown}\n{' ' * caret}^")
