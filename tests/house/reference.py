"""The README's references, made of what they tell of; `python -m tests.house.reference` does it.

A reference stands between two comments that name it; everything else in the README is written by
hand.
"""

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import typer

from bot.cli.root import app
from config.options import Option, SectionOptions, sections
from feeds.ports import WebResponse
from tests.adapters.golden_stories import STORIES
from tests.adapters.kinds import a_webhook_adapter
from tests.builders import NOON, a_destination
from tests.house.tree import README

SHOWN_SECRET = "whsec_a29uc3RhbnRhIHVudHVrIGNvbnRvaCBzYWph"
SHOWN_ID = "msg_2wTlY1pqxZBaFpdPnfAK8M"
UNSAID = {"--help", "-h"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command as people write it: its words, what follows them, its first sentence."""

    words: tuple[str, ...]
    options: tuple[str, ...]  # every spelling
    usage: str
    help: str

    @property
    def name(self) -> str:
        return " ".join(self.words)


def commands() -> tuple[Command, ...]:
    """List all commands in the order of `--help`."""
    return tuple(_walk(typer.main.get_command(app), ("berita",)))


def commands_reference() -> str:
    """Write them one after another, each with its sentence."""
    told = [f"{command.usage}\n    {command.help}" for command in commands()]
    return "\n".join(["```text", *told, "```"])


def options_reference() -> str:
    """Write a table for each section."""
    return "\n\n".join(_table(section) for section in sections())


def event_reference() -> str:
    """Write one request as the adapter really sends it, its body on more lines than one."""
    heard = _Listening()
    adapter = a_webhook_adapter(heard, clock=_Noon(), user_agent="berita/0.1.0")
    place = a_destination(secret=SHOWN_SECRET)
    parcel = STORIES["kim-putin"]
    shown = replace(parcel, delivery=replace(parcel.delivery, webhook_id=SHOWN_ID, seq=7))
    asyncio.run(adapter.send(place, shown, adapter.render(place, shown)))
    head = [f"{name}: {value}" for name, value in heard.headers.items()]
    body = json.dumps(json.loads(heard.body), ensure_ascii=False, indent=2)
    return "\n".join(["```text", "POST /hook", *head, "", body, "```"])


class _Listening:
    """A web that takes whatever is posted and keeps it."""

    async def post(self, url: str, *, headers: Any, body: bytes, **_: Any) -> WebResponse:
        self.headers, self.body = headers, body
        return WebResponse(status=204, url=url, headers={}, body=b"")


class _Noon:
    """A clock that stands."""

    def now(self) -> datetime:
        return NOON


REFERENCES = {
    "event": event_reference,
    "commands": commands_reference,
    "options": options_reference,
}


def rewritten(readme: str) -> str:
    """Put the references into the README's text."""
    for name, made in REFERENCES.items():
        begin, end = f"<!-- begin: {name} -->", f"<!-- end: {name} -->"
        before, _, rest = readme.partition(begin)
        _, found, after = rest.partition(end)
        assert found, f"the README has no place for {name}"
        readme = f"{before}{begin}\n\n{made()}\n\n{end}{after}"
    return readme


def _walk(command: Any, words: tuple[str, ...]) -> Iterator[Command]:
    inner = getattr(command, "commands", None)
    if inner is not None:
        for name, each in inner.items():
            yield from _walk(each, (*words, name))
        return
    options = [each for each in command.params if each.param_type_name == "option"]
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    shown = [_argument(each) for each in arguments] + [_option(each) for each in options]
    yield Command(
        words=words,
        options=tuple(spelt for each in options for spelt in (*each.opts, *each.secondary_opts)),
        usage=" ".join([*words, *shown]),
        help=_first_sentence(command.help),
    )


def _argument(argument: Any) -> str:
    return str(argument.metavar) if argument.required else f"[{argument.metavar}]"


def _option(option: Any) -> str:
    spelt = "|".join((option.opts[0], *option.secondary_opts))
    value = f" {option.metavar}" if option.metavar else ""
    many = "…" if getattr(option, "multiple", False) else ""
    return f"[{spelt}{value}]{many}"


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=\.)\s", " ".join(text.split()), maxsplit=1)[0]


def _table(section: SectionOptions) -> str:
    head = f"[[{section.name}]]" if section.many else f"[{section.name}]"
    rows = [_row(option) for option in section.options]
    return "\n".join(
        [f"**`{head}`** {section.help}", "", "| option | default | |", "|---|---|---|", *rows]
    )


def _row(option: Option) -> str:
    default = "*needed*" if option.needed else f"`{option.value}`"
    meaning = option.help.replace("|", r"\|")
    return f"| `{option.name}` | {default} | {meaning} |"


if __name__ == "__main__":
    README.write_text(rewritten(README.read_text(encoding="utf-8")), encoding="utf-8")
