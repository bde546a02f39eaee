"""From the claim to the first story in a channel, as it is played and shown in the README.

`python -m tests.commands.first_story` plays it anew in both languages and rewrites the README.
"""

import asyncio
import random
import re
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.adapters.telegram import TelegramAdapter
from bot.adapters.telegram.send import TelegramSender
from bot.locales import LANGUAGES
from bot.owners import Owners
from bot.pace import telegram_bot_limit, telegram_chat_limit
from bot.pacer import Pacer
from bot.publish import PublishBeat, PublishLimits
from feeds.parse import InlineParser
from feeds.poll import PollBeat, PollLimits
from tests.commands.chat import (
    CHANNEL,
    FEED,
    INTERVAL,
    JAKARTA,
    OWNER,
    Chat,
    prepare_chat,
    running,
)
from tests.commands.news import rss
from tests.commands.transcript import quoted, shown
from tests.house.tree import README

NEWEST = "Gempa Guncang Maluku, Warga Diminta Tenang"
OLDER = ("Kim Jong Un Janji Dukung Penuh Putin", "Harga Beras Naik Lagi")
CODE = re.compile(r"claim-[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One performance."""

    transcript: str
    taps: int
    pasted: int  # links
    posts: list[str]  # in the channel


async def play(language: str, folder: Path) -> Played:
    """Claim the bot, add a channel and a feed, and see the next story arrive."""
    async with prepare_chat(folder, owners=Owners(), language=language) as chat:
        chat.speaks(language)
        async with running(chat):
            await _perform(chat)
    said = CODE.sub("claim-…", "\n".join(chat.transcript))
    return Played(
        transcript=said,
        taps=sum(line.startswith("* ") for line in said.splitlines()),
        pasted=sum(line.startswith("> http") for line in said.splitlines()),
        posts=chat.telegram.posts(CHANNEL),
    )


async def _perform(chat: Chat) -> None:
    claim = await chat.catalog.make_claim(random.Random(1))
    chat.transcript.append("* [https://t.me/berita_bot?start=claim-…]")
    await chat.says(f"/start {claim.code}")
    await chat.taps("home:channel:0:")
    await chat.chooses(CHANNEL)
    await chat.says(FEED)
    (place,) = await chat.store.list_destinations()
    find = chat.telegram.control.posts(OWNER)[-1]["message_id"]
    await chat.taps(f"fn:publish:{find}:{place.id}")
    await poll(chat)
    chat.clock.at += INTERVAL * 2
    chat.serve("berita.example", rss("Daily Berita", NEWEST, *OLDER))
    await poll(chat)
    await publish(chat)
    chat.transcript.append("")
    for post in chat.telegram.backend.chats.find(CHANNEL).posts.values():
        chat.transcript.append(quoted("=", shown(post)))


async def poll(chat: Chat) -> None:
    """Poll what is due, as the app does."""
    beat = PollBeat(
        store=chat.store,
        web=chat.web,
        parser=InlineParser(),
        clock=chat.clock,
        dice=random.Random(1),
        limits=PollLimits(every=INTERVAL, gather=timedelta(0)),
    )
    await beat.round()


async def publish(chat: Chat) -> None:
    """Publish what is due, as the app does."""
    adapter = TelegramAdapter(
        web=chat.web,
        token=chat.telegram.token,
        api_base=chat.telegram.base,
        bot_limit=telegram_bot_limit(25),
        chat_limit=telegram_chat_limit(18),
        language=chat.deps.language,
        time_zone=JAKARTA,
        sender=TelegramSender(chat.bot),
    )
    beat = PublishBeat(
        store=chat.store,
        adapters={"telegram": adapter},
        pacer=Pacer(chat.clock),
        clock=chat.clock,
        dice=random.Random(1),
        reached=lambda _: None,
        owner="test",
        limits=PublishLimits(lanes={"telegram": 1}),
    )
    await beat.round()


def block(readme: str, language: str) -> tuple[str, str, str]:
    """Part the README into what is before a language's transcript, that, and what is after."""
    begin, end = (f"<!-- {edge}: first story, {language} -->" for edge in ("begin", "end"))
    before, found, rest = readme.partition(begin)
    shown_there, ended, after = rest.partition(end)
    assert found, f"the README has no place for {language}"
    assert ended, f"the README has no end for {language}"
    return f"{before}{begin}", shown_there, f"{end}{after}"


def written(transcript: str) -> str:
    """Write a transcript as a block of the README."""
    return f"\n\n```text\n{transcript}\n```\n\n"


def rewrite() -> None:
    """Play it in both languages and put both into the README."""
    readme = README.read_text(encoding="utf-8")
    for language in LANGUAGES:
        with tempfile.TemporaryDirectory() as folder:
            played = asyncio.run(play(language, Path(folder)))
        before, _, after = block(readme, language)
        readme = f"{before}{written(played.transcript)}{after}"
    README.write_text(readme, encoding="utf-8")


if __name__ == "__main__":
    rewrite()
