"""The outside of a plan, before anything happens in it."""

import random

from tests.simulation.endpoints import Endpoint
from tests.simulation.outside import SimOutside
from tests.simulation.plan import OWNER, ChatPlan, Plan, hook_url
from tests.simulation.publishers import Publisher
from tests.world.clock import SimClock
from tests.world.telegram import SimTelegram


def open_outside(plan: Plan, clock: SimClock, dice: random.Random) -> SimOutside:
    """Open all chats, endpoints and feeds."""
    outside = SimOutside(clock=clock, telegram=SimTelegram(_roll(dice)))
    outside.telegram.control.user(OWNER)
    for chat in plan.chats:
        _open_chat(outside.telegram, chat)
    for name in plan.hooks:
        outside.endpoints[name] = Endpoint(name, hook_url(name), _roll(dice))
    for feed in plan.feeds:
        publisher = Publisher(feed.name, feed.url, _roll(dice), feed.validators)
        publisher.moved_to = f"{feed.url}/new" if feed.moves else None
        outside.publishers[feed.name] = publisher
    return outside


def _open_chat(telegram: SimTelegram, chat: ChatPlan) -> None:
    control = telegram.control
    match chat.kind:
        case "channel":
            control.channel(chat.id, chat.username or "", title=chat.name)
        case "supergroup":
            control.supergroup(chat.id, title=chat.name)
        case _:
            control.group(chat.id, title=chat.name)
    if chat.protected:
        telegram.protected.add(chat.id)
    if chat.group is not None:
        control.supergroup(chat.group, title=f"{chat.name} discusses")
        telegram.linked[chat.id] = chat.group


def _roll(dice: random.Random) -> random.Random:
    return random.Random(dice.random())
