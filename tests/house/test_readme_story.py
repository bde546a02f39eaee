"""The README's steps, typed as they stand there by a newcomer, end in their own channel.

Every `sh test` block is typed line by line into a real shell in a folder that has `.venv` as a
clone has it. Only addresses and the token are others than in the text (`instead`), and two
variables lead to the loopback servers: the address of Telegram, and leave to dial loopback.
"""

import json
import re
import shlex
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.e2e.processes import ENVIRON, until
from tests.e2e.servers import TOKEN, Publisher, Server, ask
from tests.house import readme
from tests.house.terminal import Terminal

CHANNEL, CHANNEL_NAMED = -1001234567890, "-1001234567890:@mychannel:My Channel"
READER = 123456789  # the number in the README
RESTARTED = "Saya sempat dimulai ulang"  # said if a stop came before the answer was noted

pytestmark = pytest.mark.timeout(300)


class Hook:
    """A webhook's owner: takes what comes, as the README's function reads it later."""

    def __init__(self) -> None:
        self.got: list[tuple[bytes, dict[str, str]]] = []
        got = self.got

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # http.server's name for it
                body = self.rfile.read(int(self.headers["content-length"]))
                got.append((body, dict(self.headers.items())))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Stay silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hook"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Newcomer:
    """Someone who has cloned Berita, with Telegram, publishers and a partner around them."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self.publisher = Publisher(feeds=2)
        stack.callback(self.publisher.destroy)
        self.telegram = Server(
            *("bot_api", "--enforce", f"--token={TOKEN}", f"--channel={CHANNEL_NAMED}"),
            f"--user={READER}",
        )
        stack.callback(self.telegram.destroy)
        ask(self.telegram.port, "/control/standing", chat=CHANNEL, user=READER, status="creator")
        self.hook = Hook()
        stack.callback(self.hook.close)
        self._stack = stack
        (folder / ".venv").symlink_to(sys.prefix)
        self._instead = {
            "https://news.example/feed/": self.publisher.urls[0],
            "https://other.example/rss": self.publisher.urls[1],
            "https://partner.example/hook": self.hook.url,
            "123456789:AAE…": TOKEN,
        }

    def terminal(self) -> Terminal:
        """Open a terminal in the clone."""
        opened = Terminal(
            self.folder,
            {
                **ENVIRON,
                "BERITA_TELEGRAM__API_BASE": self.telegram.told["base"],
                "BERITA_NETWORK__ALLOW_PRIVATE": "127.0.0.0/8",
                "BERITA_WEBHOOKS__ALLOW_HTTP": "true",
            },
        )
        self._stack.callback(opened.close)
        return opened

    def here(self, text: str) -> str:
        """Put what is here in the place of what the README names."""
        for named, instead in self._instead.items():
            text = text.replace(named, instead)
        return text

    def posts(self) -> list[str]:
        """List the headlines in the channel."""
        return [text.partition("\n")[0] for text in self._texts(CHANNEL)]

    def tells_the_bot(self, text: str) -> str:
        """Write to the bot in Telegram; gives its answer."""
        before = len(self._heard())
        ask(self.telegram.port, "/control/say", user=READER, text=text)
        until(lambda: len(self._heard()) > before + 1, f"an answer to {text}")
        return self._heard()[-1]

    def _heard(self) -> list[str]:
        """List what the reader sees, but for the word that a restart may have cut his off."""
        return [text for text in self._texts(READER) if not text.startswith(RESTARTED)]

    def _texts(self, chat: int) -> list[str]:
        return [post["text"] for post in ask(self.telegram.port, "/control/posts", chat=chat)]


@pytest.fixture
def newcomer(tmp_path: Path) -> Iterator[Newcomer]:
    with ExitStack() as stack:
        yield Newcomer(tmp_path, stack)


def test_the_steps_of_the_readme_end_in_the_newcomers_own_channel(newcomer: Newcomer) -> None:
    titles = [newcomer.publisher.add(feed)[0] for feed in (0, 1)]
    first, *steps = _sittings()

    running = newcomer.terminal()
    _set_up(running, newcomer, first)
    _start_for_the_first_time(running, newcomer)
    assert newcomer.posts() == [titles[0]]

    _become_the_owner(running, newcomer)
    _talk(newcomer)

    beside = newcomer.terminal()
    secret = _type_all(beside, newcomer, steps)
    story = _a_new_story(beside, newcomer)
    until(lambda: newcomer.posts()[-1] == story, "the new story in the channel")
    _verify(newcomer, secret, story)

    assert running.interrupt() == 0
    store = newcomer.folder / "mychannel" / "var" / "berita.db"
    assert TOKEN.encode() not in store.read_bytes()
    assert TOKEN not in running.screen.replace(f'TOKEN="{TOKEN}"', "")


def _sittings() -> list[list[str]]:
    """Sort the lines to type by the terminal they are typed into: each begins with `activate`."""
    sittings: list[list[str]] = []
    for block in readme.blocks("sh test"):
        for line in block.lines:
            if line.startswith(". .venv/bin/activate"):
                sittings.append([])
            sittings[-1].append(line)
    first, second = sittings
    return [first, second]


def _set_up(terminal: Terminal, newcomer: Newcomer, lines: list[str]) -> None:
    """Type the first sitting up to `berita run`, which is its last line."""
    for line in lines[:-1]:
        if line.startswith("berita init"):
            terminal.type(line)
            for question, answer in readme.dialogue():
                terminal.sees(question)
                terminal.answers(newcomer.here(answer))
            terminal.ends()
        elif line == "berita check":
            said = terminal.does(line)
            for promised in readme.block_with("fine   telegram").lines:
                assert promised in said
        else:
            terminal.does(newcomer.here(line))
    assert lines[-1] == "berita run"


def _start_for_the_first_time(terminal: Terminal, newcomer: Newcomer) -> None:
    terminal.type("berita run")
    until(newcomer.posts, "the newest story in the channel")
    assert str(READER) in newcomer.tells_the_bot("/start")
    assert terminal.interrupt() == 0


def _become_the_owner(terminal: Terminal, newcomer: Newcomer) -> None:
    """Write what the README says into the file, and start again."""
    file = newcomer.folder / "mychannel" / "berita.toml"
    owners = readme.block_with("owners =").lines[1]
    text = file.read_text(encoding="utf-8")
    changed, times = re.subn(r"^# owners = \[\].*$", owners, text, flags=re.MULTILINE)
    assert times == 1
    file.write_text(changed, encoding="utf-8")
    terminal.type("berita run")


def _talk(newcomer: Newcomer) -> None:
    """Say to the bot what the README lists; none of it is refused."""
    name = ""
    for line in readme.block_with("/addfeed").lines:
        answer = newcomer.tells_the_bot(
            newcomer.here(line).replace("NAME", name).replace("LINK", "1")
        )
        assert not answer.startswith(("Tidak bisa", "Maaf")), f"{line}\n{answer}"
        if line.startswith("/addfeed"):
            name = answer.split("\n")[0].rpartition(" ")[2]


EXPORTED = ("feeds.opml", "everything.json")


def _type_all(terminal: Terminal, newcomer: Newcomer, sittings: list[list[str]]) -> str:
    """Type everything else; gives the webhook's secret."""
    secret = ""
    for line in (line for sitting in sittings for line in sitting):
        said = terminal.does(newcomer.here(line))
        if "secret show" in line:
            found = re.search(r"whsec_\S+", said)
            assert found is not None, said
            secret = found[0]
        elif "delivery show" in line:
            assert _labels(readme.block_with("Delivery 1 ·").lines) <= _labels(said.splitlines())
    (copy,) = newcomer.folder.glob("berita-*.db")
    for written in (copy, *(newcomer.folder / "mychannel" / n for n in EXPORTED)):
        assert written.stat().st_size > 0
    backup = shlex.quote(f"sqlite:///{copy}")
    assert '"sent"' in terminal.does(f"BERITA_STORE__URL={backup} berita status --json")
    return secret


