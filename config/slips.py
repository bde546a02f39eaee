"""PURE: what a line of a broken TOML file was probably meant to be, without repeating its value."""

import re
from typing import Final

YES_AND_NO: Final = frozenset({"yes", "no", "on", "off", "true", "false"})
_SETTING: Final = re.compile(r"""\s*[\w."'-]+\s*=[ \t]*(?P<value>.*)""")
_CURLED: Final = "“”„‘’‚«»"
_BEGINS_A_VALUE: Final = ('"', "'", "[", "{")


def slip_in(line: str) -> str:
    """Give `; …` that says how to write it, or nothing where the line tells no known slip."""
    found = _SETTING.match(line)
    if found is None:
        return ""
    value = found["value"].partition("#")[0].strip()
    if not value:
        return '; a value is missing: "" for none'
    if value[0] in _CURLED:
        return '; quotes must be straight ones: "…"'
    if value.lower() in YES_AND_NO:
        return "; write true or false, in small letters"
    if value.startswith(_BEGINS_A_VALUE) or not re.search("[A-Za-z@/]", value):
        return ""
    return '; text and durations stand in quotes: "…"'
