"""A bot that nobody owns offers itself on the operator's terminal, and nowhere else."""

import os
import pty
import re
import select
import subprocess

from tests.e2e.house import House
from tests.e2e.processes import BERITA, ENVIRON, until

OWNER = 1001
LINK = re.compile(r"https://t\.me/berita_bot\?start=(claim-[0-9a-f]{32})")


def test_on_a_terminal_the_run_shows_a_link_that_makes_its_opener_the_owner(house: House) -> None:
    telegram = house.telegram(users=[OWNER])
    house.use(telegram)
    house.call("migrate")
    screen, typed = pty.openpty()
    with (house.folder / "log").open("w") as log:
        running = subprocess.Popen(
            [BERITA, "run", "--config", str(house.folder / "house.toml")],
            cwd=house.folder,
            env=ENVIRON,
            stdin=subprocess.DEVNULL,
            stdout=typed,
            stderr=log,
        )
    os.close(typed)
    try:
        code = until(lambda: _link_on(screen), "a link on the screen")
        telegram.control("say", user=OWNER, text=f"/start {code}")
        until(lambda: telegram.posts(OWNER)[1:], "an answer to the new owner")
    finally:
        running.terminate()
        running.wait()
        os.close(screen)

    assert telegram.posts(OWNER)[1].startswith("Selamat datang!")
    assert "claim-" not in (house.folder / "log").read_text(), "a code in the log"


def test_elsewhere_the_run_says_what_prints_the_link_and_shows_none(house: House) -> None:
    telegram = house.telegram(users=[OWNER])
    house.use(telegram)

    running = house.run()
    said = running.line("berita claim")
    running.end()

    assert "claim-" not in said
    assert not running.said("t.me/")


def _link_on(screen: int) -> str | None:
    seen = _seen.setdefault(screen, "")
    while select.select([screen], [], [], 0)[0]:
        seen += os.read(screen, 65_536).decode()
    _seen[screen] = seen
    found = LINK.search(seen)
    return found[1] if found else None


_seen: dict[int, str] = {}
