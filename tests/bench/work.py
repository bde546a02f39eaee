"""What is measured, each in a process of its own: `python -m tests.bench.work DEED JSON`."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from tests.bench.app import an_app, configuration
from tests.bench.measure import spending

CONNECTIONS = 256
Answer = dict[str, Any]


async def warm_polls(feeds: list[str], rounds: int) -> Answer:
    """Poll feeds that have nothing new, again and again: everything from claim to record."""
    async with an_app(configuration(feeds=feeds)) as (app, clock):
        first = await app.poll.round()
        assert first.polled == len(feeds), first
        with spending() as spent:
            for _ in range(rounds):
                clock.make_everything_due()
                report = await app.poll.round()
                assert (report.polled, report.changed) == (len(feeds), 0), report
    return spent.told() | {"units": rounds * len(feeds)}


async def bare_gets(feeds: list[str], rounds: int) -> Answer:
    """Ask for the same with aiohttp alone, conditionally, and drop the answers."""
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    async with aiohttp.ClientSession(connector=connector) as session:
        etags: dict[str, str] = {}

        async def ask(url: str) -> None:
            async with session.get(url, headers={"If-None-Match": etags.get(url, "-")}) as answer:
                await answer.read()
                etags[url] = answer.headers["ETag"]

        await _all(ask, feeds)
        with spending() as spent:
            for _ in range(rounds):
                await _all(ask, feeds)
    return spent.told() | {"units": rounds * len(feeds)}


async def changed_polls(feeds: list[str], control: int, hook: str, rounds: int) -> Answer:
    """Poll feeds that each have one new story, up to the committed row of the outbox."""
    text = configuration(feeds=feeds, webhooks=[hook])
    async with an_app(text) as (app, clock), aiohttp.ClientSession() as other:
        await app.poll.round()
        spent_in_all: Answer = {}
        for _ in range(rounds):
            for feed in range(len(feeds)):
                url = f"http://127.0.0.1:{control}/control/add"
                await (await other.post(url, json={"feed": feed})).read()
            clock.make_everything_due()
            with spending(app.world.parser.pid) as spent:  # type: ignore[attr-defined]
                report = await app.poll.round()
            assert (report.changed, report.stories) == (len(feeds), len(feeds)), report
            spent_in_all = _sum(spent_in_all, spent.told())
    return spent_in_all | {"units": rounds * len(feeds)}


def bare_parses(feeds: list[str], parser: str, rounds: int) -> Answer:
    """Parse the same documents with a library alone (feedparser or lxml), in this process."""
    import urllib.request

    bodies = [urllib.request.urlopen(url).read() for url in feeds]  # noqa: S310  # loopback
    if parser == "feedparser":
        from feedparser import parse as read
    else:
        from lxml.etree import fromstring as read  # the tree alone, with no feed semantics
    read(bodies[0])

    async def parse() -> Answer:
        with spending() as spent:
            for _ in range(rounds):
                for body in bodies:
                    read(body)
        return spent.told()

    size = sum(map(len, bodies)) / len(bodies)
    return asyncio.run(parse()) | {"units": rounds * len(bodies), "bytes": size}


async def webhooks(feeds: list[str], hooks: list[str]) -> Answer:
    """Empty an outbox of every feed's stories to every endpoint, each send made durable."""
    async with an_app(configuration(feeds=feeds, webhooks=hooks)) as (app, _):
        polled = await app.poll.round()
        with spending() as spent:
            tally = await app.publish.round()
        assert tally.sent == polled.stories * len(hooks), tally
    return spent.told() | {"units": tally.sent}


async def bare_posts(hooks: list[str], each: int, size: int) -> Answer:
    """Post as many bodies of that size with aiohttp alone, one at a time for each endpoint."""
    body = b"x" * size
    async with aiohttp.ClientSession() as session:

        async def post(url: str) -> None:
            for _ in range(each):
                async with session.post(url, data=body) as answer:
                    await answer.read()

        with spending() as spent:
            await _all(post, hooks)
    return spent.told() | {"units": each * len(hooks)}


async def _all(deed: Callable[[str], Awaitable[None]], urls: list[str]) -> None:
    async with asyncio.TaskGroup() as tasks:
        for url in urls:
            tasks.create_task(deed(url))  # type: ignore[arg-type]


def _sum(one: Answer, other: Answer) -> Answer:
    summed = {name: value + one.get(name, 0.0) for name, value in other.items()}
    return summed | {"stall": max(other["stall"], one.get("stall", 0.0))}


DEEDS: dict[str, Callable[..., Any]] = {
    deed.__name__: deed
    for deed in (warm_polls, bare_gets, changed_polls, bare_parses, webhooks, bare_posts)
}


def main() -> None:
    done = DEEDS[sys.argv[1]](**json.loads(sys.argv[2]))
    answer = asyncio.run(done) if asyncio.iscoroutine(done) else done
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
