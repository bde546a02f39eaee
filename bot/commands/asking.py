"""The questions that wizards put: for a channel, for a feed, for what is set on one."""

from typing import Final

from aiogram.types import (
    ChatAdministratorRights,
    KeyboardButton,
    KeyboardButtonRequestChat,
    ReplyKeyboardMarkup,
)
from aiogram.utils.formatting import Pre, TextLink

from bot.commands.cards.scene import Scene
from bot.commands.feed_changes import TITLE_MAX, Setting, kept_value
from bot.commands.settings import code_of
from bot.commands.wizards.talking import begin
from bot.commands.words import copyable, known_as
from feeds.catalog.names import NAME_MAX
from feeds.model import Destination, Feed
from feeds.store.card_rows import RouteCard
from feeds.templates import FIELDS

CHANNEL, GROUP = 1, 2  # numbers of the requests, which come back with the chat
RIGHTS: Final = ("post_messages", "edit_messages", "delete_messages")  # that posting well takes
GROUP_RIGHTS: Final = ("manage_chat", "delete_messages")
EXAMPLE: Final = "{{ title | bold | link }}\n\n{{ summary }}\n{{ source }} · {{ published }}"
FIELDS_TOLD: Final = ", ".join(FIELDS)
_NAMES: Final = tuple(
    name for name, each in ChatAdministratorRights.model_fields.items() if each.is_required()
)


async def ask_for_channel(scene: Scene, find: int | None = None) -> None:
    """Ask for a channel, a group or a topic, in all the ways there are.

    `find`: what was found at links waits for it, and is shown again when there is one.
    """
    me = await scene.bot.me()
    rights = "+".join(RIGHTS)
    url = f"https://t.me/{me.username}?startchannel&admin={rights}"
    link = TextLink(scene.words.label("channel.link"), url=url)
    await begin(scene, "channel", {} if find is None else {"find": find})
    await scene.say(scene.words.say("channel.ask", link=link), _chooser(scene))


async def ask_for_feed(scene: Scene) -> None:
    """Ask for a feed's link."""
    await begin(scene, "feed")
    await scene.say(scene.words.say("feed.ask"))


async def ask_for_hook(scene: Scene) -> None:
    """Ask for the URL of a webhook, or of a hook into a chat of another service."""
    await begin(scene, "hook")
    await scene.say(scene.words.say("hook.ask"))


async def ask_for_hashtags(scene: Scene, found: RouteCard) -> None:
    """Ask for a route's own hashtags."""
    present = list(found.route.options.hashtags)
    await begin(scene, "hashtags", about(found) | {"seen": present})
    await scene.say(scene.words.say("route.ask_hashtags"))


async def ask_for_rule(scene: Scene, found: RouteCard, *, head: str) -> None:
    """Ask for what a rule shall look for; `head` is how it begins."""
    await begin(scene, "filter", about(found) | {"head": head})
    key = "filter.ask_pattern" if head.endswith("~") else "filter.ask_words"
    await scene.say(scene.words.say(key, head=copyable(head)))


async def ask_for_setting(scene: Scene, place: Destination, setting: str) -> None:
    """Ask for a setting of a destination in words; it remembers what the value was."""
    seen = code_of(setting, place)
    data = {"destination": place.id, "setting": setting, "seen": seen}
    await begin(scene, "setting", data)
    await scene.say(scene.words.say(f"settings.type.{setting}"))


async def ask_for_template(scene: Scene, found: RouteCard) -> None:
    """Ask for a template, with one to copy."""
    await begin(scene, "template", about(found))
    await scene.say(scene.words.say("template.ask", example=Pre(EXAMPLE), fields=FIELDS_TOLD))


async def ask_for_feeds_setting(scene: Scene, feed: Feed, setting: Setting) -> None:
    """Ask for a feed's interval, name or address; each answer is authorised anew for that feed."""
    seen = kept_value(feed, setting)
    await begin(scene, f"feed_{setting}", {"feed": feed.id, "seen": seen})
    words, title = scene.words, known_as(feed.title, feed.name, TITLE_MAX)
    match setting:
        case "every":
            least = words.span(scene.catalog.every_min)
            usual = words.span(scene.deps.every)
            said = words.say("fs.ask_every", title=title, least=least, usual=usual)
        case "name":
            said = words.say("fs.ask_name", title=title, most=NAME_MAX)
        case _:
            said = words.say("fs.ask_url", title=title)
    await scene.say(said)


def about(found: RouteCard) -> dict[str, object]:
    """Say which route a talk is about; each word in it is authorised anew for its place."""
    return {"route": found.route.id, "destination": found.destination.id}


def _chooser(scene: Scene) -> ReplyKeyboardMarkup:
    """Make the buttons by which Telegram lets somebody choose a chat of his.

    Choosing makes the bot an administrator there, with these rights (Bot API,
    KeyboardButtonRequestChat); the bot's must be among those of who chooses.
    """
    return ReplyKeyboardMarkup(
        keyboard=[
            [_request(scene.words.label("channel.button"), CHANNEL, RIGHTS)],
            [_request(scene.words.label("channel.group_button"), GROUP, GROUP_RIGHTS)],
        ],
        resize_keyboard=True,
        one_time_keyboard=True,
    )


def _request(label: str, number: int, names: tuple[str, ...]) -> KeyboardButton:
    channel = number == CHANNEL
    rights = ChatAdministratorRights(
        **dict.fromkeys(_NAMES, False) | {f"can_{name}": True for name in names}
    )
    request = KeyboardButtonRequestChat(
        request_id=number,
        chat_is_channel=channel,
        user_administrator_rights=rights,
        bot_administrator_rights=rights,
        request_title=True,
        request_username=True,
    )
    return KeyboardButton(text=label, request_chat=request)
