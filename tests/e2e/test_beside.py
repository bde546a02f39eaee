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


def test_the_command_line_works_beside_a_running_bot(house: House) -> None:
    publisher = house.publisher(feeds=2)
    receiver = house.receiver()
    house.webhook("partner", receiver.url)
    running = house.run()

    added = house.call("feed", "add", publisher.urls[0], "--name=added", "--to=partner")
    assert added.returncode == 0, added.stderr
    until(lambda: publisher.polls(304) == 1, "the added feed being polled twice")
    (first,) = publisher.add(0)
    until(lambda: _titles(receiver.accepted()) == [first], "its story at the webhook")

    tested = house.call("destination", "test", "partner")
    assert tested.returncode == 0, tested.stderr
    until(lambda: len(receiver.accepted()) == 2, "the test at the webhook")
    assert receiver.accepted()[1]["type"] == "endpoint.test"

    assert house.call("feed", "pause", "added").returncode == 0
    (feed,) = house.ask("feed", "list")
    assert (feed["name"], feed["state"]) == ("added", "paused")
    publisher.add(0)
    second = house.call("feed", "add", publisher.urls[1], "--name=other", "--to=partner")
    assert second.returncode == 0, second.stderr
    until(lambda: publisher.polls(304) == 2, "the other feed being polled twice")
    (third,) = publisher.add(1)
    until(lambda: third in _titles(receiver.accepted()), "the other feed's story")

    assert _titles(receiver.accepted()) == [first, None, third], "the paused feed says nothing"
    assert running.end() == 0


def _titles(accepted: list[dict[str, object]]) -> list[object]:
    return [heard["title"] for heard in accepted]
