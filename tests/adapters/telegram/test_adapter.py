import json
import subprocess
import sys
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.adapter import Outcome, RetryLater, Sent
from bot.adapters.telegram import Sender, TelegramAdapter, get_me_plain
from bot.adapters.telegram.asking import AskError, BotIdentity
from bot.pace import telegram_bot_limit, telegram_chat_limit
from feeds.errors import AddressError, BadRequest, WebError
from feeds.ports import ResolvedAddress
from feeds.web import AiohttpWeb
from tests.adapters.telegram.conftest import CHANNEL, FORUM
from tests.builders import a_delivery, a_destination, a_parcel
from tests.servers.bot_api import TOKEN, BotApi

NOBODY = "http://127.0.0.1:1"
SECRET = TOKEN.partition(":")[2]


class RecordingSender:
    """Takes every message and remembers it."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, bytes]] = []

    async def send(self, address: str, body: bytes) -> Outcome:
        self.taken.append((address, body))
        return Sent(message_id="1")


def an_adapter(
    web: AiohttpWeb, base: str, *, token: str | None = TOKEN, sender: Sender | None = None
) -> TelegramAdapter:
    return TelegramAdapter(
        web=web,
        token=token,
        api_base=base,
        bot_limit=telegram_bot_limit(25),
        chat_limit=telegram_chat_limit(18),
        language="id",
        time_zone=ZoneInfo("Asia/Jakarta"),
        sender=sender,
    )


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("@DailyBerita", ResolvedAddress(address=str(CHANNEL), title="Daily Berita")),
        ("https://t.me/dailyberita", ResolvedAddress(address=str(CHANNEL), title="Daily Berita")),
        (str(CHANNEL), ResolvedAddress(address=str(CHANNEL), title="Daily Berita")),
        (f"{FORUM}/42", ResolvedAddress(address=f"{FORUM}/42", title="Forum Berita")),
        (f"{FORUM}/1", ResolvedAddress(address=str(FORUM), title="Forum Berita")),
        ("7", ResolvedAddress(address="7", title="Ani")),
    ],
)
async def test_an_address_resolves_to_the_chats_number_and_title(
    telegram: BotApi, web: AiohttpWeb, typed: str, found: ResolvedAddress
) -> None:
    assert await an_adapter(web, telegram.base).resolve(typed) == found


async def test_a_group_that_moved_resolves_to_its_new_number(
    telegram: BotApi, web: AiohttpWeb
) -> None:
    telegram.control.group(-55, "Warga")
    telegram.control.upgrade(-55, -1000000055)
    telegram.faults.refuse(
        "Bad Request: group chat was upgraded to a supergroup chat",
        method="getChat",
        parameters={"migrate_to_chat_id": -1000000055},
    )

    found = await an_adapter(web, telegram.base).resolve("-55")

    assert found.address == "-1000000055"


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("@nosuchchannel", "chat not found: add the bot to the channel as an administrator first"),
        ("-1001111111111", "chat not found: add the bot to the channel as an administrator first"),
        ("@dailyberita/42", "has no topics: leave out /42"),
    ],
)
async def test_an_address_that_cannot_be_used_is_refused_with_the_next_step(
    telegram: BotApi, web: AiohttpWeb, typed: str, advice: str
) -> None:
    with pytest.raises(AddressError) as refused:
        await an_adapter(web, telegram.base).resolve(typed)

    assert advice in str(refused.value)


async def test_a_private_channel_we_are_not_in_is_refused_with_the_next_step(
    telegram: BotApi, web: AiohttpWeb
) -> None:
    telegram.control.channel(-100777, bot="left")

    with pytest.raises(AddressError, match="add the bot to the channel"):
        await an_adapter(web, telegram.base).resolve("-100777")


async def test_without_an_answer_a_number_stands_and_a_name_cannot(web: AiohttpWeb) -> None:
    adapter = an_adapter(web, NOBODY)

    assert await adapter.resolve(f"{FORUM}/42") == ResolvedAddress(address=f"{FORUM}/42")
    with pytest.raises(AddressError, match="could not be looked up") as refused:
        await adapter.resolve("@dailyberita")
    assert SECRET not in str(refused.value)


async def test_without_a_token_a_number_stands_and_a_name_cannot(web: AiohttpWeb) -> None:
    adapter = an_adapter(web, NOBODY, token="")

    assert await adapter.resolve(str(CHANNEL)) == ResolvedAddress(address=str(CHANNEL))
    with pytest.raises(AddressError, match=r"set telegram\.token"):
        await adapter.resolve("@dailyberita")


async def test_a_token_telegram_does_not_know_is_said_to_be_that(
    telegram: BotApi, web: AiohttpWeb
) -> None:
    adapter = an_adapter(web, telegram.base, token="424242:wrong")

    with pytest.raises(AddressError, match="does not know this token"):
        await adapter.resolve("@dailyberita")


async def test_topics_share_the_pace_of_their_chat_and_the_chat_comes_last(web: AiohttpWeb) -> None:
    adapter = an_adapter(web, NOBODY)

    scopes = adapter.scopes(a_destination(kind="telegram", address=f"{FORUM}/42"))

    assert [scope.name for scope in scopes] == ["telegram:bot:424242", f"telegram:chat:{FORUM}"]
    assert scopes == adapter.scopes(a_destination(kind="telegram", address=str(FORUM)))


async def test_a_destination_is_named_without_secrets(web: AiohttpWeb) -> None:
    adapter = an_adapter(web, NOBODY)

    titled = a_destination(kind="telegram", address=str(CHANNEL), title="Daily Berita")

    assert adapter.describe(titled) == f"Telegram “Daily Berita” ({CHANNEL})"
    assert adapter.describe(a_destination(address="@dailyberita")) == "Telegram @dailyberita"


async def test_while_telegram_is_off_messages_wait_and_burn_nothing(web: AiohttpWeb) -> None:
    adapter = an_adapter(web, NOBODY)
    destination = a_destination(kind="telegram", address=str(CHANNEL))

    outcome = await adapter.send(destination, a_parcel(), b"{}")

    assert isinstance(outcome, RetryLater)
    assert (outcome.counts, outcome.after) == (False, timedelta(seconds=60))


async def test_what_is_rendered_is_what_the_sender_gets(web: AiohttpWeb) -> None:
    sender = RecordingSender()
    adapter = an_adapter(web, NOBODY, sender=sender)
    destination = a_destination(kind="telegram", address=f"{FORUM}/42")

    body = adapter.render(destination, a_parcel())
    await adapter.send(destination, a_parcel(), body)

    assert sender.taken == [(f"{FORUM}/42", body)]
    assert json.loads(body)["text"].startswith("Kim Jong Un Janji Dukung Penuh Putin")


async def test_a_delivery_once_refused_as_malformed_is_rendered_plain(web: AiohttpWeb) -> None:
    adapter = an_adapter(web, NOBODY)
    destination = a_destination(kind="telegram", address=str(CHANNEL))

    body = adapter.render(destination, a_parcel(delivery=a_delivery(plain=True)))

    assert json.loads(body)["entities"] == []


async def test_who_a_token_belongs_to_is_asked_plainly(telegram: BotApi, web: AiohttpWeb) -> None:
    me = await get_me_plain(web, telegram.base + "/", TOKEN)

    assert me == BotIdentity(id=424242, username="berita_bot", name="Berita")


async def test_asking_fails_in_words_and_without_the_token(
    telegram: BotApi, web: AiohttpWeb
) -> None:
    with pytest.raises(BadRequest, match="does not know this token"):
        await get_me_plain(web, telegram.base, "424242:wrong")
    with pytest.raises(WebError) as lost:
        await get_me_plain(web, NOBODY, TOKEN)
    telegram.control.fault("page", method="getMe", code=502)
    with pytest.raises(AskError, match=r"telegram\.api_base") as elsewhere:
        await get_me_plain(web, telegram.base, TOKEN)

    assert SECRET not in f"{lost.value!r} {elsewhere.value!r}"


def test_the_adapter_is_made_without_loading_aiogram() -> None:
    code = (
        "import sys, bot.adapters.telegram, bot.adapters.telegram.outcomes;"
        "print('aiogram' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"
