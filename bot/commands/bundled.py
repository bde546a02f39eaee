"""A whole set-up that somebody sent as a file: where Telegram keeps it, and how far it has come.

The file itself may hold secrets and is not kept here: Telegram gives it again by its id.
"""

from dataclasses import asdict, dataclass, replace
from typing import Final

from bot.commands.cards.scene import Gone, Scene
from bot.commands.kept import Kept

FILES: Final = Kept(sort="bundle", errand="bundle")
WHYS_MAX: Final = 8  # items that were not taken in, told one by one


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A file, by the message that asks about it, and what it holds."""

    at: int
    file: str  # Telegram's id of it
    feeds: int
    destinations: int
    routes: int
    faults: int  # items that cannot be read
    done: int = 0  # items worked off
    added: int = 0
    known: int = 0
    failed: int = 0
    whys: tuple[str, ...] = ()  # the first WHYS_MAX, in the person's language
    over: bool = False  # all is done and told

    @property
    def total(self) -> int:
        """Count its items."""
        return self.feeds + self.destinations + self.routes + self.faults

    def after(self, outcome: str, why: str = "") -> "Sent":
        """Count one more item: added, known, or failed with its reason."""
        return replace(
            self,
            done=self.done + 1,
            added=self.added + (outcome == "added"),
            known=self.known + (outcome == "known"),
            failed=self.failed + (outcome == "failed"),
            whys=(*self.whys, why)[:WHYS_MAX] if why else self.whys,
        )


async def keep(scene: Scene, sent: Sent) -> None:
    """Keep a file, or how far it has come; of too many of a person's the oldest goes."""
    await FILES.keep(scene, asdict(sent))


async def load(scene: Scene, at: int) -> Sent:
    """Find the file of a message; raises Gone."""
    raw = await FILES.read(scene, at)
    if raw is None:
        raise Gone("bundle.over")
    return Sent(**raw | {"whys": tuple(raw["whys"])})


async def forget(scene: Scene, at: int) -> None:
    """Forget a file."""
    await FILES.forget(scene, at)
