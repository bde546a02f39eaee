"""The owner of a running bot is told what only he can mend, and decides with a tap."""

from typing import Any

import pytest

from tests.e2e.house import House
from tests.e2e.processes import until
from tests.e2e.servers import Telegram
from tests.e2e.wire import kill

pytestmark = pytest.mark.timeout(180)
CHAT, OWNER = -1001, 1001


def test_a_channel_that_kicks_the_bot_is_told_once_and_goes_on_by_itself_when_it_lets_it_in(
    house: House,
) -> None:
    publisher, telegram = house.publisher(), house.telegram(CHAT, users=[OWNER])
    house.use(telegram)
    house.set("telegram", owners=[OWNER])
    house.feed("news", publisher.urls[0])
    house.channel("channel", CHAT)
    house.route("news", "channel")
    running = house.run()
    until(lambda: publisher.polls(304) == 1, "a second poll")
    first = publisher.add(0)
    until(lambda: telegram.posts(CHAT) == first, "the first post")

    telegram.control("bot", chat=CHAT, status="kicked", by=OWNER)
    until(lambda: _told(telegram), "a word to the owner")
    (refused,) = _told(telegram)
    later = publisher.add(0)
    until(lambda: house.ask("status")["deliveries"].get("waiting") == 1, "a post that waits")
    assert running.end() == 0
    running = house.run()
    telegram.control("bot", chat=CHAT, status="administrator", by=OWNER)
    until(lambda: telegram.posts(CHAT) == first + later, "the post that waited")
    until(lambda: len(_told(telegram)) == 2, "a second word to the owner")

    over, news = _told(telegram)
    assert "403: bot dikeluarkan dari kanal itu" in refused["text"]
    assert refused["markup"]["inline_keyboard"][0][0]["text"] == "Lanjutkan"
    assert over["message_id"] == refused["message_id"]
    assert (over["markup"], over["text"]) == (
        None,
        "✅ “channel”: saya boleh mengirim lagi di sana",
    )
    assert news["text"] == "✅ Kiriman ke “channel” berjalan lagi."
    assert running.end() == 0


def test_a_post_that_a_kill_left_in_doubt_goes_out_after_one_tap(house: House) -> None:
    publisher, telegram = house.publisher(), house.telegram(CHAT, users=[OWNER])
    house.use(telegram)
    house.set("telegram", owners=[OWNER], probe_chat="")
    house.feed("news", publisher.urls[0])
    house.channel("channel", CHAT)
    house.route("news", "channel")
    running = house.run()
    until(lambda: publisher.polls(304) == 1, "a second poll")
    telegram.control("fault", how="hang", chat=CHAT)
    (headline,) = publisher.add(0)
    until(lambda: telegram.sends() == 1, "a send under way")
    kill(running)

    running = house.run()
    until(lambda: _told(telegram), "a word to the owner")
    (asked,) = _told(telegram)
    send = asked["markup"]["inline_keyboard"][0][1]
    press = {"message_id": asked["message_id"], "data": send["callback_data"]}
    telegram.control("press", user=OWNER, chat=OWNER, **press)
    until(lambda: telegram.posts(CHAT) == [headline], "the post")
    until(lambda: _told(telegram)[0]["markup"] is None, "buttons that are gone")
    telegram.control("press", user=OWNER, chat=OWNER, **press)
    until(lambda: len(telegram.control("answers")) == 2, "an answer to the second tap")

    assert headline in asked["text"]
    assert "saya terhenti saat itu" in asked["text"]
    assert send["text"] == "Kirim"
    assert [each.get("text") for each in telegram.control("answers")] == [
        "Saya kirim lagi.",
        "Sudah diputuskan: sudah terkirim.",
    ]
    assert _told(telegram)[0]["text"].endswith("dikirim lagi (Ani)")
    assert telegram.posts(CHAT) == [headline]
    assert running.end() == 0


def _told(telegram: Telegram) -> list[dict[str, Any]]:
    return list(telegram.control("posts", chat=OWNER))
