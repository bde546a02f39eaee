"""The real App on a real store, with a clock that can be put forward so that feeds fall due."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from bot.app import App, open_world
from bot.clock import WallClock
from config import Settings, load
from feeds.store import open_store
from tests.e2e.house import Table, toml

EVERY = timedelta(minutes=15)


class PutForward:
    """The wall clock, put forward by as much as a test wants."""

    def __init__(self) -> None:
        self._clock = WallClock()
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        return self._clock.now() + self._ahead

    def make_everything_due(self) -> None:
        self._ahead += EVERY * 2


def configuration(
    *, feeds: Sequence[str], webhooks: Sequence[str] = (), **options: Mapping[str, object]
) -> str:
    """Write the configuration of a benchmark: every feed goes to every webhook."""
    names = [f"hook-{n}" for n in range(len(webhooks))]
    sections: dict[str, Table] = {
        "network": {"allow_private": ["127.0.0.0/8"]},
        "webhooks": {"max_per_second": 1000, "allow_http": True},
        "polling": {"every": "15m", "per_host": 64},
        **options,
    }
    tables: dict[str, list[Table]] = {
        "feed": [
            {"name": f"feed-{n}", "url": url, "start": "all" if webhooks else "new"}
            for n, url in enumerate(feeds)
        ],
        "destination": [
            {"name": name, "kind": "webhook", "address": url}
            for name, url in zip(names, webhooks, strict=True)
        ],
        "route": [{"feed": f"feed-{n}", "to": names} for n in range(len(feeds))] if names else [],
    }
    return toml(sections, tables)


@asynccontextmanager
async def an_app(text: str) -> AsyncIterator[tuple[App, PutForward]]:
    """Wire the App as `berita run` does, its beats at rest."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    clock = PutForward()
    with TemporaryDirectory() as folder:
        settings = _settings(text, Path(folder))
        async with AsyncExitStack() as stack:
            store = await open_store(settings.store.url.get_secret_value())
            stack.push_async_callback(store.close)
            world = await stack.enter_async_context(open_world(settings))
            app = App.build(settings=settings, world=replace(world, clock=clock), store=store)
            stack.push_async_callback(app.close)
            await app.prepare()
            await app.resolve()
            yield app, clock


def _settings(text: str, folder: Path) -> Settings:
    file = folder / "berita.toml"
    file.write_text(text, encoding="utf-8")
    return load(file, {}, folder)
