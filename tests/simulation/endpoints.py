"""Consumers of webhooks: what reached them, what they answered, and how they misbehave."""

import asyncio
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from standardwebhooks import Webhook

from feeds.errors import WebError, WebErrorKind
from feeds.ports import WebResponse
from tests.world.fates import Fate, Odds
from tests.world.mortal import act, immortal

SECRET = "whsec_QSBzZWNyZXQgb2YgdGhlIHNpbXVsYXRpb24sIG5vIG1vcmU="
SILENCE_SECONDS = 3_600.0
ERRORS = (500, 502, 503, 504)
REFUSALS = {
    Fate.FLOOD: (429, 503),
    Fate.BAD: (400, 422),
    Fate.TOO_LARGE: (413,),
    Fate.FORBIDDEN: (401, 403, 404, 405),
    Fate.GONE: (410,),
    Fate.ELSEWHERE: (301, 302, 307),
}


@dataclass(slots=True, kw_only=True)
class Request:
    """One webhook on its way, from the moment it is made."""

    at: float
    webhook_id: str
    body: bytes
    fate: Fate
    told: str = ""  # type of the event
    seq: int = 0
    title: str = ""
    arrived_at: float | None = None  # read and taken, whatever was answered
    ended_at: float | None = None  # for the client
    status: int | None = None
    genuine: bool = False
    wait_until: float = 0.0  # as asked with Retry-After


@dataclass(slots=True)
class Endpoint:
    """One consumer; the requests it took live on when their sender dies."""

    name: str
    url: str
    dice: random.Random
    odds: Odds = field(default_factory=Odds)
    requests: list[Request] = field(default_factory=list)
    _doings: set["asyncio.Task[object]"] = field(default_factory=set)

    async def serve(
        self, headers: Mapping[str, str], body: bytes, seconds: float, now: datetime
    ) -> WebResponse:
        """Take a webhook, or not; answer, or not."""
        act()
        request = self._note(headers, body)
        try:
            return await self._exchange(request, seconds, now)
        finally:
            request.ended_at = _time()

    async def settle(self) -> None:
        """Let nothing be under way any more."""
        for doing in list(self._doings):
            doing.cancel()
        await asyncio.gather(*self._doings, return_exceptions=True)

    def arrivals(self) -> list[Request]:
        """List what was taken, in order."""
        taken = [request for request in self.requests if request.arrived_at is not None]
        return sorted(taken, key=lambda request: request.arrived_at or 0.0)

    async def _exchange(self, request: Request, seconds: float, now: datetime) -> WebResponse:
        await asyncio.sleep(self.dice.uniform(0.005, 0.1))
        if request.fate is Fate.REFUSED:
            raise WebError(WebErrorKind.CONNECT_FAILED, "refused", request_left=False)
        doing = asyncio.get_running_loop().create_task(self._play(request, now), context=immortal())
        self._doings.add(doing)
        doing.add_done_callback(self._doings.discard)
        try:
            async with asyncio.timeout(seconds):
                answer = await asyncio.shield(doing)
        except TimeoutError:
            raise WebError(WebErrorKind.TIMED_OUT, "silence", request_left=True) from None
        if isinstance(answer, WebError):
            raise answer
        return answer

    async def _play(self, request: Request, now: datetime) -> WebResponse | WebError:
        late = request.fate is Fate.LATE
        await asyncio.sleep(self.dice.uniform(16, 90) if late else self.dice.uniform(0.005, 0.4))
        match request.fate:
            case Fate.WELL | Fate.SLOW | Fate.LATE | Fate.GARBAGE | Fate.CUT:
                pass
            case Fate.SILENCE_BEFORE:
                await asyncio.sleep(SILENCE_SECONDS)
            case Fate.RESET_BEFORE:
                return WebError(WebErrorKind.BROKEN_ANSWER, "reset", request_left=True)
            case Fate.SILENCE_AFTER:
                request.arrived_at = _time()
                await asyncio.sleep(SILENCE_SECONDS)
            case Fate.RESET_AFTER:
                request.arrived_at = _time()
                return WebError(WebErrorKind.BROKEN_ANSWER, "reset", request_left=True)
            case _:
                return self._refuse(request, now)
        request.arrived_at = _time()
        await asyncio.sleep(self.dice.uniform(1, 30) if request.fate is Fate.SLOW else 0.01)
        body = b"\x00<html>\xff" if request.fate is Fate.GARBAGE else b""
        return self._answer(request, 200 if body else 204, body)

    def _refuse(self, request: Request, now: datetime) -> WebResponse:
        headers: dict[str, str] = {}
        if request.fate is Fate.FLOOD:
            wait = self.dice.choice((5, 90, 600))
            request.wait_until = _time() + wait
            answered = now + timedelta(seconds=_time() - request.at)
            date = format_datetime(answered + timedelta(seconds=wait), usegmt=True)
            headers["retry-after"] = self.dice.choice((str(wait), date))
        elif request.fate is Fate.ELSEWHERE:
            headers["location"] = "https://elsewhere.example/"
        elif request.fate in (Fate.ERROR_AFTER, Fate.PAGE_AFTER):
            request.arrived_at = _time()
        status = self.dice.choice(REFUSALS.get(request.fate, ERRORS))
        return self._answer(request, status, b"no such thing", headers)

    def _answer(
        self,
        request: Request,
        status: int,
        body: bytes,
        headers: Mapping[str, str] | None = None,
    ) -> WebResponse:
        request.status = status
        return WebResponse(status=status, url=self.url, headers=headers or {}, body=body)

    def _note(self, headers: Mapping[str, str], body: bytes) -> Request:
        message = json.loads(body)
        request = Request(
            at=_time(),
            webhook_id=headers["webhook-id"],
            body=body,
            fate=self.odds.roll(self.dice),
            told=message["type"],
            seq=message["data"]["seq"],
            title=message["data"].get("title", ""),
            genuine=_is_genuine(headers, body),
        )
        self.requests.append(request)
        return request


def _is_genuine(headers: Mapping[str, str], body: bytes) -> bool:
    """Check the signature over the exact bytes; the time is checked apart, it is simulated."""
    sent_at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), tz=UTC)
    expected = Webhook(SECRET).sign(headers["webhook-id"], sent_at, body.decode())
    return expected in headers["webhook-signature"].split(" ")


def _time() -> float:
    return asyncio.get_running_loop().time()
