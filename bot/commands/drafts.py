"""What a wizard has worked out and nobody has kept yet: tried on real stories, then saved."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from aiogram.utils.formatting import Text

from bot.commands.answers import send
from bot.commands.cards.route import title_of
from bot.commands.cards.scene import Rows, Scene, Shown
from bot.commands.cards.taps import button
from bot.commands.preview import as_message
from bot.commands.wizards.talking import keep, open_talk
from bot.commands.words import Words, lines, plain
from feeds.catalog import RouteChanges, Tried, TriedStory
from feeds.model import Story
from feeds.model.people import Talk
from feeds.store.card_rows import RouteCard

TITLE_MAX, REASON_MAX = 70, 60  # UTF-16 units
SHOWN_MAX: Final = 10  # of those kept, and of those dropped

WHYS: Final = {  # what feeds.filters says, the longer first where one begins like another
    "has none": "filter.why.has_none",
    "does not match": "filter.why.no_match",
    "matches": "filter.why.match",
    "has ": "filter.why.has",
    "lacks ": "filter.why.lacks",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a talk knows of a filter or a template that is not kept yet."""

    talk: Talk
    rules: tuple[str, ...]  # to be added to the filter
    template: str
    seen: tuple[str, ...] | str  # what the route had when the draft was tried

    @classmethod
    async def open(cls, scene: Scene, kind: str, route: int) -> "Draft | None":
        """Give the draft of a route that a person works on, if it is still open."""
        talk = await open_talk(scene)
        if talk is None or talk.kind != kind or talk.data.get("route") != route:
            return None
        seen, rules = talk.data.get("seen", ""), talk.data.get("rules")
        return cls(
            talk=talk,
            rules=tuple(rules) if isinstance(rules, list) else (),
            template=str(talk.data.get("template") or ""),
            seen=tuple(seen) if isinstance(seen, list) else str(seen),
        )

    async def keep(self, scene: Scene, *, seen: tuple[str, ...] | str) -> None:
        """Note that it was tried against what the route has now."""
        await keep(scene, self.talk, seen=list(seen) if isinstance(seen, tuple) else seen)


async def dry_run(scene: Scene, found: RouteCard, rules: Sequence[str]) -> Shown:
    """Show what the filter with these rules more would do; raises BrokenFilter, FeedRefused."""
    options = RouteChanges(filter=(*found.route.options.filter, *rules)).options(
        found.route.options
    )
    tried = await scene.catalog.try_options(found.feed, options)
    return Shown(
        text=_told(found, rules, tried, scene.words), rows=_save_or_not("rf", found, scene)
    )


async def look(scene: Scene, found: RouteCard, template: str) -> Shown:
    """Send the newest story as a template tells it, and ask; raises BrokenTemplate, FeedRefused."""
    options = RouteChanges(template=template).options(found.route.options)
    tried = await scene.catalog.try_options(found.feed, options)
    words = scene.words
    if not tried.stories:
        return Shown(text=words.say("template.no_story"), rows=_save_or_not("rx", found, scene))
    language = options.language or found.destination.options.language
    body = await asyncio.to_thread(_rendered, scene, tried, language)
    await send(scene.bot, as_message(body, chat=scene.person))
    said = words.say("template.so_it_looks", title=title_of(found))
    return Shown(text=said, rows=_save_or_not("rx", found, scene))


def _rendered(scene: Scene, tried: Tried, language: str | None) -> bytes:
    newest = tried.stories[0].story
    return scene.deps.render(newest, tried.feed, options=tried.options, language=language)


def _save_or_not(card: str, found: RouteCard, scene: Scene) -> Rows:
    save = button(scene.words, card, "save", found.route.id, style="success")
    return [[save, button(scene.words, card, "drop", found.route.id)]]


def _told(found: RouteCard, rules: Sequence[str], tried: Tried, words: Words) -> Text:
    kept, dropped, any_ = tried.kept, tried.dropped, bool(tried.stories)
    return lines(
        Text("🔎 ", title_of(found)),
        *(Text("＋ ", plain(rule)) for rule in rules),
        "",
        words.count("filter.would_keep", len(kept)) if any_ else words.say("filter.no_try"),
        *_kept(kept),
        words.count("filter.would_drop", len(dropped)) if dropped else "",
        *_dropped(dropped, words),
        words.say("filter.save_or_type"),
    )


def _kept(stories: Sequence[Story]) -> Iterator[Text]:
    for story in stories[:SHOWN_MAX]:
        yield Text("✅ ", plain(story.title, TITLE_MAX))
    if len(stories) > SHOWN_MAX:
        yield Text("…")


def _dropped(stories: Sequence[TriedStory], words: Words) -> Iterator[Text]:
    for each in stories[:SHOWN_MAX]:
        yield Text("✖️ ", plain(each.story.title, TITLE_MAX), " – ", _why(each.drop or "", words))
    if len(stories) > SHOWN_MAX:
        yield Text("…")


def _why(reason: str, words: Words) -> Text:
    """Say in the admin's language what a filter says of a story it drops."""
    told = reason.removeprefix("filtered: ").partition(" (")[0]
    for said, key in WHYS.items():
        if told == said or (said.endswith(" ") and told.startswith(said)):
            return words.say(key, word=plain(told.removeprefix(said), REASON_MAX))
    return Text(plain(told, REASON_MAX))
