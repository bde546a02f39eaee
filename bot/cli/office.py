"""Opens what a command needs and closes it: settings, the store, if asked the outside."""

import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

from feeds.errors import UnknownName

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from bot.world import World
    from config import Settings
    from feeds.catalog import Catalog, Outside, Reserved

Answer = TypeVar("Answer")

SHIPPED = "This is the sample that comes with Berita, {file}; for one of your own: berita init"
_SETTINGS = "berita.settings"  # in the context's meta, which all of one call share
_MISSING = re.compile(r"(?:No|There is no) (feed|destination|route|delivery)\b[^;]*$")


def settings_of(context: typer.Context) -> "Settings":
    """Read the configuration, once; its mistakes, one line each, end the command with code 1.

    People who call a command on the configuration that is shipped are told that it is this one.
    """
    from bot.cli.show import complain

    if (read := context.meta.get(_SETTINGS)) is None:
        read = context.meta[_SETTINGS] = read_settings(context)
        if read.is_shipped and not context.params.get("as_json"):
            complain(SHIPPED.format(file=read.file))
    settings: Settings = read
    return settings


def read_settings(context: typer.Context) -> "Settings":
    """Read the configuration and say no word unless it is wrong."""
    from bot.cli.show import complain
    from config import ConfigErrors, load

    environ = os.environ  # noqa: TID251  # handed on to the one who reads it
    named: Path | None = context.find_root().obj
    try:
        return load(named, environ, Path.cwd())
    except ConfigErrors as errors:
        complain(str(errors))
        raise typer.Exit(1) from None


def ask(
    context: typer.Context,
    question: "Callable[[Catalog], Awaitable[Answer]]",
    *,
    outside: bool = False,
) -> Answer:
    """Open the store, let `question` use the catalog, close everything; raises BeritaError."""
    import asyncio

    settings = settings_of(context)

    async def asked() -> Answer:
        async with open_catalog(settings, outside=outside) as catalog:
            try:
                return await question(catalog)
            except UnknownName as error:
                raise _with_hint(error, settings) from error

    return asyncio.run(asked())


@asynccontextmanager
async def open_catalog(settings: "Settings", *, outside: bool) -> "AsyncIterator[Catalog]":
    """Open the store with the catalog on top; loading the outside takes longer than the rest."""
    from contextlib import AsyncExitStack

    from bot.clock import WallClock
    from feeds.catalog import Catalog
    from feeds.store import open_store

    async with AsyncExitStack() as stack:
        store = await open_store(settings.store.url.get_secret_value())
        stack.push_async_callback(store.close)
        reached = await stack.enter_async_context(open_outside(settings)) if outside else None
        yield Catalog(
            store=store,
            clock=WallClock(),
            every_min=settings.polling.every_min,
            outside=reached,
            reserved=_reserved(settings),
        )


def _reserved(settings: "Settings") -> "Reserved":
    from feeds.catalog import Reserved

    return Reserved(
        feeds={feed.name: feed.url for feed in settings.feeds},
        destinations={each.name: (each.kind, each.address) for each in settings.destinations},
    )


@asynccontextmanager
async def open_outside(settings: "Settings") -> "AsyncIterator[Outside]":
    """Open the real world; nothing is dialled before it is needed."""
    from bot.app.build import build_adapters, guard_of, open_world, outside_of

    async with open_world(settings) as world:
        adapters = build_adapters(settings, world)
        yield outside_of(settings, world, adapters, guard=guard_of(settings))


def open_world_of(settings: "Settings") -> "AbstractAsyncContextManager[World]":
    """Open the real world for a question of a command's own."""
    from bot.app.build import open_world

    return open_world(settings)


def is_running(settings: "Settings") -> bool:
    """Tell whether a `berita run` is at work on this store, by a short try of its lock."""
    from feeds.errors import StoreUnusable
    from feeds.store import run_lock

    try:
        with run_lock(settings.store.url.get_secret_value()):
            return False
    except StoreUnusable:
        return True


def _with_hint(error: UnknownName, settings: "Settings") -> UnknownName:
    """Say where to look, or that the file declares it and no run has taken it up yet."""
    said = str(error)
    declared = {feed.name for feed in settings.feeds}
    declared |= {destination.name for destination in settings.destinations}
    if any(f"“{name}”" in said for name in declared):
        return UnknownName(
            f"{said}\nThe configuration declares it, but Berita has not run with it yet:"
            " `berita run` takes it up."
        )
    what = _MISSING.match(said)
    return UnknownName(f"{said} See: berita {what[1]} list") if what else error
