"""A notice with all that is known by now of what it is about: what its message is made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aiogram.utils.formatting import Text

from bot.commands.buttons import Button
from bot.commands.words import Words
from feeds.model import Destination, Notice, NoticeKind
from feeds.store import Store
from feeds.store.rows import Burst, DeliveryStory


@dataclass(frozen=True, slots=True, kw_only=True)
class Affair:
    """A notice, its destination and its delivery, where it has them."""

    notice: Notice
    place: Destination | None = None
    delivery: DeliveryStory | None = None
    bursts: tuple[Burst, ...] = ()  # that are held for the destination by now

    @property
    def is_open(self) -> bool:
        """Tell whether somebody may still decide."""
        return self.notice.over_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A row of buttons; `mark` names it where an item has several."""

    buttons: tuple[Button, ...]
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An open affair as a message shows it."""

    text: Text
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How one kind of incident is told; its functions are pure."""

    heading: str  # key of a text in plural forms: so many of them are open
    list_command: str  # lists those that a message has no room for
    item: Callable[[Affair, Words, int], Item]  # … in so many units at most
    subject: Callable[[Affair, Words], Text]  # names it in the line that says how it ended
    hint: Callable[[Sequence[Affair], Words], Text]  # under the open ones: what to do
    news: Callable[[Sequence[Affair], Words], Text] | None = None  # told anew when they are over


async def look_up(store: Store, notice: Notice) -> Affair:
    """Find out how the things that a notice is about are by now."""
    incident = notice.incident
    place = delivery = None
    if incident.destination is not None:
        place = await store.any_destination(incident.destination)
    if incident.delivery is not None:
        delivery = await store.delivery_story(incident.delivery)
    bursts: tuple[Burst, ...] = ()
    if incident.kind is NoticeKind.HELD and place is not None and notice.over_at is None:
        bursts = tuple(each for each in await store.bursts() if each.destination == place.name)
    return Affair(notice=notice, place=place, delivery=delivery, bursts=bursts)
