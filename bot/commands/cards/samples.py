"""A feed's newest story, sent to whoever asks exactly as its channel would get it (errands)."""

from bot.commands.answers import send
from bot.commands.cards.scene import Gone, Scene
from bot.commands.finds import load
from bot.commands.preview import as_message, render_newest


async def sample_feed(scene: Scene, on: int) -> None:
    """Show the newest story of a feed we have."""
    if await scene.catalog.store.feed_by(on) is None:
        raise Gone("feed.gone")
    await _show(scene, str(on))


async def sample_find(scene: Scene, on: int) -> None:
    """Show the newest story of what was found at a link."""
    for found in (await load(scene, on)).feeds[:1]:
        await _show(scene, found.url)


async def _show(scene: Scene, asked: str) -> None:
    body = await render_newest(scene.deps, asked)
    if body is None:
        await scene.say(scene.words.say("preview.empty"))
    else:
        await send(scene.bot, as_message(body, chat=scene.person))
