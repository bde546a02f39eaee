"""The first minute: a link that only the operator saw makes whoever opens it first the owner."""

import random
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.owners import Owners
from feeds.catalog import Claim
from feeds.errors import Conflict
from tests.commands.chat import OWNER, STRANGER, Chat, open_chat
from tests.commands.troubles import another

VOID = "Kode ini tidak berlaku"
WELCOME = "Selamat datang!"


async def a_claim(chat: Chat, seed: int = 1) -> Claim:
    return await chat.catalog.make_claim(random.Random(seed))


@pytest.fixture
async def nobodys(tmp_path: Path) -> AsyncIterator[Chat]:
    async with open_chat(tmp_path, owners=Owners()) as chat:
        yield chat


async def test_who_opens_the_link_first_owns_the_bot_and_nobody_after_him(nobodys: Chat) -> None:
    made = await a_claim(nobodys)

    welcome = await nobodys.says(f"/start {made.code}", user=STRANGER)
    late = await nobodys.says(f"/start {made.code}", user=OWNER)

    assert welcome[0].startswith(WELCOME)
    assert "Mau mulai dari mana?" in welcome[1], "and what he can do"
    assert late[0].startswith(VOID)
    assert (await nobodys.says("/feeds", user=STRANGER)) != []
    assert (await nobodys.says("/feeds", user=OWNER)) == []


async def test_an_owner_by_claim_is_one_after_a_restart(nobodys: Chat) -> None:
    made = await a_claim(nobodys)
    await nobodys.says(f"/start {made.code}", user=STRANGER)

    owners = Owners()
    await owners.load(nobodys.store)

    assert list(owners) == [STRANGER]
    assert not owners.claimable
    with pytest.raises(Conflict, match=str(STRANGER)):
        await a_claim(nobodys, seed=2)


async def test_a_link_lasts_a_quarter_of_an_hour(nobodys: Chat) -> None:
    made = await a_claim(nobodys)
    nobodys.clock.at += timedelta(minutes=15)

    assert (await nobodys.says(f"/start {made.code}", user=STRANGER))[0].startswith(VOID)


async def test_where_the_configuration_names_owners_a_link_is_void(tmp_path: Path) -> None:
    async with open_chat(tmp_path) as chat:
        made = await a_claim(chat)

        said = await chat.says(f"/start {made.code}", user=STRANGER)

        assert said[0].startswith(VOID)
        assert await chat.says("/feeds", user=STRANGER) == []


async def test_a_stranger_may_try_a_few_codes_and_then_hears_what_strangers_hear(
    nobodys: Chat,
) -> None:
    heard = [await nobodys.says(f"/start {'x' * 20}{n}", user=STRANGER) for n in range(8)]

    assert [answers[0].startswith(VOID) if answers else None for answers in heard] == [
        *[True] * 5,
        False,  # his number, once
        None,
        None,
    ]


async def test_the_configurations_owners_come_before_who_once_claimed(nobodys: Chat) -> None:
    made = await a_claim(nobodys)
    await nobodys.says(f"/start {made.code}", user=STRANGER)

    owners = Owners({OWNER})
    await owners.load(nobodys.store)

    assert list(owners) == [OWNER]


async def test_an_update_that_comes_again_after_a_restart_does_nothing(chat: Chat) -> None:
    from aiogram.types import Update

    first = {
        "update_id": 77,
        "message": {
            "message_id": 1,
            "date": 0,
            "chat": {"id": OWNER, "type": "private", "first_name": "Ani"},
            "from": {"id": OWNER, "is_bot": False, "first_name": "Ani"},
            "text": "/status",
        },
    }
    update = Update.model_validate(first, context={"bot": chat.bot})
    await chat.listener.hear(update)
    await chat.listener.until_done(77)

    await another(chat).hear(update)

    assert len(chat.telegram.control.calls("sendMessage")) == 1
