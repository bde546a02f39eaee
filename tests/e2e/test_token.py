"""A token that Telegram refuses: sending stops, the queue stays, and everyone is told."""

import json

import pytest

from tests.e2e.house import House
from tests.e2e.processes import Spawned, until
from tests.e2e.servers import Publisher, Telegram, get

pytestmark = pytest.mark.timeout(300)
CHAT = -1001
OTHER_TOKEN = "424242:the-token-that-was-made-after-a-revocation"


def test_a_refused_token_stops_sending_keeps_the_queue_and_says_so(house: House) -> None:
    publisher, telegram, running = _a_bot_that_posts(house)
    revoked = _restarted(house, telegram, token=OTHER_TOKEN)

    publisher.add(0, 2)
    running.line("401 Unauthorized: check the token")

    until(lambda: _health(running)[0] == 503, "health that says so")
    assert "401" in json.dumps(_health(running)[1]["problems"])
    status = house.ask("status")
    assert status["deliveries"] == {"sent": 1, "waiting": 2}
    assert any("401" in closed["reason"] for closed in status["closed"])
    assert "401 Unauthorized" in house.call("status").stdout
    assert revoked.posts(CHAT) == []
    assert not running.said("loopback-token"), "no token in the log"
    assert running.end() == 0


@pytest.mark.long  # a refused token is looked at again after a minute
def test_sending_goes_on_by_itself_once_the_token_is_right_again(house: House) -> None:
    publisher, telegram, running = _a_bot_that_posts(house)
    revoked = _restarted(house, telegram, token=OTHER_TOKEN)
    headlines = publisher.add(0, 2)
    running.line("401 Unauthorized: check the token")

    accepted = _restarted(house, revoked, token=telegram.told["token"])

    until(lambda: accepted.posts(CHAT) == headlines, "the posts that waited", seconds=180)
    until(lambda: _health(running)[0] == 200, "health that is well again")
    assert house.ask("status")["deliveries"] == {"sent": 3}
    assert running.end() == 0


def _a_bot_that_posts(house: House) -> tuple[Publisher, Telegram, Spawned]:
    publisher, telegram = house.publisher(), house.telegram(CHAT)
    house.use(telegram)
    house.set("http", listen="127.0.0.1:0")
    house.feed("news", publisher.urls[0])
    house.channel("channel", CHAT)
    house.route("news", "channel")
    running = house.run()
    until(lambda: publisher.polls(304) == 1, "a second poll")
    headline = publisher.add(0)
    until(lambda: telegram.posts(CHAT) == headline, "the first post")
    until(lambda: _health(running)[0] == 200, "good health")
    return publisher, telegram, running


def _restarted(house: House, telegram: Telegram, *, token: str) -> Telegram:
    telegram.destroy()
    return house.telegram(CHAT, token=token, port=telegram.port)


def _health(running: Spawned) -> tuple[int, dict[str, list[str]]]:
    port = json.loads(running.line("health is served"))["port"]
    return get(port, "/healthz")
