"""The real process beside a thousand endpoints that accept and never answer."""

import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.e2e.house import House
from tests.e2e.processes import until

SILENT, HEALTHY = 1_000, 10
STORIES, EVERY_SECONDS = 20, 3.0
LATE_SECONDS = 5.0
MEMORY_MAX_MB = 250
_DELAYS = """
    SELECT d.created_at, d.sent_at FROM deliveries d JOIN destinations p ON p.id = d.destination
    WHERE p.name LIKE 'healthy-%'
"""


class Silence:
    """Listens, takes every connection, and says nothing; `most` were open at one time."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self._listener.settimeout(0.2)
        self._over = Event()
        self._held: list[socket.socket] = []
        self.taken = self.most = 0
        self.port: int = self._listener.getsockname()[1]
        self._thread = Thread(target=self._listen, daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._over.set()
        self._thread.join()
        for each in (*self._held, self._listener):
            each.close()

    def _listen(self) -> None:
        while not self._over.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            connection.setblocking(False)  # the name of it says what it sets
            self._held = [each for each in self._held if self._is_open(each)]
            self._held.append(connection)
            self.taken += 1
            self.most = max(self.most, len(self._held))

    @staticmethod
    def _is_open(connection: socket.socket) -> bool:
        """Read away what was sent; a sender that has given up leaves an end of file."""
        try:
            while connection.recv(65_536):
                pass
        except BlockingIOError:
            return True
        except OSError:
            pass
        connection.close()
        return False


@pytest.fixture
def silence() -> Iterator[Silence]:
    made = Silence()
    yield made
    made.end()


def delays(folder: Path) -> list[float]:
    """List how long each event of a healthy endpoint took, in seconds; all are sent."""
    with closing(sqlite3.connect(f"file:{folder / 'berita.db'}?mode=ro", uri=True)) as books:
        found = books.execute(_DELAYS).fetchall()
    return sorted((sent - made) / 1_000 for made, sent in found if sent is not None)


def memory_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1_024 for line in lines if line.startswith("VmHWM"))


@pytest.mark.long
@pytest.mark.timeout(600)
def test_ten_healthy_endpoints_wait_for_seconds_beside_a_thousand_silent_ones(
    house: House, silence: Silence
) -> None:
    publisher, receiver = house.publisher(feeds=2, items=1), house.receiver()
    live, quiet = publisher.urls
    house.feed("live", live, start="all")
    house.feed("quiet", quiet)
    for number in range(HEALTHY):
        house.webhook(f"healthy-{number}", f"{receiver.told['url']}/{number}")
    for number in range(SILENT):
        house.webhook(f"silent-{number}", f"http://127.0.0.1:{silence.port}/{number}")
    house.route("live", *(f"healthy-{number}" for number in range(HEALTHY)))
    house.route("quiet", *(f"silent-{number}" for number in range(SILENT)))
    running = house.run()
    until(lambda: len(delays(house.folder)) == HEALTHY, "each healthy one has taken something")

    publisher.add(1)
    until(lambda: silence.taken > 0, "a first silence")
    for _ in range(STORIES):
        publisher.add(0)
        time.sleep(EVERY_SECONDS)  # a story now and then, as long as the silent ones hang
    until(lambda: len(delays(house.folder)) == HEALTHY * (1 + STORIES), "all that was written")

    taken = delays(house.folder)
    late, memory = taken[int(len(taken) * 0.95)], memory_mb(running.pid)
    print(f"p95 {late:.2f} s, {silence.taken} silences, {silence.most} at once, {memory:.0f} MB")  # noqa: T201  # figures of a long run
    assert late < LATE_SECONDS
    assert silence.most <= 50 + 1
    assert silence.taken > 100
    assert memory < MEMORY_MAX_MB
