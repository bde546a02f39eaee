"""What belongs to a message of somebody's, kept in the store: a few of a sort, the oldest goes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.commands.cards.scene import Scene

SLOTS: Final = 10  # of one sort and person at a time
EMPTY: Final = "{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A sort of values, each by the number of its message, which it holds as "at".

    A message has no slot of its own: two would share one whose numbers are SLOTS apart. A value is
    looked for from the slot its number names, and takes the first free one from there.
    """

    sort: str
    errand: str  # the kind of errand that works on them: what is under way keeps its slot

    async def read(self, scene: Scene, at: int) -> dict[str, Any] | None:
        """Find what belongs to a message; None: nothing does, or it had to go."""
        held = await self._held(scene, at)
        return next((value for value in held.values() if value.get("at") == at), None)

    async def keep(self, scene: Scene, value: Mapping[str, Any]) -> None:
        """Keep a value in the place of what its message had, if need be of the oldest at rest."""
        slot = await self._slot_for(scene, value["at"])
        kept = json.dumps(value, ensure_ascii=False)
        await scene.catalog.store.set_note(self._name(scene, slot), kept)

    async def forget(self, scene: Scene, at: int) -> None:
        """Forget what belongs to a message."""
        for slot, value in (await self._held(scene, at)).items():
            if value.get("at") == at:
                await scene.catalog.store.set_note(self._name(scene, slot), EMPTY)

    async def _slot_for(self, scene: Scene, at: int) -> int:
        there = {slot: value.get("at") for slot, value in (await self._held(scene, at)).items()}
        for wanted in (at, None):
            if found := [slot for slot, held in there.items() if held == wanted]:
                return found[0]
        at_rest = {
            held: slot
            for slot, held in there.items()
            if held is not None and not scene.errands.is_under_way(scene.person, self.errand, held)
        }
        assert at_rest, "fewer errands of one person are under way than there are slots"
        return at_rest[min(at_rest)]

    async def _held(self, scene: Scene, at: int) -> dict[int, dict[str, Any]]:
        """Read all slots, in the order in which a message's number looks through them."""
        names = {slot: self._name(scene, slot) for slot in _slots(at)}
        found = await scene.catalog.store.notes(names.values())
        return {slot: json.loads(found.get(name, EMPTY)) for slot, name in names.items()}

    def _name(self, scene: Scene, slot: int) -> str:
        return f"{self.sort}:{scene.person}:{slot}"


def _slots(at: int) -> tuple[int, ...]:
    return tuple((at + step) % SLOTS for step in range(SLOTS))
