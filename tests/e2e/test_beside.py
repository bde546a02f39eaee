"""Beside a running Berita: a second one refuses, and the command line works."""

from tests.e2e.house import House
from tests.e2e.processes import until


def test_a_second_run_on_the_same_file_refuses_and_names_the_first(house: House) -> None:
    first = house.run()

    second = house.start("run")
    code = second.wait()

    assert code == 1
    assert f"pid {first.pid}" in "".join(second.err)
    assert "Stop it first" in "".join(second.err)
    assert first.end() == 0


def test_after_a_kill_the_next_run_is_let_in_at_once(house: House) -> None:
    house.run().destroy()

    second = house.run()

    assert second.end() == 0


def test_a_feed_paused_beside_a_running_bot_says_nothing_until_it_is_resumed(house: House) -> None:
    publisher, receiver = house.publisher(feeds=2), house.receiver()
    house.webhook("partner", receiver.url)
    for name, url in zip(("paused", "other"), publisher.urls, strict=True):
        house.feed(name, url)
        house.route(name, "partner")
    running = house.run()
    until(lambda: publisher.polls(304) == 2, "a second poll of both")

    assert house.call("feed", "pause", "paused").returncode == 0
    states = {feed["name"]: feed["state"] for feed in house.ask("feed", "list")}
    (kept,), (first,) = publisher.add(0), publisher.add(1)
    until(lambda: receiver.counts()["accepted"] == 1, "the other feed's story")
    assert house.call("feed", "resume", "paused").returncode == 0
    until(lambda: receiver.counts()["accepted"] == 2, "the resumed feed's story")

    assert states == {"paused": "paused", "other": "active"}
    assert [heard["title"] for heard in receiver.accepted()] == [first, kept]
    assert running.end() == 0
