"""The card of one route's filter: its rules, one taken away or added by a tap and some words."""

from hashlib import sha256
from typing import Final

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Text

from bot.commands.asking import ask_for_rule
from bot.commands.cards.route import card_of, place_of, row_of, title_of
from bot.commands.cards.scene import Gone, Rows, Scene, Shown, Turn
from bot.commands.cards.taps import Tap, back, button
from bot.commands.drafts import Draft, dry_run
from bot.commands.wizards.talking import end
from bot.commands.words import Words, lines, plain
from feeds.catalog import RouteChanges
from feeds.filters import RULES_MAX, Field, Mode
from feeds.store.card_rows import RouteCard

__all__ = ["place_of", "press", "show"]  # the place is that of the route's card

NAME: Final = "rf"
PATTERN: Final = "re"  # among the modes on buttons: any ~, its opposite none ~
NO_PATTERN: Final = "nre"
KINDS: Final = (*Mode, PATTERN, NO_PATTERN)
RULE_MAX: Final = 120  # UTF-16 units


async def show(scene: Scene, on: int, more: str = "") -> Shown:  # noqa: ARG001  # as every card
    """Show a route's filter."""
    return _shown(await card_of(scene, on), scene.words)


async def press(scene: Scene, tap: Tap) -> Turn:
    """Do what a button says."""
    found, words = await card_of(scene, tap.on), scene.words
    match tap.deed:
        case "add":
            return Turn(card=_where(found, tap.more, words))
        case "in":
            kind, _, field = tap.more.partition(".")
            await ask_for_rule(scene, found, head=_head(kind, field))
            return Turn()
        case "save":
            return await _save(scene, found)
        case "drop":
            await end(scene)
            return Turn(card=_shown(found, words), said=words.label("draft.dropped"))
        case _:
            return await _take_away(scene, found, tap)


async def _take_away(scene: Scene, found: RouteCard, tap: Tap) -> Turn:
    """Take one rule away, if the button still means that one."""
    number, _, mark = tap.more.partition(".")
    rules, words = found.route.options.filter, scene.words
    at = int(number) if number.isdecimal() else len(rules)
    if tap.deed != "del" or mark != _mark(rules) or at >= len(rules):
        return Turn(card=_shown(found, words), said=words.label("route.changed"), alert=True)
    left = (*rules[:at], *rules[at + 1 :])
    await scene.catalog.change_route(row_of(found), RouteChanges(filter=left))
    return Turn(card=await show(scene, tap.on), said=words.label("route.set"))


async def _save(scene: Scene, found: RouteCard) -> Turn:
    """Keep the rules of the draft, if the filter is still as it was when they were tried."""
    draft = await Draft.open(scene, "filter", found.route.id)
    if draft is None or not draft.rules:
        raise Gone("draft.gone", back_to="fds")
    if draft.seen != found.route.options.filter:
        await draft.keep(scene, seen=found.route.options.filter)
        await scene.put(await dry_run(scene, found, draft.rules))
        return Turn(said=scene.words.label("draft.changed"), alert=True)
    rules = (*found.route.options.filter, *draft.rules)
    await scene.catalog.change_route(row_of(found), RouteChanges(filter=rules))
    await end(scene)
    return Turn(card=await show(scene, found.route.id), said=scene.words.label("route.set"))


def _head(kind: str, field: str) -> str:
    """Write how a rule begins that shall be of this kind and look there."""
    if kind not in KINDS or field not in tuple(Field):
        kind, field = Mode.ANY, Field.ANY
    mode = {PATTERN: Mode.ANY, NO_PATTERN: Mode.NONE}.get(kind, kind)
    where = "" if field == Field.ANY else f" {field}"
    return f"{mode}{where} ~" if kind in (PATTERN, NO_PATTERN) else f"{mode}{where}:"


def _shown(found: RouteCard, words: Words) -> Shown:
    rules = found.route.options.filter
    return Shown(
        text=lines(
            Text("🔎 ", Bold(title_of(found))),
            words.count("route.filter", len(rules)) if rules else words.say("filter.none"),
            *(Text(f"{no}. ", plain(rule, RULE_MAX)) for no, rule in enumerate(rules, 1)),
            "",
            words.say("filter.add"),
        ),
        rows=_rows(found, words),
    )


def _rows(found: RouteCard, words: Words) -> Rows:
    on, rules = found.route.id, found.route.options.filter
    mark = _mark(rules)
    away = [
        button(words, NAME, "del", on, f"{at}.{mark}", label=f"🗑 {at + 1}")
        for at in range(len(rules))
    ]
    adding = [
        button(words, NAME, "add", on, kind, label=words.label(f"filter.kind.{kind}"))
        for kind in (KINDS if len(rules) < RULES_MAX else ())
    ]
    return (*_by(4, away), *_by(2, adding), [back(words, "rt", on)])


def _where(found: RouteCard, kind: str, words: Words) -> Shown:
    """Ask where the words shall be looked for."""
    on = found.route.id
    fields = [
        button(words, NAME, "in", on, f"{kind}.{field}", label=words.label(f"filter.in.{field}"))
        for field in Field
    ]
    said = words.say("filter.where", kind=words.label(f"filter.kind.{kind}", default=""))
    return Shown(text=said, rows=(*_by(2, fields), [back(words, NAME, on)]))


def _by(width: int, buttons: list[InlineKeyboardButton]) -> Rows:
    return [buttons[at : at + width] for at in range(0, len(buttons), width)]


def _mark(rules: tuple[str, ...]) -> str:
    """Tell one list of rules from another in a few letters."""
    return sha256("\n".join(rules).encode()).hexdigest()[:8]
