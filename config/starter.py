"""PURE: the berita.toml to start from, every option in it, written from the models themselves."""

from collections.abc import Collection, Mapping
from typing import Any

from config.checks import ONLY_FOR
from config.options import Option, SectionOptions, sections, toml_value

_HEAD = """\
# Berita's configuration: every option there is, with its default. To change one, take away its "#".
# Any option of a [section] can be given as BERITA_SECTION__OPTION instead: BERITA_TELEGRAM__TOKEN.
# After a change: berita check
"""
_VALUE_WIDTH = 42  # columns up to the help; longer values push it on


def starter_toml(
    *,
    feed_url: str,
    feed_name: str = "news",
    start: int = 1,
    channel: str = "",
    owners: Collection[int] = (),
    token: str = "",
    token_file: str = "",
) -> str:
    """Write a configuration that publishes one feed to a Telegram channel, or to the terminal.

    `start` is how many stories of the first poll are published (0 to 1,000). Without `channel` the
    stories are shown in the terminal. What is not given stands there as a comment with its default.
    """
    telegram = {"token": token, "token_file": token_file, "owners": list(owners)}
    once = {"telegram": {name: value for name, value in telegram.items() if value}}
    place = "channel" if channel else "terminal"
    destination = (
        {"name": place, "kind": "telegram", "address": channel}
        if channel
        else {"name": place, "kind": "console"}
    )
    parts = [_HEAD]
    parts += [
        _section(section, once.get(section.name, {})) for section in sections() if not section.many
    ]
    many = {section.name: section for section in sections() if section.many}
    parts += [
        _section(many["feed"], {"name": feed_name, "url": feed_url, "start": start}),
        _section(many["destination"], destination),
        _example(many["destination"]),
        _section(many["route"], {"feed": feed_name, "to": [place]}),
    ]
    return "\n".join(parts)


def _section(section: SectionOptions, given: Mapping[str, Any]) -> str:
    """Write a section: what is given as it is, the rest as comments."""
    header = f"[[{section.name}]]" if section.many else f"[{section.name}]"
    kind = given.get("kind")
    lines = [f"# {section.help}", header]
    lines += [
        _line(option, given)
        for option in section.options
        if not kind or kind in ONLY_FOR.get(option.name, (kind,))
    ]
    return "\n".join(lines) + "\n"


def _example(section: SectionOptions) -> str:
    """Write a webhook as a comment, and what to do with it."""
    partner = {"name": "partner", "kind": "webhook", "address": "https://partner.example/hook"}
    lines = _section(section, partner).splitlines()[1:]
    commented = [line if line.startswith("# ") else f"# {line}" for line in lines]
    lead = "# A second place, commented out whole; name it in a route, too."
    return "\n".join([lead, *commented]) + "\n"


def _line(option: Option, given: Mapping[str, Any]) -> str:
    value = toml_value(given[option.name]) if option.name in given else option.value
    mark = "" if option.name in given else "# "
    setting = f"{mark}{option.name} = {value}"
    return f"{setting:<{_VALUE_WIDTH}} # {option.help}"
