"""The outside as HTTP, in memory: servers are functions, latency sleeps, faults are asked for."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

from feeds.errors import WebError, WebErrorKind
from feeds.guard import check_url
from feeds.ports import Hop, WebResponse

REDIRECTS_MAX = 5
REQUESTS_KEPT = 100_000

Server = Callable[[str, str, Mapping[str, str], bytes], WebResponse | WebError]


@dataclass(frozen=True, slots=True, kw_only=True)
class SimRequest:
    """One request as a server got it; header names are in lower case."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True, kw_only=True)
class Place:
    """A host and how it behaves at the moment."""

    server: Server
    latency: timedelta = timedelta(milliseconds=50)
    down: bool = False  # refuses connections: no byte leaves, the server never sees a thing
    deaf: bool = False  # the server does its work, and its answer is lost: the case in doubt
    failures: deque[WebError] = field(default_factory=deque)  # the next requests end in these


@dataclass(kw_only=True)
class SimWeb:
    """`feeds.ports.Web` without a network; sleeps with asyncio, so it runs on a virtual clock.

    It fakes: names (an unknown host is NAME_NOT_FOUND), latency, the total timeout, redirects of
    `get`, the bounds on bodies, and `request_left`. It does not fake: the address guard, pools,
    keep-alive, TLS, compression. Servers answer with lower-case header names, and may return an
    error, which is raised as it is.
    """

    places: dict[str, Place] = field(default_factory=dict)
    requests: deque[SimRequest] = field(default_factory=lambda: deque(maxlen=REQUESTS_KEPT))

    def serve(self, host: str, server: Server, **behaviour: timedelta | bool) -> Place:
        """Put a server at `host`; gives its place, to make it fail later."""
        place = self.places[host] = Place(server=server, **behaviour)  # type: ignore[arg-type]
        return place

    def fail_next(
        self, host: str, kind: WebErrorKind, *, request_left: bool, times: int = 1
    ) -> None:
        """Let the next requests to `host` end in this error; the server sees none of them."""
        error = WebError(kind, f"{host}: {kind}, as asked", request_left=request_left)
        self.places[host].failures.extend([error] * times)

    async def get(
        self, url: str, *, headers: Mapping[str, str], timeout: timedelta, body_bytes_max: int
    ) -> WebResponse:
        hops: list[Hop] = []
        deadline = asyncio.get_running_loop().time() + timeout.total_seconds()
        while True:
            answer = await self._exchange("GET", url, headers, b"", deadline)
            location = answer.headers.get("location")
            if location is None or answer.status not in {301, 302, 303, 307, 308}:
                break
            url = urljoin(url, location)
            hops.append(Hop(status=answer.status, url=url))
            if len(hops) > REDIRECTS_MAX:
                raise _error(WebErrorKind.TOO_MANY_REDIRECTS, url, left=True)
        if len(answer.body) > body_bytes_max:
            raise _error(WebErrorKind.TOO_LARGE, url, left=True)
        return replace(answer, url=url, hops=tuple(hops))

    async def post(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes,
        timeout: timedelta,
        answer_bytes_max: int,
    ) -> WebResponse:
        deadline = asyncio.get_running_loop().time() + timeout.total_seconds()
        answer = await self._exchange("POST", url, headers, body, deadline)
        return replace(answer, url=url, body=answer.body[:answer_bytes_max])

    async def ask_operator(
        self, url: str, *, timeout: timedelta, answer_bytes_max: int
    ) -> WebResponse:
        deadline = asyncio.get_running_loop().time() + timeout.total_seconds()
        answer = await self._exchange("GET", url, {}, b"", deadline)
        if len(answer.body) > answer_bytes_max:
            raise _error(WebErrorKind.TOO_LARGE, url, left=True)
        return replace(answer, url=url)

    async def _exchange(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, deadline: float
    ) -> WebResponse:
        place = self.places.get(check_url(url))
        if place is None:
            raise _error(WebErrorKind.NAME_NOT_FOUND, url, left=False)
        if place.down:
            raise _error(WebErrorKind.CONNECT_FAILED, url, left=False)
        if place.failures:
            raise place.failures.popleft()
        lower = {name.lower(): value for name, value in headers.items()}
        self.requests.append(SimRequest(method=method, url=url, headers=lower, body=body))
        answer = place.server(method, url, lower, body)
        await self._wait(place, url, deadline)
        if isinstance(answer, WebError):
            raise answer
        return answer

    async def _wait(self, place: Place, url: str, deadline: float) -> None:
        left = deadline - asyncio.get_running_loop().time()
        latency = place.latency.total_seconds()
        if place.deaf or latency > left:
            await asyncio.sleep(max(left, 0))
            raise _error(WebErrorKind.TIMED_OUT, url, left=True)
        await asyncio.sleep(latency)


def _error(kind: WebErrorKind, url: str, *, left: bool) -> WebError:
    return WebError(kind, f"{urlsplit(url).hostname}: {kind}", request_left=left)
