"""The command line as a process: what it loads, and that it works beside a running bot."""

import json
import socket
import subprocess
from collections.abc import Collection
from pathlib import Path

import pytest

from tests.e2e.house import House
from tests.e2e.processes import ENVIRON, PYTHON, ROOT, until
from tests.e2e.servers import SECRET

HEAVY = {"sqlalchemy", "pydantic", "aiohttp", "aiogram", "alembic", "babel", "structlog"}
SPY = """
import json, sys
from bot.cli import main
try:
    main()
except SystemExit as end:
    code = end.code
print(json.dumps({"code": code, "loaded": sorted(sys.modules)}), file=sys.stderr)
"""


def _loaded(folder: Path, *arguments: str) -> tuple[int, Collection[str]]:
    """Call a command in a fresh process; gives its exit code and the modules it has loaded."""
    told = subprocess.run(
        [PYTHON, "-c", SPY, *arguments],
        cwd=folder,
        env=ENVIRON | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    said = json.loads(told.stderr.splitlines()[-1])
    return said["code"], set(said["loaded"])


@pytest.mark.parametrize("arguments", [("--help",), ("--version",)])
def test_help_loads_nothing_that_takes_time(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    code, loaded = _loaded(tmp_path, *arguments)

    assert code == 0
    assert not HEAVY & set(loaded)


def test_listing_loads_neither_aiogram_nor_the_web(tmp_path: Path) -> None:
    code, loaded = _loaded(tmp_path, "feed", "list")

    assert code == 0
    assert "sqlalchemy" in loaded
    assert not {"aiogram", "aiohttp", "babel"} & set(loaded)


def test_adding_a_telegram_destination_and_one_run_without_a_token_load_no_aiogram(
    house: House,
) -> None:
    publisher = house.publisher()
    house.feed("news", publisher.urls[0], start=1)
    config = house._config()

    added, loaded_by_add = _loaded(
        house.folder, "destination", "add", "telegram", "-1001234567890", *config
    )
    ran, loaded_by_run = _loaded(house.folder, "run", "--once", *config)

    assert (added, ran) == (0, 0)
    assert "aiogram" not in loaded_by_add
    assert "aiogram" not in loaded_by_run


def test_check_asks_whose_token_it_is_without_showing_it_or_loading_aiogram(house: House) -> None:
    telegram = house.telegram(-1001234567890)
    house.use(telegram)
    house.channel("channel", -1001234567890)
    house.channel("stranger", -1009999999999)
    config = house._config()

    code, loaded = _loaded(house.folder, "check", *config)
    told = house.call("check")

    assert code == told.returncode == 1
    assert "aiogram" not in loaded
    assert "the token is that of @" in told.stdout
    assert "destination channel: telegram" in told.stdout
    assert "wrong  destination stranger" in told.stderr
    assert telegram.told["token"] not in told.stdout + told.stderr

    wrong = "999:a-token-that-nobody-knows-0123456789abc"
    house.set("telegram", token=wrong)
    refused = house.call("check")

    assert refused.returncode == 1
    assert "does not know this token" in refused.stderr
    assert wrong not in refused.stdout + refused.stderr


def test_commands_work_beside_a_running_bot(house: House) -> None:
    publisher = house.publisher(feeds=2, items=4)
    receiver = house.receiver()
    running = house.run()

    titles = publisher.add(1, 2)
    hook = house.call(
        *("destination", "add", "webhook", receiver.url, "--name", "hook", "--secret", SECRET)
    )
    tried = house.call("destination", "test", "hook")
    added = house.call("feed", "add", publisher.urls[1], "--start", "2", "--to", "hook")

    assert (hook.returncode, tried.returncode, added.returncode) == (0, 0, 0), added.stderr
    assert "not running" not in tried.stdout
    until(lambda: len(receiver.accepted()) == 3, "a test and two stories taken")
    assert running.end() == 0
    assert house.ask("status")["deliveries"] == {"sent": 3}
    assert [row["title"] for row in house.deliveries()] == [None, *titles]


def test_a_preview_shows_the_newest_oldest_first_and_stores_nothing(house: House) -> None:
    publisher = house.publisher()
    titles = publisher.add(0, 3)

    told = house.call("preview", publisher.urls[0], "--last", "2")

    assert told.returncode == 0, told.stderr
    assert titles[0] not in told.stdout
    assert told.stdout.index(titles[1]) < told.stdout.index(titles[2])
    assert "nothing was stored" in told.stdout
    assert not list(house.folder.glob("*.db*"))


def test_what_lies_within_is_told_apart_in_the_log_alone(house: House) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and not listened at
        urls = [f"http://127.0.0.1:{taken.getsockname()[1]}/feed", "http://10.1.2.3/feed"]
        for number, url in enumerate(urls):
            house.feed(f"inner-{number}", url)

        ran = house.call("run", "--once")

    assert "connection refused" in ran.stderr
    assert "10.1.2.3 (local network)" in ran.stderr
    errors = [row["last_error"] for row in house.ask("feed", "list")]
    assert len({error.partition(" ")[2] for error in errors}) == 1
    told = [house.call("feed", "add", f"{url}?again") for url in urls]
    assert len({add.stderr.rpartition(": 1")[2].partition(" ")[2] for add in told}) == 1
    assert not any("connection refused" in add.stderr + add.stdout for add in told)
