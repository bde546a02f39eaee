"""`berita run`: takes the run lock, opens the store and the world, and moves the App."""

import asyncio
import signal
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from datetime import timedelta
from typing import Protocol

import structlog

from bot.app.application import App
from bot.app.build import open_world
from bot.app.claiming import ShowClaim, offer_claim
from bot.app.heap import loading
from bot.app.logs import set_up_logging
from bot.publish import Tally
from bot.world import World
from config import Settings
from feeds.errors import Conflict
from feeds.store import open_store, run_lock

ONCE_MAX = timedelta(seconds=60)  # how long `--once` waits for what pace and retries hold back
LOOK_AGAIN = timedelta(milliseconds=250)

log = structlog.get_logger()


class OpenWorld(Protocol):
    """Opens the world to run in; tests that kill the process bring their own."""

    def __call__(
        self, settings: Settings, *, tell: Callable[[str], None]
    ) -> AbstractAsyncContextManager[World]:
        """Open it; `tell` hears why something within was not reached."""
        ...


async def run(
    settings: Settings,
    *,
    once: bool,
    open_world: OpenWorld = open_world,
    show_claim: ShowClaim | None = None,
) -> int:
    """Poll and publish until a signal (or, with `once`, until nothing is due); the exit code.

    `show_claim` shows the operator, and nobody else, how to become the owner.
    """
    set_up_logging(settings.log)
    if settings.is_shipped:
        log.info("this is the sample that comes with Berita", for_your_own="berita init")
    for warning in settings.warnings:
        log.warning("configuration", warning=warning)
    url = settings.store.url.get_secret_value()
    with run_lock(url):
        async with AsyncExitStack() as stack:
            store = await open_store(url)
            stack.push_async_callback(store.close)
            world = await stack.enter_async_context(open_world(settings, tell=_log_unreached))
            with loading():
                app = App.build(settings=settings, world=world, store=store)
            stack.push_async_callback(app.close)
            await app.prepare()
            if not once:  # by a timer it comes often; a person starts it to see what he mended
                await store.retry_feeds_soon(now=world.clock.now())
            if show_claim is not None and not once:
                await offer_claim(app, show_claim)
            return await (_once(app) if once else _until_stopped(app))


def _log_unreached(why: str) -> None:
    """Keep for the operator what admins are not told: what lies in private networks."""
    log.info("not reached", why=why)


async def _until_stopped(app: App) -> int:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, app.stop)
    log.info("running", configuration=str(app.settings.file), store=app.settings.store.shown)
    await app.run()
    if app.failure is not None:
        log.error("stopped", why=app.failure)
        raise Conflict(app.failure)
    log.info("stopped")
    return 0


async def _once(app: App) -> int:
    """Poll what is due, then publish until nothing is due that may go out within ONCE_MAX."""
    unresolved = await app.resolve()
    polled = await app.poll.round()
    clock = app.world.clock
    until = clock.now() + ONCE_MAX
    tally = Tally()
    while True:
        await app.prove()
        await app.doubts.round()
        tally.add(await app.publish.round())
        due_at = await app.next_due_at()
        if due_at is None or max(due_at, clock.now()) > until:
            break
        # What is due and yet not sent waits for a proof, or for a doubt that is looked into.
        wait = max(due_at - clock.now(), LOOK_AGAIN)
        await asyncio.sleep(wait.total_seconds())
    await app.keep_up()
    unsent = tally.retried and await app.waiting()
    troubles = (polled.failed, polled.paused_for, unresolved, tally.failed, tally.in_doubt, unsent)
    return 1 if any(troubles) else 0
