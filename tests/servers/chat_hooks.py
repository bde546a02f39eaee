"""Discord, Slack and Mattermost on loopback: incoming webhooks that keep the services' own rules.

In a test:          async with ChatHooks() as chats: chats.url("discord"), chats.posts("slack") …
As its own process: python -m tests.servers.chat_hooks   (prints {"port": …, "discord": URL, …});
                    GET /control/posts, POST /control/fault with a JSON object (see Fault)

A post that breaks a documented bound is refused in the service's own words; so is one to a hook
that is not there. Faults are those of the webhook consumer (receiver_faults).
"""

import asyncio
import json
import signal
from collections.abc import Callable
from typing import Any, Self

from aiohttp import web

from tests.servers.receiver_faults import ANSWERS, Fault, cut

TOKEN = "t0ken"
HOOKS = {
    "discord": f"/api/webhooks/424242/{TOKEN}",
    "slack": f"/services/T0001/B0001/{TOKEN}",
    "mattermost": f"/hooks/{TOKEN}",
}
EMBED_MAX = {"title": 256, "description": 4_096, "url": 2_048}
EMBED_TEXTS_MAX = 6_000


class ChatHooks:
    """The three services on one port; `asked` is what each was asked, with its query."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str], dict[str, str]]] = []  # service, query, headers
        self.faults: list[Fault] = []
        self.gone: set[str] = set()
        self.port = 0
        self._posts: dict[str, list[dict[str, Any]]] = {name: [] for name in HOOKS}
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=100_000)
        for name, path in HOOKS.items():
            app.router.add_post(path, self._taker(name))
        app.router.add_get("/control/posts", self._tell_posts)
        app.router.add_post("/control/fault", self._take_fault)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Listen no more."""
        assert self._runner is not None, "it was entered"
        await self._runner.cleanup()

    def url(self, service: str) -> str:
        return f"http://127.0.0.1:{self.port}{HOOKS[service]}"

    def posts(self, service: str) -> list[dict[str, Any]]:
        """List what was posted, oldest first."""
        return self._posts[service]

    def fault(self, **fault: Any) -> None:
        """Go wrong from now on; faults are used up in the order they were asked for."""
        self.faults.append(Fault(**fault))

    def _taker(self, service: str) -> Callable[[web.Request], Any]:
        async def take(request: web.Request) -> web.StreamResponse:
            fault = next((each for each in self.faults if each.concerns(request.path)), None)
            if fault is not None:
                fault.times -= 1
                if fault.how == "reset_before":
                    return cut(request)
                await request.read()
                return await ANSWERS[fault.how](request, fault)
            body = json.loads(await request.read())
            headers = {name.lower(): value for name, value in request.headers.items()}
            self.asked.append((service, dict(request.query), headers))
            if service in self.gone:
                return GONE[service]()
            if (wrong := WRONG[service](body)) is not None:
                return REFUSED[service](wrong)
            self._posts[service].append(body)
            return self._taken(service, request)

        return take

    async def _tell_posts(self, _request: web.Request) -> web.Response:
        return web.json_response(self._posts)

    async def _take_fault(self, request: web.Request) -> web.Response:
        self.fault(**await request.json())
        return web.json_response({})

    def _taken(self, service: str, request: web.Request) -> web.Response:
        if service != "discord":
            return web.Response(text="ok")
        if request.query.get("wait") != "true":
            return web.Response(status=204)
        number = 1_152_000_000_000_000_000 + len(self._posts[service])
        return web.json_response({"id": str(number), "type": 0})


def _wrong_for_discord(body: dict[str, Any]) -> str | None:
    embeds = body.get("embeds", [])
    if not body.get("content") and not embeds:
        return "Cannot send an empty message"
    if len(body.get("content", "")) > 2_000 or len(embeds) > 10:
        return "content"
    for embed in embeds:
        if any(len(embed.get(name, "")) > most for name, most in EMBED_MAX.items()):
            return "embeds"
        texts = (embed.get("title", ""), embed.get("description", ""), _footer(embed))
        if sum(map(len, texts)) > EMBED_TEXTS_MAX:
            return "embeds"
    return None


def _footer(embed: dict[str, Any]) -> str:
    return str(embed.get("footer", {}).get("text", ""))


def _wrong_for_slack(body: dict[str, Any]) -> str | None:
    if not body.get("text") and not body.get("blocks"):
        return "no_text"
    for block in body.get("blocks", []):
        if block["type"] == "section" and not 0 < len(block["text"]["text"]) <= 3_000:
            return "invalid_blocks"
        if block["type"] not in ("section", "context", "rich_text"):
            return "invalid_blocks"
    return None


def _wrong_for_mattermost(body: dict[str, Any]) -> str | None:
    if not body.get("text") and not body.get("attachments"):
        return "web.incoming_webhook.text.app_error"
    return "api.post.create.app_error" if len(body["text"]) > 4_000 else None


def _mattermost_says(word: str, message: str, status: int) -> web.Response:
    said = {"id": word, "message": message, "request_id": "x", "status_code": status}
    return web.json_response(said, status=status)


WRONG: dict[str, Callable[[dict[str, Any]], str | None]] = {
    "discord": _wrong_for_discord,
    "slack": _wrong_for_slack,
    "mattermost": _wrong_for_mattermost,
}
REFUSED: dict[str, Callable[[str], web.Response]] = {
    "discord": lambda what: web.json_response(
        {"code": 50035, "message": "Invalid Form Body", "errors": {what: {}}}, status=400
    ),
    "slack": lambda what: web.Response(status=400, text=what),
    "mattermost": lambda what: _mattermost_says(what, "Invalid post.", 400),
}
GONE: dict[str, Callable[[], web.Response]] = {
    "discord": lambda: web.json_response({"code": 10015, "message": "Unknown Webhook"}, status=404),
    "slack": lambda: web.Response(status=404, text="no_service"),
    "mattermost": lambda: _mattermost_says(
        "web.incoming_webhook.invalid.app_error", "Invalid webhook.", 400
    ),
}


async def serve() -> None:
    """Serve until told to stop."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with ChatHooks() as chats:
        told = {"port": chats.port} | {name: chats.url(name) for name in HOOKS}
        print(json.dumps(told), flush=True)  # noqa: T201  # the caller reads where it listens
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(serve())
