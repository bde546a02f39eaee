"""The running bot: aiogram's Bot over our session, the sender of posts, the admin's chat.

Imported only with a token: it brings aiogram, which takes about 3 s to load.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from aiogram import Bot

from bot.adapter import Adapter, Scope, Seeker
from bot.adapters import is_key, shown
from bot.adapters.telegram.asking import bot_id
from bot.adapters.telegram.marks import mark_of_body, mark_of_text
from bot.adapters.telegram.probe import TelegramProber
from bot.adapters.telegram.seeking import LinkedGroupSeeker, ProbeSeeker
from bot.adapters.telegram.send import TelegramSender
from bot.adapters.telegram.standing import refusal_of
from bot.app.build import likely_kinds
from bot.app.gate import AnswerGate
from bot.commands import CommandDeps, Listener
from bot.commands.kinds import Kinds
from bot.health import Health
from bot.owners import Owners
from bot.pace import telegram_bot_limit, telegram_chat_limit, telegram_probes_limit
from bot.pacer import Pacer
from bot.passage import Passage
from bot.preview import preview, rendered, stage
from bot.world import World
from config import Settings
from feeds.catalog import Catalog, Outside
from feeds.model import Origin, RouteOptions
from feeds.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningBot:
    """One token at work."""

    bot: Bot
    sender: TelegramSender
    passage: Passage
    owners: Owners
    seekers: tuple[Seeker, ...]  # ways to look after a post in doubt, the surest first

    def listener(self, deps: CommandDeps) -> Listener:
        """Make the bot's ears, not yet listening."""
        return Listener(self.bot, deps)

    async def close(self) -> None:
        """Close its connections."""
        await self.bot.session.close()


def start_bot(
    settings: Settings, world: World, store: Store, pacer: Pacer, passage: Passage
) -> RunningBot:
    """Make the bot; nothing is asked of Telegram yet."""
    token = settings.telegram.token.get_secret_value()
    gate = AnswerGate(
        pacer=pacer,
        passage=passage,
        store=store,
        clock=world.clock,
        bot_scope=Scope(
            name=f"telegram:bot:{bot_id(token)}",
            limit=telegram_bot_limit(settings.telegram.max_per_second),
        ),
        chat_limit=telegram_chat_limit(settings.telegram.max_per_chat_minute),
        probes_limit=telegram_probes_limit(settings.telegram.max_per_chat_minute),
    )
    bot = Bot(token, session=world.telegram_session(settings.telegram.api_base, gate))
    owners = Owners(settings.telegram.owners)
    return RunningBot(
        bot=bot,
        sender=TelegramSender(bot),
        passage=passage,
        owners=owners,
        seekers=tuple(_seekers(settings, world, bot, owners, gate)),
    )


def _seekers(
    settings: Settings, world: World, bot: Bot, owners: Owners, gate: AnswerGate
) -> Iterator[Seeker]:
    yield LinkedGroupSeeker(
        world.web, world.clock, api_base=settings.telegram.api_base, token=bot.token
    )
    if settings.telegram.probe_chat:

        def probe_chat() -> int | None:
            chosen = settings.telegram.probe_chat
            return owners.first if chosen == "owner" else int(chosen)

        prober = TelegramProber(bot, probe_chat=probe_chat, free_in=gate.free_in)
        yield ProbeSeeker(prober, world.clock)


def command_deps(
    settings: Settings,
    *,
    store: Store,
    world: World,
    outside: Outside,
    adapters: Mapping[str, Adapter],
    health: Callable[[], Health],
    owners: Owners,
    ring_notices: Callable[[], None],
    ring_doubts: Callable[[], None],
    give_up: Callable[[str], None],
) -> CommandDeps:
    """Put together what the admin's chat needs."""
    adapter = adapters["telegram"]

    async def look(
        url: str, *, origin: Origin, options: RouteOptions, language: str | None
    ) -> bytes | None:
        found = await preview(
            url, last=1, outside=outside, now=world.clock.now(), options=options, origin=origin
        )
        if not found.parcels:
            return None
        here = stage(kind=adapter.kind, now=world.clock.now(), language=language)
        return adapter.render(here, found.parcels[-1])

    return CommandDeps(
        catalog=Catalog(
            store=store,
            clock=world.clock,
            every_min=settings.polling.every_min,
            outside=outside,
        ),
        preview=look,
        render=partial(rendered, adapter, world.clock),
        health=health,
        clock=world.clock,
        owners=owners,
        language=settings.messages.language,
        time_zone=settings.messages.time_zone,
        every=settings.polling.every,
        dice=world.dice,
        allowed=frozenset(settings.telegram.allowed),
        mark=mark_of_text,
        mark_body=mark_of_body,
        refusal=refusal_of,
        kinds=_kinds(settings, adapters),
        ring_notices=ring_notices,
        ring_doubts=ring_doubts,
        give_up=give_up,
    )


def _kinds(settings: Settings, adapters: Mapping[str, Adapter]) -> Kinds:
    return Kinds(
        repeatable=frozenset(kind for kind, each in adapters.items() if each.repeatable),
        shown=shown,
        is_key=is_key,
        likely=likely_kinds,
        secrets_declared=frozenset(each.name for each in settings.destinations if each.secret),
    )
