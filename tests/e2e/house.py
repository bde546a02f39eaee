"""A house to test in: a folder with a configuration, the command line on it, runs and servers."""

import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar

from tests.e2e.processes import BERITA, ENVIRON, Launch, Spawned, cold
from tests.e2e.servers import SECRET, TOKEN, Chats, Publisher, Receiver, Telegram

Kept = TypeVar("Kept", bound=Spawned)
Table = Mapping[str, object]
CALL_SECONDS = 60.0


def toml(sections: Mapping[str, Table], tables: Mapping[str, Sequence[Table]]) -> str:
    """Write a configuration; every value is one that JSON and TOML spell alike."""
    blocks = [_block(f"[{name}]", table) for name, table in sections.items()]
    blocks += [_block(f"[[{name}]]", table) for name, list_ in tables.items() for table in list_]
    return "\n".join(blocks)


def _block(head: str, table: Table) -> str:
    return "\n".join([head, *(f"{key} = {json.dumps(value)}" for key, value in table.items()), ""])


class House:
    """One folder, what runs in it, and the servers around it; all is ended with the test."""

    def __init__(self, folder: Path, stack: ExitStack, *, launch: Launch = cold) -> None:
        self.folder = folder
        self.store_url = f"sqlite:///{folder / 'berita.db'}"
        self.berita: list[Spawned] = []  # every process of it that was started
        self._stack, self._launch = stack, launch
        self._written = ""
        self._sections: dict[str, dict[str, object]] = {
            "store": {"url": self.store_url},
            "polling": {"every": "1s", "every_min": "1s", "per_host": 32},
            "network": {"allow_private": ["127.0.0.0/8"]},
            "webhooks": {"allow_http": True},
            "log": {"format": "json"},
        }
        self._tables: dict[str, list[Table]] = {"feed": [], "destination": [], "route": []}

    # ── the servers around it ────────────────────────────────────────────────────────────────────

    def publisher(self, *, feeds: int = 1, items: int = 3) -> Publisher:
        return self._kept(Publisher(feeds=feeds, items=items))

    def telegram(
        self, *channels: int, users: Iterable[int] = (), token: str = TOKEN, port: int = 0
    ) -> Telegram:
        return self._kept(Telegram(channels, users=users, token=token, port=port))

    def receiver(self, *, port: int = 0) -> Receiver:
        return self._kept(Receiver(self.folder / "ledger.jsonl", port=port))

    def chats(self) -> Chats:
        return self._kept(Chats())

    # ── its configuration ────────────────────────────────────────────────────────────────────────

    def set(self, section: str, **options: object) -> None:
        self._sections.setdefault(section, {}).update(options)

    def feed(self, name: str, url: str, **options: object) -> None:
        self._tables["feed"].append({"name": name, "url": url, **options})

    def channel(self, name: str, chat: int) -> None:
        self._tables["destination"].append({"name": name, "kind": "telegram", "address": str(chat)})

    def webhook(self, name: str, url: str) -> None:
        self._tables["destination"].append(
            {"name": name, "kind": "webhook", "address": url, "secret": SECRET}
        )

    def place(self, name: str, kind: str, address: str, **options: object) -> None:
        self._tables["destination"].append(
            {"name": name, "kind": kind, "address": address, **options}
        )

    def route(self, feed: str, *to: str) -> None:
        self._tables["route"].append({"feed": feed, "to": list(to)})

    def use(self, telegram: Telegram) -> None:
        """Publish by this Bot API."""
        self.set("telegram", token=telegram.told["token"], api_base=telegram.base)

    def twin(self, folder: Path) -> "House":
        """Give another house with the same settings and a store of its own."""
        folder.mkdir()
        other = House(folder, self._stack, launch=self._launch)
        own = other._sections["store"]
        other._sections = {**self._sections, "store": own}
        return other

    # ── berita in it ─────────────────────────────────────────────────────────────────────────────

    def run(self, *arguments: str) -> Spawned:
        """Start `berita run` and wait until it says that it runs."""
        running = self.start("run", *arguments)
        running.line('"running"')
        return running

    def start(self, *arguments: str, program: Sequence[str] = (BERITA,)) -> Spawned:
        """Start a command of Berita (or of a `program` that is called alike) and leave it alone."""
        return self.start_bare(*arguments, *self._config(), program=program)

    def start_bare(self, *arguments: str, program: Sequence[str] = (BERITA,)) -> Spawned:
        """Start a command that finds its configuration by itself."""
        command = [*program, *arguments]
        started = self._kept(Spawned(command, folder=self.folder, launch=self._launch))
        self.berita.append(started)
        return started

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Call the command line and wait for its end."""
        command = [BERITA, *arguments, *self._config()]
        called = Spawned(command, folder=self.folder, launch=self._launch)
        try:
            code = called.wait()
        finally:
            called.destroy()
        told = ("".join(called.out), "".join(called.err))
        return subprocess.CompletedProcess(command, code, *told)

    def call_bare(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Call a command that finds its configuration by itself."""
        return subprocess.run(
            [BERITA, *arguments],
            cwd=self.folder,
            env=ENVIRON,
            capture_output=True,
            encoding="utf-8",
            timeout=CALL_SECONDS,
            check=False,
        )

    def ask(self, *arguments: str) -> Any:
        """Call the command line for JSON."""
        told = self.call(*arguments, "--json")
        assert told.returncode == 0, told.stderr
        return json.loads(told.stdout)

    def deliveries(self, *arguments: str) -> list[dict[str, Any]]:
        """List deliveries in the order of their lane."""
        rows = self.ask("delivery", "list", "--limit=5000", *arguments)
        return sorted(rows, key=lambda row: row["seq"])

    def _config(self) -> list[str]:
        file = self.folder / "house.toml"
        text = toml(self._sections, self._tables)
        if text != self._written:  # a full disk takes no second copy
            file.write_text(text, encoding="utf-8")
            self._written = text
        return ["--config", str(file)]

    def _kept(self, spawned: Kept) -> Kept:
        self._stack.callback(spawned.destroy)
        return spawned