def _labels(lines: Iterable[str]) -> set[str]:
    """Give what each line of a delivery's way begins with."""
    return {line[:8].strip() for line in lines}


def _a_new_story(terminal: Terminal, newcomer: Newcomer) -> str:
    """Publish one in the feed that was added, and have it looked at without the wait."""
    until(lambda: newcomer.publisher.polls(200) == 2, "the added feed's first poll")
    (title,) = newcomer.publisher.add(1)
    terminal.does("berita feed pause other")
    terminal.does("berita feed resume other")
    return title


def _verify(newcomer: Newcomer, secret: str, story: str) -> None:
    """Read with the README's function what the webhook got."""
    (shown,) = readme.blocks("python test")
    names: dict[str, object] = {}
    exec(shown.text.replace("whsec_…", secret), names)  # noqa: S102  # it is our own README
    read_event = names["read_event"]
    assert callable(read_event)

    until(lambda: len(newcomer.hook.got) == 2, "a test and a story at the webhook")
    events = [read_event(body, headers) for body, headers in newcomer.hook.got]
    assert [event["type"] for event in events] == ["endpoint.test", "story.published"]
    assert events[1]["data"]["title"] == story
    promised = re.findall(r"`(\w+)`", readme.text().partition('`event["data"]` holds ')[2][:200])
    assert set(promised) <= set(json.loads(newcomer.hook.got[1][0])["data"])

    body, headers = newcomer.hook.got[1]
    with pytest.raises(Exception, match="signature"):
        read_event(body.replace(b"story", b"STORY"), headers)
