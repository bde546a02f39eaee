"""The parts of the benchmark: each measures Berita and the bare loop, and tells rows of a table."""

import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.measure import tree_cpu, tree_memory
from tests.bench.outside import served, work
from tests.bench.sieve import costs
from tests.e2e.house import House
from tests.e2e.processes import BERITA, PYTHON, Spawned, until
from tests.e2e.servers import Server, get

FEEDS = 1_000
CHANGED_FEEDS = 100
ENDPOINTS = 20
STARTS = 7
WATCHED_SECONDS = 8.0  # of a run that polls


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line: what, how much of it, and how that compares."""

    what: str
    figure: str
    beside: str = ""


def poll() -> Iterator[Row]:
    """Warm polls: everything a 304 costs."""
    with served("publisher", f"--feeds={FEEDS}") as publisher:
        feeds = publisher.told["feeds"]
        ours = work("warm_polls", feeds=feeds, rounds=3)
        bare = work("bare_gets", feeds=feeds, rounds=3)
    cost, loop = _each(ours), _each(bare)
    yield Row(what="warm poll (304), CPU all in", figure=_ms(cost), beside=_times(cost, loop))
    yield Row(what="  bare aiohttp GET → 304", figure=_ms(loop))
    yield Row(what="  10,000 feeds at 5 min", figure=f"{cost * 10_000 / 300:.1%} of a core")
    yield Row(
        what="  polls a second",
        figure=f"{ours['units'] / ours['wall']:,.0f}",
        beside=f"bare {bare['units'] / bare['wall']:,.0f}",
    )
    yield Row(what="  longest stall of the loop meanwhile", figure=_ms(ours["stall"]))


def changed() -> Iterator[Row]:
    """Changed feeds of 60 KB: from the request to the committed row of the outbox."""
    options = (f"--feeds={CHANGED_FEEDS}", "--items=20", "--filler-bytes=1250")
    with served("publisher", *options) as publisher, served("sink") as sink:
        feeds = publisher.told["feeds"]
        hook = f"http://127.0.0.1:{sink.port}/hook"
        ours = work("changed_polls", feeds=feeds, control=publisher.port, hook=hook, rounds=3)
        slow = work("bare_parses", feeds=feeds, parser="feedparser", rounds=1)
        fast = work("bare_parses", feeds=feeds, parser="lxml", rounds=3)
    cost = _each(ours)
    size = f"{slow['bytes'] / 1000:.0f} KB"
    yield Row(
        what=f"changed feed of {size}, CPU to the outbox row",
        figure=_ms(cost),
        beside=f"main {_ms(ours['own'] / ours['units'])}"
        f" + parser {_ms(ours['child'] / ours['units'])}",
    )
    yield Row(what="  feedparser alone", figure=_ms(_each(slow)), beside=_times(cost, _each(slow)))
    yield Row(what="  lxml's tree alone", figure=_ms(_each(fast)), beside=_times(cost, _each(fast)))
    yield Row(what="  longest stall of the loop meanwhile", figure=_ms(ours["stall"]))


def webhooks() -> Iterator[Row]:
    """Webhooks through the durable outbox (synchronous=FULL)."""
    with served("publisher", "--feeds=8", "--items=50") as publisher, served("sink") as sink:
        hooks = [f"http://127.0.0.1:{sink.port}/hook/{n}" for n in range(ENDPOINTS)]
        ours = work("webhooks", feeds=publisher.told["feeds"], hooks=hooks)
        bare = work("bare_posts", hooks=hooks, each=ours["units"] // ENDPOINTS, size=1_000)
    rate, loop = ours["units"] / ours["wall"], bare["units"] / bare["wall"]
    yield Row(
        what=f"webhooks a second, {ENDPOINTS} endpoints, durable",
        figure=f"{rate:,.0f}",
        beside=f"{rate / loop:.2f} × bare",
    )
    yield Row(what="  bare aiohttp POST loop", figure=f"{loop:,.0f}")
    cost, bare_cost = _each(ours), _each(bare)
    yield Row(what="  CPU a webhook", figure=_ms(cost), beside=_times(cost, bare_cost))
    yield Row(what="  longest stall of the loop meanwhile", figure=_ms(ours["stall"]))


def memory() -> Iterator[Row]:
    """Memory of the whole process tree with 1,000 feeds, and what a poll costs it in all."""
    with served("publisher", f"--feeds={FEEDS}") as publisher:
        for telegram in (False, True):
            yield from _memory(publisher, telegram=telegram)


def _memory(publisher: Server, *, telegram: bool) -> Iterator[Row]:
    named = "with Telegram" if telegram else "without Telegram"
    with _a_house() as house:
        house.set("polling", every="5s")
        for number, url in enumerate(publisher.told["feeds"]):
            house.feed(f"feed-{number}", url)
        if telegram:
            house.use(house.telegram(-1001))
        polls = Asked(publisher)
        running = house.run()
        until(lambda: polls.count() >= 2 * FEEDS, "two polls of every feed", look_seconds=0.5)
        before, cpu = polls.count(), tree_cpu(running.pid)
        time.sleep(WATCHED_SECONDS)
        cost = (tree_cpu(running.pid) - cpu) / (polls.count() - before)
        rss, pss = tree_memory(running.pid)
        running.end()
    yield Row(
        what=f"{FEEDS:,} feeds {named}", figure=f"{pss:.0f} MB PSS", beside=f"{rss:.0f} MB RSS"
    )
    yield Row(what="  CPU a warm poll in it, ticks and all", figure=_ms(cost))


class Asked:
    """Counts the requests a publisher has had."""

    def __init__(self, publisher: Server) -> None:
        self._publisher = publisher
        self._before = 0
        self._before = self.count()

    def count(self) -> int:
        return len(get(self._publisher.port, "/control/requests")[1]) - self._before


def filters() -> Iterator[Row]:
    """What filters cost a story."""
    told = costs()
    bare = told.pop("re")
    for name, cost in told.items():
        yield Row(what=f"filter, {name}, CPU a story", figure=_us(cost), beside=_times(cost, bare))
    yield Row(what="  Python's re, one search of the lead", figure=_us(bare))


def start() -> Iterator[Row]:
    """How soon a command answers, and how soon a run polls."""
    yield _spread("berita --help", [_timed([BERITA, "--help"]) for _ in range(STARTS)])
    lists = [PYTHON, "-c", "import bot.app"]
    yield _spread("import bot.app", [_timed(lists) for _ in range(STARTS)])
    yield _spread("berita run: start to first poll", [_first_poll() for _ in range(3)])


def _first_poll() -> float:
    with served("publisher") as publisher, _a_house() as house:
        house.feed("news", publisher.told["feeds"][0])
        asked = Asked(publisher)
        began_at = time.perf_counter()
        running = house.start("run")
        until(asked.count, "the first poll", look_seconds=0.01)
        took = time.perf_counter() - began_at
        running.end()
    return took


def _timed(command: Sequence[str]) -> float:
    began_at = time.perf_counter()
    with TemporaryDirectory() as folder:
        assert Spawned(command, folder=Path(folder)).wait() == 0
    return time.perf_counter() - began_at


@contextmanager
def _a_house() -> Iterator[House]:
    with TemporaryDirectory() as folder, ExitStack() as stack:
        yield House(Path(folder), stack)


def _each(measured: dict[str, Any]) -> float:
    """Tell the CPU seconds of one unit."""
    return float((measured["own"] + measured["child"]) / measured["units"])


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"


def _us(seconds: float) -> str:
    return f"{seconds * 1_000_000:.1f} µs"


def _times(ours: float, bare: float) -> str:
    return f"{ours / bare:.2f} × bare"


def _spread(what: str, seconds: Sequence[float]) -> Row:
    low, middle, high = min(seconds), statistics.median(seconds), max(seconds)
    return Row(
        what=f"{what}: min / median / max of {len(seconds)}",
        figure=f"{low:.2f} / {middle:.2f} / {high:.2f} s",
    )


PARTS = {part.__name__: part for part in (poll, changed, webhooks, memory, filters, start)}
