"""A full disk: polling pauses, nothing is lost or doubled, and it goes on when there is space."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.disks import Disk, Limit, tmpfs
from tests.e2e.house import House
from tests.e2e.processes import Spawned, until
from tests.e2e.servers import get

pytestmark = pytest.mark.timeout(300)
CHAT = -1001
SLOW_SECONDS = 2.0  # between a post's taking effect and its answer: long enough to fill a disk


@pytest.fixture(params=["full", "limited"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    with tmpfs(tmp_path / "disk") as full:
        if request.param == "limited":
            yield Limit(tmp_path)
        elif full is not None:
            yield full
        else:
            pytest.skip("a file system of its own needs root")


def test_polling_pauses_marks_nothing_seen_and_resumes(house: House, disk: Disk) -> None:
    publisher, receiver = house.publisher(), house.receiver()
    house.feed("news", publisher.urls[0])
    house.webhook("partner", receiver.url)
    house.route("news", "partner")
    running = _run_on(house, disk)
    until(lambda: publisher.polls(304) == 1, "a second poll")

    disk.fill(running.pid)
    headlines = publisher.add(0, 2)
    running.line("polling pauses")
    until(lambda: any("polling pauses" in each for each in _problems(running)), "health says so")
    heard_meanwhile = receiver.counts()["requests"]
    disk.free(running.pid)
    until(lambda: receiver.counts()["accepted"] == 2, "both stories")
    until(lambda: not _problems(running), "health that is well again")

    assert heard_meanwhile == 0
    assert [heard["title"] for heard in receiver.ledger()] == headlines
    assert running.end() == 0


@pytest.mark.parametrize("disk", ["limited"], indirect=True)
def test_an_outcome_is_kept_until_it_can_be_written_and_nothing_is_sent_meanwhile(
    house: House, disk: Disk
) -> None:
    publisher, telegram = house.publisher(), house.telegram(CHAT)
    telegram.control("fault", how="slow", seconds=SLOW_SECONDS, apply=True)
    house.use(telegram)
    house.feed("news", publisher.urls[0])
    house.channel("channel", CHAT)
    house.route("news", "channel")
    running = _run_on(house, disk)
    until(lambda: publisher.polls(304) == 1, "a second poll")
    headlines = publisher.add(0, 2)
    until(lambda: telegram.sends() == 1, "a send under way")

    disk.fill(running.pid)
    until(lambda: _unwritten(running) > 1, "the outcome being tried again")
    sent_meanwhile = telegram.sends()
    assert any("outcomes cannot be written" in each for each in _problems(running))
    disk.free(running.pid)
    until(lambda: telegram.posts(CHAT) == headlines, "both posts")
    until(lambda: house.ask("status")["deliveries"] == {"sent": 2}, "both settled")

    assert sent_meanwhile == 1
    rows = house.deliveries()
    assert [(row["state"], row["attempts"]) for row in rows] == [("sent", 1), ("sent", 1)]
    assert running.end() == 0


def _run_on(house: House, disk: Disk) -> Spawned:
    house.set("store", url=f"sqlite:///{disk.folder / 'berita.db'}")
    house.set("http", listen="127.0.0.1:0")
    return house.run()


def _problems(running: Spawned) -> list[str]:
    port = json.loads(running.line("health is served"))["port"]
    return list(get(port, "/healthz")[1]["problems"])


def _unwritten(running: Spawned) -> int:
    return sum("outcome not written yet" in line for line in running.err)
