"""A chat that shuts the bot out is parked at once, and goes on by itself when it lets it in."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.adapters.telegram.standing import refusal_of
from feeds.model import Destination, DestinationState, NoticeKind
from tests.builders import NOON
from tests.commands.chat import CHANNEL, FOREIGN, OWNER, STRANGER, Chat
from tests.commands.troubles import a_channel, hears, on_store
from tests.world.refusing import RefusingStore

OPEN, PARKED, PAUSED = DestinationState.OPEN, DestinationState.PARKED, DestinationState.PAUSED
GROUP = -100777
BUDI = {"id": STRANGER, "is_bot": False, "first_name": "Budi"}


async def place(chat: Chat, address: int | str, name: str = "tempat") -> Destination:
    return await chat.store.add_destination(name, "telegram", str(address), now=NOON)


async def now(chat: Chat) -> dict[str, DestinationState]:
    return {row.name: row.state for row in await chat.store.list_destinations()}


async def change(chat: Chat, number: int, status: str, **rights: Any) -> None:
    await chat.until_heard(chat.telegram.control.bot(number, status, **rights))


@pytest.mark.parametrize(
    ("status", "rights"),
    [("kicked", {}), ("left", {}), ("administrator", {"can_post_messages": False})],
)
async def test_a_channel_that_shuts_us_out_is_parked_with_the_reason_a_send_would_give(
    status: str, rights: dict[str, bool], chat: Chat
) -> None:
    await a_channel(chat)

    await change(chat, CHANNEL, status, **rights)

    (row,) = await chat.store.list_destinations()
    assert row.state is PARKED
    assert row.destination.state_reason == refusal_of("channel", status)
    assert [each.incident.destination for each in await told(chat)] == [row.id]
    assert chat.rung == ["notices"]
    assert chat.telegram.posts(CHANNEL) == []


async def told(chat: Chat) -> list[Any]:
    return await chat.store.open_notices(NoticeKind.PARKED)


async def test_let_in_again_it_goes_on_by_itself(chat: Chat) -> None:
    await a_channel(chat)
    await change(chat, CHANNEL, "kicked")

    await change(chat, CHANNEL, "left")
    still = await now(chat)
    await change(chat, CHANNEL, "administrator", by=STRANGER)

    assert still == {"daily-berita": PARKED}
    assert await now(chat) == {"daily-berita": OPEN}
    assert await told(chat) == []
    assert chat.rung == ["notices"] * 2
    assert chat.telegram.posts(CHANNEL) == []


async def test_let_in_without_the_right_to_post_it_stays_parked(chat: Chat) -> None:
    await a_channel(chat)
    await change(chat, CHANNEL, "kicked")

    await change(chat, CHANNEL, "administrator", can_post_messages=False)
    await change(chat, CHANNEL, "member")

    assert await now(chat) == {"daily-berita": PARKED}


async def test_all_topics_of_a_chat_share_its_fate_and_what_is_paused_stays_paused(
    chat: Chat,
) -> None:
    chat.telegram.control.supergroup(GROUP, topics=(7, 8))
    for name, address in (("umum", GROUP), ("olahraga", f"{GROUP}/7"), ("rehat", f"{GROUP}/8")):
        await place(chat, address, name)
    await chat.catalog.pause_destination("rehat")

    await change(chat, GROUP, "kicked")
    out = await now(chat)
    await change(chat, GROUP, "member")

    assert out == {"umum": PARKED, "olahraga": PARKED, "rehat": PAUSED}
    assert await now(chat) == {"umum": OPEN, "olahraga": OPEN, "rehat": PAUSED}


async def test_a_group_that_takes_the_right_to_write_and_gives_it_back(chat: Chat) -> None:
    chat.telegram.control.supergroup(GROUP)
    await place(chat, GROUP)

    await change(chat, GROUP, "restricted")
    silenced = await now(chat)
    await change(chat, GROUP, "restricted", can_send_messages=True)

    assert (silenced, await now(chat)) == ({"tempat": PARKED}, {"tempat": OPEN})


async def test_a_person_who_blocks_the_bot_and_takes_it_back(chat: Chat) -> None:
    await place(chat, STRANGER)

    await change(chat, STRANGER, "kicked", by=STRANGER)
    (row,) = await chat.store.list_destinations()
    await change(chat, STRANGER, "member", by=STRANGER)

    assert row.state is PARKED
    assert "blocked by the user" in (row.destination.state_reason or "")
    assert await now(chat) == {"tempat": OPEN}


async def test_a_promotion_does_not_mend_what_was_parked_for_another_reason(chat: Chat) -> None:
    chat.telegram.control.supergroup(GROUP, topics=(7,))
    topic = await place(chat, f"{GROUP}/7")
    await chat.store.park_destination(topic.id, reason="400 TOPIC_CLOSED", now=NOON)

    await change(chat, GROUP, "administrator")

    assert await now(chat) == {"tempat": PARKED}
    assert chat.rung == []


async def test_what_an_admin_paused_is_not_opened_by_anybody_else(chat: Chat) -> None:
    await a_channel(chat)
    await change(chat, CHANNEL, "kicked")
    await chat.catalog.pause_destination("daily-berita")

    await change(chat, CHANNEL, "administrator")

    assert await now(chat) == {"daily-berita": PAUSED}


async def test_a_stranger_who_adds_the_bot_somewhere_changes_nothing(chat: Chat) -> None:
    await a_channel(chat)

    for status in ("administrator", "kicked", "member", "left"):
        await change(chat, FOREIGN, status, by=STRANGER)
    await change(chat, OWNER, "kicked", by=OWNER)

    assert await now(chat) == {"daily-berita": OPEN}
    assert await told(chat) == []
    assert chat.rung == []
    assert chat.telegram.control.calls("sendMessage") == []


async def test_a_change_that_cannot_be_kept_is_logged_and_the_next_update_is_heard(
    chat: Chat,
) -> None:
    await a_channel(chat)
    listener = on_store(chat, RefusingStore(chat.store, "shut_out"))

    with capture_logs() as logs:
        await hears(chat, listener, "my_chat_member", a_kick(chat))

    assert [(line["event"], line["kind"]) for line in logs] == [
        ("an update was lost", "ChatMemberUpdated")
    ]


def a_kick(chat: Chat) -> dict[str, Any]:
    me = chat.telegram.backend.chats.users[chat.bot.id]
    return {
        "chat": {"id": CHANNEL, "type": "channel", "title": "Daily Berita"},
        "from": BUDI,
        "date": 0,
        "old_chat_member": {"status": "left", "user": me},
        "new_chat_member": {"status": "kicked", "user": me, "until_date": 0},
    }
