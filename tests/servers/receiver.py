"""A whole webhook consumer on loopback: verifies with `standardwebhooks`, keeps a ledger, fails.

In a test:          async with Receiver(secret=…) as receiver: receiver.url(), receiver.heard …
As its own process: python -m tests.servers.receiver --port 0 --secret whsec_… --ledger FILE
                    (prints {"port": …, "url": …}; endpoints are /hook and /hook/ANYTHING)

Its control is plain HTTP: GET /control/ledger and /control/counts; POST /control/fault with a JSON
object (see receiver_faults.Fault), /control/heal, /control/forget. A ledger that is there is
gone on with, so that repeats are known across restarts.
"""

import argparse
import asyncio
import json
import signal
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError

from tests.servers.receiver_faults import ANSWERS, Fault, cut

BODY_BYTES_MAX = 100_000  # five times what the standard advises


@dataclass(kw_only=True)
class Heard:
    """One request as a line of the ledger."""

    at: str
    path: str
    id: str  # webhook-id
    attempt: int  # 1, 2, … of this id at this path
    verified: bool
    problem: str | None  # why not
    type: str | None
    seq: int | None
    story_id: str | None
    title: str | None
    digest: str  # of the body: repeats must carry the same bytes
    answered: int | None  # None: the sender hears nothing


class Receiver:
    """The consumer; `accepted` is what it took, each id once."""

    def __init__(self, *, secret: str, port: int = 0, ledger: Path | None = None) -> None:
        self.heard: list[Heard] = []
        self.bodies: list[dict[str, Any]] = []  # of this process's requests, as sent
        self.raw: list[bytes] = []  # the same, byte for byte
        self.headers: list[dict[str, str]] = []
        self.faults: list[Fault] = []
        self.port = port
        self._webhook = Webhook(secret)
        self._ledger = ledger
        self._attempts: Counter[tuple[str, str]] = Counter()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        self._go_on_with_the_ledger()
        app = web.Application(client_max_size=BODY_BYTES_MAX)
        app.router.add_post("/hook", self._take)
        app.router.add_post("/hook/{name}", self._take)
        app.router.add_get("/control/{deed}", self._control)
        app.router.add_post("/control/{deed}", self._control)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Listen no more; a second time does nothing."""
        assert self._runner is not None, "it was entered"
        await self._runner.cleanup()

    def url(self, name: str = "") -> str:
        return f"http://127.0.0.1:{self.port}/hook" + (f"/{name}" if name else "")

    def fault(self, **fault: Any) -> None:
        """Go wrong from now on; faults are used up in the order they were asked for."""
        self.faults.append(Fault(**fault))

    @property
    def accepted(self) -> dict[tuple[str, str], Heard]:
        """What was verified and answered 2xx, by path and id, the first time each."""
        taken: dict[tuple[str, str], Heard] = {}
        for heard in self.heard:
            if heard.verified and heard.answered is not None and heard.answered // 100 == 2:
                taken.setdefault((heard.path, heard.id), heard)
        return taken

    def counts(self) -> dict[str, int]:
        digests = {(heard.path, heard.id, heard.digest) for heard in self.heard}
        ids = {(heard.path, heard.id) for heard in self.heard}
        return {
            "requests": len(self.heard),
            "ids": len(ids),
            "repeats": len(self.heard) - len(ids),
            "accepted": len(self.accepted),
            "unverified": sum(not heard.verified for heard in self.heard),
            "changed_bytes": len(digests) - len(ids),
        }

    async def _take(self, request: web.Request) -> web.StreamResponse:
        fault = next((fault for fault in self.faults if fault.concerns(request.path)), None)
        if fault is not None:
            fault.times -= 1
        if fault is not None and fault.how == "reset_before":
            return cut(request)
        heard = self._hear(request, await request.read())
        if fault is None:
            heard.answered = 204 if heard.verified else 401
        else:
            heard.answered = fault.status_heard
        self._note(heard)
        if fault is not None:
            return await ANSWERS[fault.how](request, fault)
        return web.Response(status=heard.answered, text=heard.problem)

    def _hear(self, request: web.Request, body: bytes) -> Heard:
        headers = {name.lower(): value for name, value in request.headers.items()}
        event, problem = self._verify(body, headers)
        data = event.get("data", {})
        self.bodies.append(event)
        self.raw.append(body)
        self.headers.append(headers)
        webhook_id = headers.get("webhook-id", "")
        self._attempts[request.path, webhook_id] += 1
        return Heard(
            at=datetime.now(UTC).isoformat(),  # noqa: TID251  # the consumer is a machine of its own
            path=request.path,
            id=webhook_id,
            attempt=self._attempts[request.path, webhook_id],
            verified=problem is None,
            problem=problem,
            type=event.get("type"),
            seq=data.get("seq"),
            story_id=data.get("story_id"),
            title=data.get("title"),
            digest=sha256(body).hexdigest()[:32],
            answered=None,
        )

    def _verify(self, body: bytes, headers: dict[str, str]) -> tuple[dict[str, Any], str | None]:
        try:
            return dict(self._webhook.verify(body, headers)), None
        except (WebhookVerificationError, ValueError) as error:  # a header without a comma: bare
            return {}, f"{type(error).__name__}: {error}"

    def _note(self, heard: Heard) -> None:
        self.heard.append(heard)
        if self._ledger is not None:
            with self._ledger.open("a", encoding="utf-8") as ledger:
                ledger.write(json.dumps(asdict(heard)) + "\n")

    def _go_on_with_the_ledger(self) -> None:
        if self._ledger is not None and self._ledger.exists():
            lines = self._ledger.read_text(encoding="utf-8").splitlines()
            self.heard = [Heard(**json.loads(line)) for line in lines]
            self._attempts = Counter((heard.path, heard.id) for heard in self.heard)

    async def _control(self, request: web.Request) -> web.Response:
        deed = request.match_info["deed"]
        wish = json.loads(await request.text() or "{}")
        if deed == "ledger":
            return web.json_response([asdict(heard) for heard in self.heard])
        if deed == "fault":
            self.fault(**wish)
        elif deed == "heal":
            self.faults.clear()
        elif deed == "forget":
            self.heard.clear()
            self._attempts.clear()
        elif deed != "counts":
            return web.json_response({"error": f"no deed “{deed}”"}, status=404)
        return web.json_response(self.counts())


async def serve(receiver: Receiver) -> None:
    """Serve until told to stop."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with receiver:
        print(json.dumps({"port": receiver.port, "url": receiver.url()}), flush=True)  # noqa: T201  # the caller reads where it listens
        await stop.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description="A webhook consumer on loopback.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--secret", required=True)
    parser.add_argument("--ledger", type=Path)
    asked = parser.parse_args()
    asyncio.run(serve(Receiver(secret=asked.secret, port=asked.port, ledger=asked.ledger)))


if __name__ == "__main__":
    main()
