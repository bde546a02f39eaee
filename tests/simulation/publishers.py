"""Publishers of feeds: what they wrote, how they show it, and how they misbehave."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime

from feeds.errors import WebError, WebErrorKind
from feeds.ports import Hop, WebResponse
from tests.world.clock import EPOCH
from tests.world.fates import Fate, Odds
from tests.world.mortal import act

ITEMS_SHOWN = 60  # more than one publishes in a day: what scrolls out unread is nobody's promise
PAGE = b"<!doctype html><html><body>parkir</body></html>"


@dataclass(slots=True)
class Item:
    """A story as its publisher wrote it."""

    number: int
    title: str
    published_at: datetime
    edits: int = 0


@dataclass(slots=True)
class Publisher:
    """One feed: its items, the validators it offers, and the names it gives its items."""

    name: str
    url: str
    dice: random.Random
    validators: tuple[str, ...] = ("etag",)  # "etag", "last-modified", both or none
    odds: Odds = field(default_factory=Odds)
    items: list[Item] = field(default_factory=list)
    polls: list[float] = field(default_factory=list)
    read_at: float = 0.0  # last answered as it should be
    items_shown: int = ITEMS_SHOWN
    secure: bool = False  # the scheme of guids and links
    keyed: int = 0  # how often all guids were given anew
    moved_to: str | None = None
    latency: float = 1.0
    asked_at: float = 0.0  # when it said Retry-After …
    wait_until: float = 0.0  # … and until when
    polled_early: list[tuple[str, float, float]] = field(default_factory=list)
    version: int = 0
    shown: set[str] = field(default_factory=set)  # titles that some whole document showed

    def publish(self, at: float) -> Item:
        """Write one more story."""
        number = len(self.items) + 1
        item = Item(number, f"{self.name} berita {number}", EPOCH + timedelta(seconds=at))
        self.items.append(item)
        self.version += 1
        return item

    def edit_all(self) -> None:
        """Touch every item, as a change of the site's template does."""
        for item in self.items:
            item.edits += 1
        self.version += 1

    def change_scheme(self) -> None:
        """Go from http to https, or back: guids and links with it."""
        self.secure = not self.secure
        self.version += 1

    def change_keys(self) -> None:
        """Give every item another guid and link, as a move to other software does."""
        self.keyed += 1
        self.version += 1

    async def serve(
        self, url: str, asked: Mapping[str, str], seconds: float, now: datetime
    ) -> WebResponse:
        """Answer a poll, as well as it goes."""
        act()
        self.polls.append(_time())
        if _time() < self.wait_until - 1:
            self.polled_early.append((self.name, self.asked_at, _time()))
        fate = self.odds.roll(self.dice)
        if fate is not Fate.WELL:
            return await self._misbehave(fate, url, seconds, now)
        latency = self.dice.uniform(0.01, self.latency)
        await asyncio.sleep(min(latency, seconds))
        if latency >= seconds:
            raise WebError(WebErrorKind.TIMED_OUT, "silence", request_left=True)
        return self._answer(url, asked)

    def _answer(self, url: str, asked: Mapping[str, str]) -> WebResponse:
        self.read_at = _time()
        hops, final = (), url
        if self.moved_to and url != self.moved_to:
            hops, final = (Hop(status=301, url=self.moved_to),), self.moved_to
        fresh = self._validators()
        fresh["content-type"] = "application/rss+xml"
        known = (asked.get("if-none-match"), asked.get("if-modified-since"))
        if any(known) and known == (fresh.get("etag"), fresh.get("last-modified")):
            return WebResponse(status=304, url=final, headers=fresh, body=b"", hops=hops)
        self.shown.update(item.title for item in self.items[-self.items_shown :])
        return WebResponse(status=200, url=final, headers=fresh, body=self.document(), hops=hops)

    def _validators(self) -> dict[str, str]:
        moment = format_datetime(EPOCH + timedelta(seconds=self.version), usegmt=True)
        offered = {"etag": f'"{self.version}"', "last-modified": moment}
        return {name: offered[name] for name in self.validators}

    async def _misbehave(self, fate: Fate, url: str, seconds: float, now: datetime) -> WebResponse:
        asked_at = _time()
        await asyncio.sleep(self.dice.uniform(0.01, 1))
        match fate:
            case Fate.REFUSED:
                raise WebError(WebErrorKind.CONNECT_FAILED, "refused", request_left=False)
            case Fate.RESET_BEFORE | Fate.CUT:
                raise WebError(WebErrorKind.BROKEN_ANSWER, "reset", request_left=True)
            case Fate.SILENCE_BEFORE:
                await asyncio.sleep(seconds)
                raise WebError(WebErrorKind.TIMED_OUT, "silence", request_left=True)
            case Fate.GARBAGE:
                cut = self.document()[: self.dice.randrange(20, 200)]
                body = self.dice.choice((PAGE, cut, b"", b"\x00\xff nothing"))
                return WebResponse(status=200, url=url, headers={}, body=body)
            case Fate.FLOOD:
                wait = self.dice.choice((60, 300))
                self.asked_at, self.wait_until = asked_at, _time() + wait
                until = now + timedelta(seconds=self.wait_until - asked_at)
                date = format_datetime(until, usegmt=True)
                headers = {"retry-after": self.dice.choice((str(wait), date))}
                status = self.dice.choice((429, 503))
                return WebResponse(status=status, url=url, headers=headers, body=b"")
            case Fate.GONE:
                return WebResponse(status=410, url=url, headers={}, body=b"")
            case Fate.FORBIDDEN:
                status = self.dice.choice((401, 403, 404))
                return WebResponse(status=status, url=url, headers={}, body=b"")
            case _:
                status = self.dice.choice((500, 502, 503, 504))
                return WebResponse(status=status, url=url, headers={}, body=PAGE)

    def document(self) -> bytes:
        """Show the newest items, newest first, as RSS."""
        shown = "".join(self._item(item) for item in self.items[: -self.items_shown - 1 : -1])
        head = f"<title>{self.name}</title><link>{self.url}</link><description/>"
        return f'<rss version="2.0"><channel>{head}{shown}</channel></rss>'.encode()

    def _item(self, item: Item) -> str:
        scheme = "https" if self.secure else "http"
        guid = f"{scheme}://{self.name}.example/{'x' * self.keyed}?p={item.number}"
        link = f"{scheme}://{self.name}.example/artikel{'x' * self.keyed}/{item.number}"
        return (
            f"<item><title>{item.title}</title><link>{link}</link>"
            f'<guid isPermaLink="false">{guid}</guid>'
            f"<pubDate>{format_datetime(item.published_at)}</pubDate>"
            f"<description>Isi berita itu dalam satu kalimat{'.' * item.edits}</description></item>"
        )


def _time() -> float:
    return asyncio.get_running_loop().time()
