"""The loopback servers as processes of their own, and what a test asks of them over HTTP."""

import json
from collections.abc import Iterable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from tests.e2e.processes import PYTHON, ROOT, Spawned

TOKEN = "424242:loopback-token-of-a-test-0123456789a"
SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
ANSWER_SECONDS = 30.0


def ask(port: int, path: str, /, **wish: Any) -> Any:
    """POST a wish to a server's control and give its answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
    try:
        body = json.dumps(wish)
        connection.request("POST", path, body, {"content-type": "application/json"})
        answer = connection.getresponse()
        text = answer.read().decode()
        assert answer.status == 200, f"{path}: {answer.status} {text}"
        return json.loads(text)
    finally:
        connection.close()


def get(port: int, path: str) -> tuple[int, Any]:
    """GET JSON: the status and the answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


class Server(Spawned):
    """A server that tells on its first line where it listens."""

    def __init__(self, module: str, *arguments: str) -> None:
        super().__init__([PYTHON, "-m", f"tests.servers.{module}", *arguments], folder=ROOT)
        self.told: dict[str, Any] = json.loads(self.line('"port"'))
        self.port = int(self.told["port"])


class Publisher(Server):
    """Feeds with validators."""

    def __init__(self, *, feeds: int, items: int = 3) -> None:
        super().__init__("publisher", f"--feeds={feeds}", f"--items={items}")
        self.urls: list[str] = self.told["feeds"]

    def add(self, feed: int, count: int = 1) -> list[str]:
        """Publish new posts; gives their titles."""
        made = ask(self.port, "/control/add", feed=feed, count=count)["items"]
        return [item["title"] for item in made]

    def fault(self, feed: int, name: str, **fields: Any) -> None:
        ask(self.port, "/control/set_fault", feed=feed, name=name, **fields)

    def asked(self) -> list[dict[str, Any]]:
        """List the requests so far."""
        return list(get(self.port, "/control/requests")[1])

    def polls(self, status: int) -> int:
        """Count the feeds that were asked and answered so."""
        return len({each["feed"] for each in self.asked() if each["status"] == status})


class Telegram(Server):
    """A Bot API whose channels are named by their numbers; it enforces Telegram's limits."""

    def __init__(
        self,
        channels: Iterable[int],
        *,
        users: Iterable[int] = (),
        token: str = TOKEN,
        port: int = 0,
    ) -> None:
        named = [f"--channel={channel}" for channel in channels]
        named += [f"--user={user}" for user in users]
        super().__init__("bot_api", "--enforce", f"--token={token}", f"--port={port}", *named)
        self.base: str = self.told["base"]

    def control(self, deed: str, **wish: Any) -> Any:
        return ask(self.port, f"/control/{deed}", **wish)

    def posts(self, channel: int) -> list[str]:
        """List a channel's posts, in order, each by its first line."""
        return [post["text"].split("\n")[0] for post in self.control("posts", chat=channel)]

    def message_ids(self, channel: int) -> dict[str, int]:
        """Name each post's message id by its first line."""
        found = self.control("posts", chat=channel)
        return {post["text"].split("\n")[0]: post["message_id"] for post in found}

    def sends(self) -> int:
        """Count the requests to send, answered or not."""
        return len(self.control("calls", method="sendMessage"))


class Receiver(Server):
    """A webhook consumer that verifies what it gets, and keeps a ledger."""

    def __init__(self, ledger: Path, *, port: int = 0) -> None:
        super().__init__("receiver", f"--secret={SECRET}", f"--ledger={ledger}", f"--port={port}")
        self.url: str = self.told["url"]

    def control(self, deed: str, **wish: Any) -> Any:
        return ask(self.port, f"/control/{deed}", **wish)

    def ledger(self) -> list[dict[str, Any]]:
        """List every request, in order."""
        return list(self.control("ledger"))

    def counts(self) -> dict[str, int]:
        return dict(self.control("counts"))

    def accepted(self) -> list[dict[str, Any]]:
        """List what was verified and answered 2xx, each id once, in the order first taken."""
        taken: dict[str, dict[str, Any]] = {}
        for heard in self.ledger():
            if heard["verified"] and (heard["answered"] or 0) // 100 == 2:
                taken.setdefault(heard["id"], heard)
        return list(taken.values())


class Chats(Server):
    """Discord, Slack and Mattermost: one incoming webhook each."""

    def __init__(self) -> None:
        super().__init__("chat_hooks")

    def posts(self) -> dict[str, list[dict[str, Any]]]:
        """List what was posted, by service."""
        return dict(get(self.port, "/control/posts")[1])

    def fault(self, **fault: Any) -> None:
        ask(self.port, "/control/fault", **fault)
