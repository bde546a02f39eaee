"""The wizard that asks for what a rule looks for, and shows what it would do before it is kept."""

import re
from typing import Final

from aiogram.types import Message

from bot.commands.cards.route import card_of
from bot.commands.cards.scene import Scene
from bot.commands.drafts import dry_run
from bot.commands.refusal import Refusal
from bot.commands.wizards.talking import keep, route_in
from feeds.model.people import Talk

_WHOLE: Final = re.compile(r"\s*(any|all|none)(\s+\w+)?\s*[:~]", re.IGNORECASE)


async def hear(scene: Scene, talk: Talk, message: Message) -> None:
    """Take words or a pattern, or whole rules, one a line; raises BrokenFilter."""
    found = await card_of(scene, route_in(talk))
    typed = (message.text or "").strip()
    if not typed:
        raise Refusal("filter.what")
    lines = [line for line in typed.split("\n") if line.strip()]
    head = str(talk.data.get("head", "any:"))
    whole = all(_WHOLE.match(line) for line in lines)
    rules = lines if whole else [f"{head} {' '.join(typed.split())}"]
    card = await dry_run(scene, found, rules)
    await keep(scene, talk, rules=rules, seen=list(found.route.options.filter))
    await scene.put(card)
