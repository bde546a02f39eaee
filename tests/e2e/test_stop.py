"""A stop in the middle of a send: soon over, and nothing is forgotten."""

import signal
import sqlite3

from tests.e2e.house import House
from tests.e2e.processes import until


def test_a_stop_does_not_wait_for_a_hanging_webhook_which_gets_it_again_the_same(
    house: House,
) -> None:
    publisher, receiver = house.publisher(), house.receiver()
    receiver.control("fault", how="hang")
    house.set("webhooks", timeout="2m")  # far longer than a test waits for the end
    house.feed("news", publisher.urls[0])
    house.webhook("partner", receiver.url)
    house.route("news", "partner")
    running = house.run()
    until(lambda: publisher.polls(304) == 1, "a second poll")
    headlines = publisher.add(0, 2)
    until(lambda: receiver.counts()["requests"] == 1, "a request that hangs")

    code = running.end(signal.SIGTERM)
    (left,) = house.deliveries("--state", "sending")
    again = house.run()
    until(lambda: receiver.counts()["accepted"] == 2, "both stories")

    assert code == 0
    assert left["title"] == headlines[0]
    first, repeat, second = receiver.ledger()
    assert (repeat["id"], repeat["digest"]) == (first["id"], first["digest"])
    assert (repeat["attempt"], repeat["verified"]) == (2, True)
    assert [first["title"], second["title"]] == headlines
    until(lambda: house.ask("status")["deliveries"] == {"sent": 2}, "both settled")
    assert again.end() == 0


def test_a_feed_that_failed_is_asked_again_at_the_next_start(house: House) -> None:
    publisher = house.publisher()
    house.set("polling", every="1h")
    house.feed("news", publisher.urls[0])
    house.set("network", allow_private=[])
    first = house.run()
    until(lambda: house.ask("feed", "show", "news")["last_error"], "a poll that fails")
    assert first.end() == 0
    with sqlite3.connect(house.folder / "berita.db") as store:  # two minutes later
        store.execute("UPDATE feeds SET last_poll_at = last_poll_at - 120000")

    house.set("network", allow_private=["127.0.0.0/8"])
    again = house.run()
    until(lambda: publisher.polls(200) == 1, "a poll")

    assert again.end() == 0
