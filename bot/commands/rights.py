"""Who may do what: asked anew at every press and every word typed into a wizard."""

from bot.commands.cards.scene import Scene


async def may(scene: Scene, deed: str, destination: int | None) -> bool:  # noqa: ARG001  # what it is asked for is the same for all who may judge
    """Judge a deed ("CARD.DEED") that concerns a destination; None: the bot as a whole."""
    return scene.person in scene.deps.owners


def realm(scene: Scene) -> frozenset[int] | None:  # noqa: ARG001  # as above
    """Tell which destinations somebody is shown things of; None: all of them."""
    return None
