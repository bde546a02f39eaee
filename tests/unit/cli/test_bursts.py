"""Bursts decided on the command line, and the options that say what becomes of a backlog."""

import asyncio
from pathlib import Path

import pytest

from feeds.store import Store
from tests.builders import NOON
from tests.store.situations import a_filled_lane, a_poll, news
from tests.unit.cli.conftest import Terminal
from tests.world.store import fresh_store


@pytest.fixture
def flooded(terminal: Terminal) -> Terminal:
    """A channel and a webhook, for each of which a guard holds three of four stories."""
    (terminal.folder / "var").mkdir()
    asyncio.run(_flood(terminal.folder / "var"))
    return terminal


async def _flood(folder: Path) -> None:
    store = await fresh_store(folder, inline=True)
    for name, kind in (("channel", "telegram"), ("partner", "webhook")):
        await _fill(store, name, kind)
    await store.close()


async def _fill(store: Store, name: str, kind: str) -> None:
    feed, _ = await a_filled_lane(store, 0, name=name, kind=kind)
    held = [news(number, hold="burst: 23 new at once") for number in (1, 2, 3)]
    await store.record_polls([a_poll(feed, *held, news(4))], now=NOON)


def burst_of(terminal: Terminal, destination: str) -> str:
    return next(
        str(row["id"]) for row in terminal.ask("burst", "list") if row["destination"] == destination
    )


def states_of(terminal: Terminal, destination: str) -> list[str]:
    rows = terminal.ask("delivery", "list", "--to", destination)
    return [row["state"] for row in sorted(rows, key=lambda row: row["seq"])]


def test_bursts_are_listed_for_people_and_for_programs(flooded: Terminal) -> None:
    first, second = flooded.ask("burst", "list")
    table = flooded.done("burst", "list")

    assert {"id", "destination", "kind", "reason", "count", "since", "oldest", "newest"} <= set(
        first
    )
    assert (first["destination"], second["destination"]) == ("channel", "partner")
    assert (first["count"], first["oldest"], first["newest"]) == (3, "Berita 1", "Berita 3")
    assert "burst: 23 new at once" in table


def test_nothing_held_is_said_in_words(terminal: Terminal) -> None:
    assert terminal.done("burst", "list") == "Nothing is held back.\n"
    assert terminal.ask("burst", "list") == []


@pytest.mark.parametrize(
    ("deed", "said", "states"),
    [
        ("publish", "3 deliveries wait again", ["waiting"] * 4),
        ("skip", "3 deliveries are dropped", ["dropped"] * 3 + ["waiting"]),
        ("roll-up", "go out as one: delivery 9.", ["held"] * 3 + ["waiting"] * 2),
    ],
)
def test_a_burst_is_decided_by_one_command(
    flooded: Terminal, deed: str, said: str, states: list[str]
) -> None:
    told = flooded.done("burst", deed, burst_of(flooded, "channel"))

    assert said in told
    assert sorted(states_of(flooded, "channel")) == states
    assert [row["destination"] for row in flooded.ask("burst", "list")] == ["partner"]


def test_a_burst_for_a_webhook_is_not_rolled_up(flooded: Terminal) -> None:
    told = flooded.call("burst", "roll-up", burst_of(flooded, "partner"))

    assert told.code == 1
    assert "a webhook gets each story as an event of its own. Decide with berita burst" in told.err
    assert f"berita burst skip {burst_of(flooded, 'partner')}" in told.err
    assert told.out == ""


@pytest.mark.parametrize(
    ("burst", "why"), [("99", "there is no such delivery"), ("4", "it is waiting to be sent")]
)
def test_an_id_of_nothing_that_is_held_is_refused_and_it_is_said_where_ids_are(
    flooded: Terminal, burst: str, why: str
) -> None:
    told = flooded.call("burst", "roll-up", burst)

    said = f"Delivery {burst}: {why}. What is held, and its ids: berita burst list\n"
    assert (told.code, told.err) == (1, said)


def test_a_roll_up_and_what_is_in_it_tell_of_each_other(flooded: Terminal) -> None:
    burst = burst_of(flooded, "channel")
    flooded.done("burst", "roll-up", burst)

    whole = flooded.done("delivery", "show", "9")
    member = flooded.done("delivery", "show", burst)
    table = flooded.done("delivery", "list", "--to", "channel")
    refused = flooded.call("delivery", "retry", burst)

    assert "stories 3 in one:" in whole
    assert "Berita 3" in whole
    assert "test message" not in whole
    assert "What becomes of delivery 9 becomes of it: berita delivery show 9" in member
    assert "(3 stories in one)" in table
    assert (refused.code, refused.err) == (
        *(1, f"Delivery {burst}: it goes out with delivery 9\n"),
    )
    shown = flooded.ask("delivery", "show", "9")
    assert (shown["members_total"], len(shown["members"])) == (3, 3)
    assert flooded.ask("delivery", "show", burst)["goes_out_with"] == 9
    assert [row["title"] for row in flooded.ask("delivery", "list") if row["id"] == 9] == [None]


def test_a_backlogs_policy_and_age_are_set_and_taken_away(flooded: Terminal) -> None:
    flooded.done("destination", "set", "channel", "--max-age", "24h", "--backlog", "newest:20")
    set_ = flooded.ask("destination", "show", "channel")
    flooded.done("destination", "set", "channel", "--max-age", "default", "--backlog", "default")
    taken = flooded.ask("destination", "show", "channel")

    assert (set_["max_age"], set_["backlog"]) == ("1d", "newest:20")
    assert (taken["max_age"], taken["backlog"]) == (None, None)


def test_they_are_given_to_a_new_destination(terminal: Terminal) -> None:
    terminal.done("destination", "add", "console", "--max-age", "90m", "--backlog", "roll_up")

    place = terminal.ask("destination", "show", "console")
    assert (place["max_age"], place["backlog"]) == ("1h30m", "roll_up")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--max-age", "30s"), "between 1 minute and 365 days"),
        (("--max-age", "366d"), "between 1 minute and 365 days"),
        (("--max-age", "old"), "not a duration"),
        (("--backlog", "newest"), "write all, newest:N (1 to 1,000) or roll_up, or default"),
        (("--backlog", "roll_up"), "a webhook gets each story as an event of its own"),
    ],
)
def test_what_cannot_be_is_a_wrong_call(
    flooded: Terminal, options: tuple[str, ...], said: str
) -> None:
    told = flooded.call("destination", "set", "partner", *options)

    assert told.code == 2
    assert said in told.err
