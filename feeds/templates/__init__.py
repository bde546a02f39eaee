"""PURE: an admin's template filled with a story: plain text, and which of it is marked how.

A template is Jinja with few words: `{{ field }}` or `{{ field | filter }}`, `{% if … %}`, and
`{% for tag in tags %}`. The fields are `FIELDS`; an empty one is false. Of the filters three mark:
`bold`, `italic`, and `link`, which leads to the story. Marks are no characters of the text, so
nothing that a feed writes can be one; what comes out of a field is told apart from what the admin
wrote himself, and each medium makes the former harmless in its own way.

Bounded: the template's length, what it works (fuel, which counts text, too) and what it says.
May live here: reading, filling, what can be wrong. May be imported: `feeds.errors`; minijinja, by
`engine` alone.
"""

from feeds.templates.engine import TEMPLATE_MAX, check_template, fill
from feeds.templates.fault import BrokenTemplate, TemplateFault
from feeds.templates.spans import FIELDS, Fields, Span

__all__ = [
    "FIELDS",
    "TEMPLATE_MAX",
    "BrokenTemplate",
    "Fields",
    "Span",
    "TemplateFault",
    "check_template",
    "fill",
]
