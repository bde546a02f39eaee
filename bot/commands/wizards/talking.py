"""Opening, keeping and ending a person's talk."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from bot.commands.cards.scene import Scene
from feeds.model.people import Talk

TALK_LASTS: Final = timedelta(days=1)  # since its last word


async def begin(scene: Scene, kind: str, data: Mapping[str, object] | None = None) -> None:
    """Open a talk, in the place of any other; `data` must be plain JSON."""
    await scene.catalog.store.keep_talk(scene.person, kind, data or {}, now=scene.now())


async def keep(scene: Scene, talk: Talk, **changes: object) -> None:
    """Keep what a talk knows by now."""
    await begin(scene, talk.kind, {**talk.data, **changes})


async def end(scene: Scene) -> None:
    """End the talk, if there is one."""
    await scene.catalog.store.end_talk(scene.person)


async def open_talk(scene: Scene) -> Talk | None:
    """Give the talk that is open; one that rested for too long is ended."""
    talk = await scene.catalog.store.talk(scene.person, now=scene.now())
    if talk is not None and talk.changed_at < scene.now() - TALK_LASTS:
        await end(scene)
        return None
    return talk


def route_in(talk: Talk) -> int:
    """Tell which route a talk is about."""
    route = talk.data.get("route")
    assert isinstance(route, int), "it was begun with one"
    return route
