"""Publishers and a webhook's endpoint as one Web, with faults from the dice and a ledger each."""

import asyncio
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime

from standardwebhooks import Webhook, WebhookVerificationError

from feeds.errors import WebError, WebErrorKind
from feeds.ports import WebResponse
from tests.world.clock import EPOCH

SECRET = "whsec_QSBzZWNyZXQgb2YgdGhlIHNpbXVsYXRpb24sIG5vIG1vcmU="
HOOK = "https://partner.example/hook"
ITEMS_SHOWN = 20  # a feed shows its newest items, as most do


@dataclass(frozen=True, slots=True)
class Item:
    """A story as its publisher wrote it."""

    guid: str
    title: str
    published_at: datetime


@dataclass(slots=True)
class Publisher:
    """One feed: its items, and a version that its validators are made of."""

    url: str
    items: list[Item] = field(default_factory=list)
    secure_guids: bool = False

    def publish(self, at: float) -> Item:
        """Write one more story."""
        number = len(self.items) + 1
        guid = f"{self.url}?p={number}"
        item = Item(guid, f"Berita {number} dari {self.url}", EPOCH + timedelta(seconds=at))
        self.items.append(item)
        return item

    @property
    def etag(self) -> str:
        return f'"{len(self.items)}-{self.secure_guids}"'

    def document(self) -> bytes:
        """Show the newest items, newest first, as RSS."""
        shown = "".join(self._item(item) for item in self.items[: -ITEMS_SHOWN - 1 : -1])
        head = f"<title>{self.url}</title><link>{self.url}</link><description/>"
        return f'<rss version="2.0"><channel>{head}{shown}</channel></rss>'.encode()

    def _item(self, item: Item) -> str:
        guid = item.guid if self.secure_guids else item.guid.replace("https:", "http:")
        link = item.guid.replace("?p=", "artikel/")
        return (
            f"<item><title>{item.title}</title><link>{link}</link>"
            f'<guid isPermaLink="false">{guid}</guid>'
            f"<pubDate>{format_datetime(item.published_at)}</pubDate>"
            "<description>Isi berita itu dalam satu kalimat.</description></item>"
        )


@dataclass(frozen=True, slots=True)
class Arrival:
    """One webhook request that was taken, whether or not its answer was heard."""

    at: float
    webhook_id: str
    seq: int
    title: str
    body: bytes


@dataclass(slots=True)
class WebFaults:
    """How likely each misfortune is, per request."""

    feed_error: float = 0.0  # 500, 404, garbage, a page instead of a feed, a timeout
    hook_refused: float = 0.0  # never left
    hook_error: float = 0.0  # 500 or 429, not taken
    hook_lost_after: float = 0.0  # taken, and the answer was lost


@dataclass(slots=True)
class SimOutside:
    """The web of a simulation."""

    dice: random.Random
    faults: WebFaults = field(default_factory=WebFaults)
    publishers: dict[str, Publisher] = field(default_factory=dict)
    arrivals: list[Arrival] = field(default_factory=list)
    forged: list[str] = field(default_factory=list)

    async def get(
        self, url: str, *, headers: Mapping[str, str], timeout: timedelta, body_bytes_max: int
    ) -> WebResponse:
        """Answer a poll."""
        del body_bytes_max
        await asyncio.sleep(self.dice.uniform(0.01, 2.0))
        if self._falls("feed_error"):
            return await self._broken(url, timeout)
        publisher = self.publishers[url]
        asked = {name.lower(): value for name, value in headers.items()}
        fresh = {"etag": publisher.etag, "content-type": "application/rss+xml"}
        if asked.get("if-none-match") == publisher.etag:
            return WebResponse(status=304, url=url, headers=fresh, body=b"")
        return WebResponse(status=200, url=url, headers=fresh, body=publisher.document())

    async def post(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes,
        timeout: timedelta,
        answer_bytes_max: int,
    ) -> WebResponse:
        """Take a webhook, or not."""
        del answer_bytes_max
        assert url == HOOK
        await asyncio.sleep(self.dice.uniform(0.01, 0.5))
        if self._falls("hook_refused"):
            kind = WebErrorKind.CONNECT_FAILED
            raise WebError(kind, "partner.example refused", request_left=False)
        if self._falls("hook_error"):
            answer = self.dice.choice([(500, {}), (429, {"retry-after": "90"}), (503, {})])
            return WebResponse(status=answer[0], url=url, headers=answer[1], body=b"no")
        self._take(headers, body)
        if self._falls("hook_lost_after"):
            await asyncio.sleep(timeout.total_seconds())
            raise WebError(WebErrorKind.TIMED_OUT, "partner.example: silence", request_left=True)
        return WebResponse(status=204, url=url, headers={}, body=b"")

    async def ask_operator(
        self, url: str, *, timeout: timedelta, answer_bytes_max: int
    ) -> WebResponse:
        """Nobody answers plain questions here: the chats are numbers, which stand as they are."""
        kind = WebErrorKind.CONNECT_FAILED
        raise WebError(kind, "api.telegram.org refused", request_left=False)

    def _take(self, headers: Mapping[str, str], body: bytes) -> None:
        message = json.loads(body)
        data = message["data"]
        name = headers["webhook-id"]
        try:
            _verify(headers, body)
        except WebhookVerificationError as error:
            self.forged.append(f"{name}: {error}")
        now = asyncio.get_running_loop().time()
        self.arrivals.append(Arrival(now, name, data["seq"], data["title"], body))

    async def _broken(self, url: str, timeout: timedelta) -> WebResponse:
        match self.dice.randrange(5):
            case 0:
                return WebResponse(status=500, url=url, headers={}, body=b"")
            case 1:
                return WebResponse(status=404, url=url, headers={}, body=b"")
            case 2:
                page = b"<!doctype html><html><body>parkir</body></html>"
                return WebResponse(status=200, url=url, headers={}, body=page)
            case 3:
                cut = self.publishers[url].document()[:100]
                return WebResponse(status=200, url=url, headers={}, body=cut)
            case _:
                await asyncio.sleep(timeout.total_seconds())
                raise WebError(WebErrorKind.TIMED_OUT, "silence", request_left=True)

    def _falls(self, fault: str) -> bool:
        return self.dice.random() < getattr(self.faults, fault)


def _verify(headers: Mapping[str, str], body: bytes) -> None:
    """Check the signature over the exact bytes; the time is checked apart, it is simulated."""
    webhook = Webhook(SECRET)
    sent_at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), tz=EPOCH.tzinfo)
    expected = webhook.sign(headers["webhook-id"], sent_at, body.decode())
    if expected not in headers["webhook-signature"].split(" "):
        raise WebhookVerificationError("signature does not match")
