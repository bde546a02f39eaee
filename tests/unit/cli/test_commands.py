"""Commands called in this process, on a real store; no server answers, none is needed."""

import asyncio
import json
import sqlite3
import stat
from pathlib import Path

import pytest

from feeds.model import DeliveryState
from feeds.ports import ResolvedAddress
from feeds.store import open_store, run_lock
from tests.builders import NOON
from tests.store.situations import an_intent, an_outcome, claim
from tests.unit.catalog.situations import TOKEN
from tests.unit.cli.conftest import TOML, Terminal

KEYS = {
    "feed": {"id", "name", "url", "state", "every", "next_poll_at", "last_error"},
    "destination": {"id", "name", "kind", "address", "state", "waiting", "in_doubt"},
    "route": {"id", "feed", "destination"},
    "delivery": {
        *("id", "story_id", "title", "url", "feed", "destination"),
        *("state", "reason", "attempts", "seq", "due_at"),
    },
}
OPML = (
    '<opml version="2.0"><body><outline text="Satu" xmlUrl="https://satu.example/feed"/>'
    '<outline text="Dua" xmlUrl="https://dua.example/feed"/></body></opml>'
)


@pytest.mark.parametrize("thing", KEYS)
def test_a_listing_holds_the_keys_that_programs_rely_on(taken_up: Terminal, thing: str) -> None:
    rows = taken_up.ask(thing, "list")
    table = taken_up.done(thing, "list")

    assert KEYS[thing] <= rows[0].keys()
    assert str(rows[0]["id"]) in table
    assert "\x1b" not in table


def test_a_feed_without_an_interval_tells_the_usual_one(taken_up: Terminal) -> None:
    assert taken_up.ask("feed", "list")[0]["every"] == "15m"


def test_status_counts_by_state(taken_up: Terminal) -> None:
    status = taken_up.ask("status")

    assert (status["feeds"], status["destinations"]) == (1, 1)
    assert status["deliveries"] == {"waiting": 1}
    assert status["oldest_waiting_s"] > 0
    assert status["last_sent_at"] is None
    assert "1 waiting" in taken_up.done("status")


def test_status_says_whether_anything_is_at_work(taken_up: Terminal) -> None:
    alone, asked = taken_up.done("status"), taken_up.ask("status")
    with run_lock(f"sqlite:///{taken_up.folder}/var/berita.db"):
        beside, there = taken_up.done("status"), taken_up.ask("status")

    assert "berita run    does not run: nothing is polled or sent until it does\n" in alone
    assert "berita run    runs\n" in beside
    assert (asked["running"], there["running"]) == (False, True)


def test_a_check_that_cannot_reach_telegram_says_where_it_looked(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BERITA_TELEGRAM__TOKEN", TOKEN)
    monkeypatch.setenv("BERITA_TELEGRAM__API_BASE", "http://127.0.0.1:1")

    told = terminal.call("check")

    assert told.code == 1
    assert "; see whether this machine reaches http://127.0.0.1:1\n" in told.err
    assert TOKEN not in told.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("feed", "show", "fild"), 2, "did you mean filed?"),
        (("feed", "show", "zzz"), 2, "berita feed list"),
        (("destination", "show", "zzz"), 2, "berita destination list"),
        (("route", "remove", "filed", "zzz"), 2, "berita destination list"),
        (("delivery", "show", "99"), 2, "berita delivery list"),
        (("delivery", "list", "--state", "lost"), 2, "in_doubt"),
        (("delivery", "list", "--since", "soon"), 2, "no moment"),
        (("delivery", "retry"), 2, "--since"),
        (("delivery", "retry", "1", "--to", "here"), 2, "--to goes with --since"),
        (("delivery", "retry", "--since", "2h", "--to", "zzz"), 2, "berita destination list"),
        (("delivery", "confirm", "1"), 1, "waiting"),
        (("delivery", "drop", "99"), 1, "99"),
        (("feed", "remove", "filed"), 1, "berita.toml"),
        (("feed", "add", "file:///etc/passwd"), 2, "configuration file"),
        (("feed", "add", "http://127.0.0.1:1/feed"), 1, "127.0.0.1"),
        (("feed", "add", "http://10.0.0.1/feed"), 1, "private"),
        (("feed", "add", "https://x.example/", "--start", "soon"), 2, "new, all"),
        (("feed", "add", "https://x.example/", "--every", "1ms"), 2, "15m"),
        (("feed", "set", "filed"), 1, "berita.toml"),
        (("destination", "add", "fax", "1"), 2, "telegram, webhook, discord"),
        (("destination", "add", "telegram", "@nobody_here"), 1, "token"),
        (("destination", "add", "webhook", "nonsense"), 1, "https"),
        (("destination", "add", "webhook"), 1, "is missing: write it whole, like https://partner."),
        (("destination", "add", "webhook", "http://x.example/"), 1, "webhooks.allow_http = true"),
        (("destination", "add", "webhook", "https://10.1.1.1/h"), 1, "10.1.1.1 is private; name"),
        (
            ("destination", "add", "mattermost", f"https://[fd00::1]/hooks/{'k' * 26}"),
            1,
            "[network] allow_",
        ),
        (("destination", "secret", "show", "zzz"), 2, "zzz"),
        (("preview", "http://127.0.0.1:1/feed"), 1, "127.0.0.1"),
        (("preview", "https://x.example/", "--last", "0"), 2, "between 1"),
        (("export", "all.txt"), 2, ".opml"),
        (("export", "all.opml", "--with-secrets"), 2, "json"),
        (("export", "missing/all.json"), 2, "No such file"),
        (("import", "missing.json"), 2, "No such file"),
        (("backup", "missing/copy.db"), 2, "missing"),
        (("feed", "list", "--what"), 2, "--what"),
        (("delivery", "show", "one"), 2, "“one” is no delivery's ID: that is a number"),
        (("delivery", "retry", "1", "msg_short"), 2, "msg_ and 22 letters and digits"),
        (("delivery", "drop", "9" * 40), 2, "is no delivery's ID"),
        (("delivery", "confirm", "1", "--message-id", "a b"), 2, "is one word of up to 64"),
        (("delivery", "confirm", "1", "--message-id", "9" * 65), 2, "is one word of up to 64"),
        (("delivery", "show", "msg_0000000000000000000000"), 2, "berita delivery list"),
        (("delivery", "retry", "1"), 1, "berita destination resume hook"),
        (("delivery", "retry", "1"), 1, "already, and goes out in its turn"),
        (("burst", "skip", "x"), 2, "webhook-id"),
        (("nonsense",), 2, "nonsense"),
        (("feed", "list", "--config", "none.toml"), 1, "none.toml"),
    ],
)
def test_what_goes_wrong_is_told_on_stderr_and_by_the_exit_code(
    taken_up: Terminal, arguments: tuple[str, ...], code: int, said: str
) -> None:
    told = taken_up.call(*arguments)

    assert told.code == code, told
    assert said in told.err, told
    assert "Traceback" not in told.err
    assert told.out == ""


def test_what_is_declared_and_not_taken_up_yet_says_so(terminal: Terminal) -> None:
    told = terminal.call("feed", "show", "filed")

    assert told.code == 2
    assert "berita run" in told.err


def test_a_broken_configuration_is_told_line_by_line(terminal: Terminal) -> None:
    (terminal.folder / "berita.toml").write_text(
        "[polling]\nevry = '1m'\nconcurrency = 0\n[[feed]]\nname = 'A'\nurl = 'ftp://x'\n"
        "[log]\nlevel = 'loud'\n[[route]]\nfeed = 'b'\nto = 'c'\n",
        encoding="utf-8",
    )

    told = terminal.call("check")

    assert told.code == 1
    assert told.out == ""
    lines = told.err.splitlines()
    assert len(lines) == 7, told.err
    assert all(line.startswith("berita.toml:") for line in lines)


def test_check_says_what_is_fine_and_touches_nothing(terminal: Terminal) -> None:
    told = terminal.call("check")

    assert told.code == 0, told
    assert "not there yet" in told.out
    assert "destination hook: webhook" in told.out
    assert not (terminal.folder / "var").exists()


def test_check_finds_webhooks_whose_plain_http_is_no_longer_allowed(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as allowed:
        allowed.setenv("BERITA_WEBHOOKS__ALLOW_HTTP", "true")
        terminal.done("destination", "add", "webhook", "http://p.example/", "--name", "plain")
        terminal.done("destination", "add", "webhook", "https://p.example/", "--name", "safe")
        assert "plain" not in terminal.done("check")

    told = terminal.call("check")

    assert told.code == 0, told
    assert "note   destination plain: plain http" in told.out
    assert "destination safe" not in told.out


def test_check_finds_a_declared_webhook_that_is_plain_http(terminal: Terminal) -> None:
    file = terminal.folder / "berita.toml"
    text = file.read_text(encoding="utf-8").replace("https://hook", "http://hook")
    file.write_text(text, encoding="utf-8")

    told = terminal.call("check")

    assert told.code == 1
    assert "wrong  destination hook" in told.err
    assert "webhooks.allow_http = true" in told.err
    file.write_text(text + "[webhooks]\nallow_http = true\n", encoding="utf-8")
    assert terminal.call("check").code == 0


def test_check_finds_names_that_an_admin_gave_away(terminal: Terminal) -> None:
    file = terminal.folder / "berita.toml"
    file.write_text("", encoding="utf-8")
    terminal.done("destination", "add", "console", "--name", "hook")
    file.write_text(TOML, encoding="utf-8")

    told = terminal.call("check")

    assert told.code == 1
    assert 'destination "hook": an admin added another one of that name; rename one' in told.err


def test_check_leaves_a_store_without_tables_as_it_is(terminal: Terminal) -> None:
    (terminal.folder / "var").mkdir()
    file = terminal.folder / "var" / "berita.db"
    file.touch()

    told = terminal.call("check")

    assert told.code == 0, told
    assert "empty yet" in told.out
    assert file.stat().st_size == 0


def test_check_finds_a_folder_in_which_no_store_can_be_made(terminal: Terminal) -> None:
    (terminal.folder / "var").touch()

    told = terminal.call("check")

    assert told.code == 1
    assert f"berita.db: this user cannot write into {terminal.folder}/var\n" in told.err


def test_check_refuses_a_database_that_is_none(terminal: Terminal) -> None:
    (terminal.folder / "var").mkdir()
    file = terminal.folder / "var" / "berita.db"
    file.write_text("not a database, not at all", encoding="utf-8")

    told = terminal.call("check")

    assert told.code == 1
    assert "not a database" in told.err
    assert file.read_text(encoding="utf-8") == "not a database, not at all"


def test_secrets_are_shown_only_when_asked_for(terminal: Terminal) -> None:
    added = terminal.done("destination", "add", "webhook", "https://p.example/", "--name", "p")
    secret = terminal.done("destination", "secret", "show", "p").strip()

    rotated = terminal.call("destination", "secret", "rotate", "p")

    assert secret.startswith("whsec_")
    assert secret in added
    assert rotated.out.strip() not in (secret, "")
    assert "signed with both" in rotated.err
    for listing in (("destination", "list", "--json"), ("destination", "show", "p", "--json")):
        assert "whsec_" not in terminal.done(*listing)


def test_headers_are_told_by_name_alone(terminal: Terminal) -> None:
    key = ("--header", "X-Api-Key: s3cret-key")
    address = "https://berita:s3cret-word@p.example/"
    added = terminal.done("destination", "add", "webhook", address, *key, "--name", "p")
    terminal.done("destination", "set", "p", "--header", "X-Env: s3cret-env")
    terminal.done("destination", "set", "p", "--no-header", "x-api-key")
    terminal.done("export", "all.json")

    shown = terminal.ask("destination", "show", "p")
    refused = terminal.call("destination", "set", "p", "--header", "Host: s3cret-host")

    assert shown["headers"] == ["Authorization", "X-Env"]
    assert shown["address"] == "https://p.example/"
    assert refused.code == 2
    assert "Host" in refused.err
    told = added + terminal.done("destination", "list", "--json") + refused.err + refused.out
    told += terminal.done("destination", "show", "p")
    told += (terminal.folder / "all.json").read_text(encoding="utf-8")
    assert "s3cret" not in told


@pytest.mark.parametrize(
    ("kind", "address", "shown"),
    [
        ("discord", "https://discord.com/api/webhooks/424242/t0ken", "https://discord.com/…"),
        ("webhook", "https://p.example/hook?sig=t0ken", "https://p.example/hook?…"),
    ],
)
def test_an_address_that_is_a_key_is_told_to_nobody_and_moves_with_secrets_alone(
    terminal: Terminal, kind: str, address: str, shown: str
) -> None:
    told = terminal.done("destination", "add", kind, address, "--name", "room")
    told += terminal.done("destination", "list") + terminal.done("destination", "list", "--json")
    told += terminal.done("destination", "show", "room")
    for file, secrets in (("bare.json", ()), ("full.json", ("--with-secrets",))):
        terminal.done("export", file, *secrets)
    bare = (terminal.folder / "bare.json").read_text(encoding="utf-8")
    terminal.done("destination", "remove", "room")

    without = terminal.call("import", "bare.json")
    terminal.done("import", "full.json")

    assert "t0ken" not in told + bare
    assert shown in told
    assert without.code == 1
    assert f"the address of a {kind} is missing" in without.err
    again = json.loads((terminal.folder / "full.json").read_text(encoding="utf-8"))
    assert again["destinations"][0]["address"] == address
    assert terminal.ask("destination", "show", "room")["kind"] == kind


def test_an_operators_webhook_asks_for_what_it_is_told_of(terminal: Terminal) -> None:
    asked = ("--event", "feed.failing", "--event", "endpoint.disabled")
    terminal.done("destination", "add", "webhook", "https://p.example/", "--name", "p", *asked)
    terminal.done("destination", "set", "p", "--format", "cloudevents")

    shown = terminal.ask("destination", "show", "p")

    assert shown["events"] == ["endpoint.disabled", "feed.failing"]
    assert shown["format"] == "cloudevents"
    assert terminal.call("destination", "set", "p", "--event", "feed.told").code == 2


def test_a_check_judges_the_headers_the_file_gives_and_tells_no_value(terminal: Terminal) -> None:
    file = terminal.folder / "berita.toml"
    text = file.read_text(encoding="utf-8")
    for wrong in ("Host", "Webhook-Id"):
        headers = f'headers = {{ "{wrong}" = "s3cret-value" }}\n'
        file.write_text(text.replace('kind = "webhook"\n', f'kind = "webhook"\n{headers}'))

        checked = terminal.call("check")

        assert checked.code == 1
        assert f"destination hook: The header “{wrong}”" in checked.err
        assert "s3cret" not in checked.out + checked.err


def test_a_check_judges_the_secret_the_file_gives_and_does_not_tell_it(terminal: Terminal) -> None:
    file = terminal.folder / "berita.toml"
    text = file.read_text(encoding="utf-8")
    secret = 'secret = "whsec_czNjcmV0"\n'
    file.write_text(text.replace('kind = "webhook"\n', f'kind = "webhook"\n{secret}'))

    checked = terminal.call("check")

    assert checked.code == 1
    assert "destination hook: A webhook's secret is whsec_ and the base64 of 24" in checked.err
    assert "czNjcmV0" not in checked.out + checked.err


def test_a_check_names_a_place_that_is_there_already_however_it_is_written(
    terminal: Terminal,
) -> None:
    file = terminal.folder / "berita.toml"
    file.write_text("", encoding="utf-8")
    terminal.done("destination", "add", "webhook", "https://HOOK.example:443/in", "--name", "mine")
    twin = '[[destination]]\nname = "twin"\nkind = "webhook"\naddress = "https://Hook.example/in"\n'
    file.write_text(TOML + twin, encoding="utf-8")

    checked = terminal.call("check")

    assert checked.code == 1
    assert 'destination "hook": an admin added that place, as "mine"' in checked.err
    assert 'destination twin: that place is declared already, as "hook"' in checked.err


def test_a_chat_number_needs_no_quoting(terminal: Terminal) -> None:
    terminal.done("destination", "add", "telegram", "-1001234567890/42", "--name", "topic")

    assert terminal.ask("destination", "show", "topic")["address"] == "-1001234567890/42"


def test_a_destination_is_changed_paused_and_opened(terminal: Terminal) -> None:
    terminal.done("destination", "add", "console", "--name", "here", "--language", "en")
    terminal.done("destination", "set", "here", "--name", "there", "--language", "default")
    terminal.done("destination", "pause", "there")
    paused = terminal.ask("destination", "show", "there")
    terminal.done("destination", "resume", "there")

    assert paused["language"] is None
    assert paused["state"] == "paused"
    assert terminal.ask("destination", "show", "there")["state"] == "open"


def test_one_that_is_resumed_is_told_with_what_was_heard_there_last(taken_up: Terminal) -> None:
    asyncio.run(_answers_410_while_it_is_paused(taken_up.folder / "var" / "berita.db"))

    told = taken_up.done("destination", "resume", "hook")

    assert "The last that was heard there: the endpoint answered 410 Gone" in told


async def _answers_410_while_it_is_paused(file: Path) -> None:
    store = await open_store(f"sqlite:///{file}", inline=True)
    for place in await store.unresolved_destinations():
        found = ResolvedAddress(address=place.address)
        await store.resolve_destination(place.id, found, now=NOON)
    (lane,) = await claim(store)
    await store.begin_sends([an_intent(lane)], now=NOON)
    await store.pause_destination(lane.destination.id, now=NOON)
    why = "the endpoint answered 410 Gone"
    heard = an_outcome(lane, DeliveryState.WAITING, park=why, reason=why, due_at=NOON)
    await store.settle([heard], now=NOON)
    await store.close()


def test_a_test_message_says_that_nothing_runs(terminal: Terminal) -> None:
    terminal.done("destination", "add", "console", "--name", "here")

    told = terminal.done("destination", "test", "here")
    terminal.done("destination", "pause", "here")
    blocked = terminal.done("destination", "test", "here")

    assert "not running" in told
    assert "berita destination resume here" in blocked
    assert terminal.ask("destination", "show", "here")["waiting"] == 2


def test_deliveries_are_dropped_and_sent_after_all(taken_up: Terminal) -> None:
    taken_up.done("delivery", "drop", "1")
    dropped = taken_up.ask("delivery", "list", "--state", "dropped")
    taken_up.done("delivery", "retry", "1")

    assert dropped[0]["reason"]
    assert taken_up.ask("delivery", "list", "--state", "waiting")[0]["id"] == 1
    since = ("delivery", "retry", "--since", "2h")
    assert taken_up.done(*since) == "Nothing failed since then.\n"
    assert taken_up.done(*since, "--to", "hook") == "Nothing failed since then.\n"
    assert taken_up.ask("delivery", "list", "--feed", "1", "--to", "hook")[0]["title"] == "Satu"


def test_a_delivery_goes_by_the_webhook_id_that_its_consumer_saw(taken_up: Terminal) -> None:
    known_as = taken_up.ask("delivery", "show", "1")["webhook_id"]

    shown = taken_up.done("delivery", "show", known_as)
    dropped = taken_up.done("delivery", "drop", known_as)
    retried = taken_up.done("delivery", "retry", known_as, "#1")
    refused = taken_up.call("delivery", "confirm", known_as)

    assert shown.startswith(f"Delivery 1 · {known_as}")
    assert (dropped, retried) == (
        *("Delivery 1 is dropped.\n", "Delivery 1 waits again, due at once.\n"),
    )
    assert (refused.code, refused.err) == (1, "Delivery 1: it is waiting to be sent\n")


@pytest.mark.parametrize(
    ("state", "step"),
    [("held", "Held: see berita burst list"), ("failed", "then berita delivery retry")],
)
def test_a_status_names_the_next_step(taken_up: Terminal, state: str, step: str) -> None:
    before = taken_up.done("status")
    _becomes(taken_up, state)

    assert step in taken_up.done("status")
    assert step not in before


def test_what_was_sent_is_not_sent_again_by_a_retry_which_says_how_it_would_be(
    taken_up: Terminal,
) -> None:
    _becomes(taken_up, "sent")

    refused = taken_up.call("delivery", "retry", "1")

    assert refused.code == 1
    assert refused.err == (
        "Delivery 1: it was sent; once more, so that it stands twice: berita delivery resend 1\n"
    )


def test_the_end_of_a_destination_tells_what_was_dropped(taken_up: Terminal) -> None:
    with sqlite3.connect(taken_up.folder / "var" / "berita.db") as store:
        store.execute("UPDATE destinations SET origin = 'admin'")
    (taken_up.folder / "berita.toml").write_text("", encoding="utf-8")

    removed = taken_up.done("destination", "remove", "hook")

    assert removed == "Removed “hook”. 1 delivery that waited was dropped.\n"


def _becomes(terminal: Terminal, state: str) -> None:
    with sqlite3.connect(terminal.folder / "var" / "berita.db") as store:
        store.execute("UPDATE deliveries SET state = ?, reason = 'x'", (state,))


@pytest.mark.parametrize("typed", ["x", "0", "-7", "7.5", "٧", "", "2147483648", "9" * 400])
def test_a_telegram_message_is_confirmed_by_a_number_alone(taken_up: Terminal, typed: str) -> None:
    with sqlite3.connect(taken_up.folder / "var" / "berita.db") as store:
        store.execute("UPDATE destinations SET kind = 'telegram', address = '@news'")

    refused = taken_up.call("delivery", "confirm", "1", f"--message-id={typed}")
    heard = taken_up.call("delivery", "confirm", "1", "--message-id=2147483647")

    assert refused.code == 2, refused
    assert "is no message's number: on Telegram that is the number at the end" in refused.err
    assert len(refused.err) < 300
    assert heard.err == "Delivery 1: it is waiting to be sent\n"


def test_an_export_replaces_a_file_only_when_it_is_told_to(taken_up: Terminal) -> None:
    file = taken_up.folder / "out.json"
    file.write_text("mine", encoding="utf-8")

    refused = taken_up.call("export", "out.json")

    assert (refused.code, refused.out) == (1, "")
    assert "out.json is there already: give another name, or --force" in refused.err
    assert file.read_text(encoding="utf-8") == "mine"
    taken_up.done("export", "out.json", "--force")
    assert json.loads(file.read_text(encoding="utf-8"))["feeds"]


def test_a_check_names_the_literal_addresses_that_no_network_is_opened_for(
    terminal: Terminal,
) -> None:
    file, private = (
        terminal.folder / "berita.toml",
        "is private; name it in [network] allow_private",
    )
    text = TOML.replace("https://filed.example/feed", "http://127.0.0.1:8801/rss.xml")
    file.write_text(text.replace("https://hook.example", "https://[::ffff:10.1.1.1]:8443"))
    opened = '["127.0.0.0/8", "10.1.1.1/32"]'

    fine = terminal.call("check")
    file.write_text(file.read_text().replace('["127.0.0.0/8"]', opened))
    wide = terminal.call("check")
    file.write_text(file.read_text().replace(opened, "[]"))
    none = terminal.call("check")

    assert (fine.code, wide.code, none.code) == (1, 0, 1)
    assert f"wrong  destination hook: ::ffff:10.1.1.1 {private}\n" in fine.out + fine.err
    assert "wrong  feed" not in fine.out + fine.err
    assert f"wrong  feed filed: 127.0.0.1 {private}\n" in none.out + none.err


def test_a_check_notes_a_feed_that_is_still_the_example(terminal: Terminal) -> None:
    (terminal.folder / "berita.toml").unlink()
    terminal.done("init", "--yes")

    told = terminal.call("check")

    assert (told.code, told.err) == (0, "")
    assert "note   feed news: https://example.org/feed/ is the example of berita init" in told.out


def test_one_id_that_is_none_stops_a_command_before_it_does_anything(taken_up: Terminal) -> None:
    assert taken_up.call("delivery", "drop", "1", "one").code == 2
    assert taken_up.ask("status")["deliveries"] == {"waiting": 1}


def test_a_route_is_added_changed_and_closed(taken_up: Terminal) -> None:
    taken_up.done("destination", "add", "console", "--name", "here")
    taken_up.done("route", "add", "filed", "here", "--silent", "--summary-max", "0")
    taken_up.done("route", "set", "filed", "here", "--no-preview", "--layout", "title")
    taken_up.done("route", "set", "filed", "here", "--hashtags", "#berita, dunia", "--no-time")

    row = next(row for row in taken_up.ask("route", "list") if row["destination"] == "here")
    assert (row["silent"], row["preview"], row["summary_max"]) == (True, False, 0)
    assert (row["layout"], row["hashtags"], row["time"]) == ("title", ["berita", "dunia"], False)
    taken_up.done("route", "remove", "filed", "here")
    assert len(taken_up.ask("route", "list")) == 1


def test_a_filter_is_tried_set_and_taken_away(taken_up: Terminal) -> None:
    tried = taken_up.ask("route", "try", "filed", "hook", "--filter", "none: dua")
    seen = taken_up.done("route", "try", "filed", "hook", "--filter", "none: satu")
    assert {(each["title"], each["fate"]) for each in tried} == {("Satu", "kept")}
    assert "0 of 1 would be published" in seen

    taken_up.done("destination", "add", "console", "--name", "here")
    taken_up.done("route", "add", "filed", "here", "--filter", "none: dua", "--filter", "any: x")
    wrong = taken_up.call("route", "set", "filed", "here", "--filter", "any ~ (a")
    assert wrong.code == 2
    assert "  any ~ (a\n        ^" in wrong.err
    route = next(row for row in taken_up.ask("route", "list") if row["destination"] == "here")
    assert route["filter"] == ["none: dua", "any: x"]
    taken_up.done("route", "set", "filed", "here", "--no-filter")
    route = next(row for row in taken_up.ask("route", "list") if row["destination"] == "here")
    assert route["filter"] == []


def test_a_route_shows_its_filter_template_and_looks_in_the_table_and_all_of_it_alone(
    taken_up: Terminal,
) -> None:
    template = "{{ title | bold }}\n{{ summary | shorten(120) }} – {{ source }}"
    rules = ("--filter", "any: gempa, tsunami", "--filter", "none title: iklan")
    taken_up.done("destination", "add", "console", "--name", "here")
    taken_up.done("route", "add", "filed", "here", "--template", template, *rules, "--silent")
    taken_up.done("route", "set", "filed", "here", "--hashtags", "berita", "--hashtags-from-tags")

    table = taken_up.done("route", "list").splitlines()
    plain, told = (next(row for row in table if place in row) for place in ("hook", "here"))
    whole = taken_up.done("route", "show", "filed", "here")

    assert plain.split()[3:] == ["–", "card", "–"]
    assert "any: gempa, tsunami; none title: iklan" in told
    assert "“{{ title | bold }} {{ summary | shorten…”, silent" in told
    assert "#berita + tags" in told
    assert [line.strip() for line in whole.splitlines() if "none title" in line] == [
        "none title: iklan"
    ]
    assert "template            {{ title | bold }}\n" in whole
    assert f"\n{'':<20}{{{{ summary | shorten(120) }}}} – {{{{ source }}}}" in whole
    asked = taken_up.ask("route", "show", "filed", "here")
    assert (asked["filter"], asked["template"]) == (list(rules[1::2]), template)
    assert asked in taken_up.ask("route", "list")


def test_a_template_is_shown_on_the_newest_story_before_it_is_set(taken_up: Terminal) -> None:
    template = "+++ {{ title | bold }} +++"
    seen = taken_up.done("route", "try", "filed", "hook", "--template", template)
    wrong = taken_up.call("route", "try", "filed", "hook", "--template", "{{ titel }}")

    assert "+++ Satu +++" in seen
    assert (wrong.code, "  {{ titel }}\n     ^" in wrong.err) == (2, True)


def test_a_check_shows_where_the_files_filters_and_templates_are_broken(
    terminal: Terminal,
) -> None:
    file = terminal.folder / "berita.toml"
    route = '[[route]]\nfeed = "filed"\nto = "hook"\n'
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(route, route + 'filter = "any ~ (gempa"\n'), encoding="utf-8")
    filtered = terminal.call("check")
    file.write_text(text.replace(route, route + 'template = "{{ titel }}"\n'), encoding="utf-8")
    told = terminal.call("check")

    assert (filtered.code, told.code) == (1, 1)
    assert "route filed → hook: Rule 1, character 7: a bracket" in filtered.out + filtered.err
    assert "route filed → hook: Line 1, column 4: there is no such field" in told.out + told.err


def test_lists_come_in_and_go_out(terminal: Terminal) -> None:
    (terminal.folder / "in.opml").write_text(OPML, encoding="utf-8")
    terminal.done("destination", "add", "console", "--name", "here")

    first = terminal.done("import", "in.opml", "--to", "here")
    again = terminal.done("import", "in.opml", "--to", "here")
    terminal.done("destination", "add", "webhook", "https://partner.example/hook")
    elsewhere = terminal.done("import", "in.opml", "--to", "partner-example")
    terminal.done("export", "out.opml")
    terminal.done("export", "out.json")

    assert "2 added, 0 known, 0 failed" in first
    assert "0 added, 2 known, 0 failed" in again
    assert "routes" not in again
    assert "have got 2 new routes" in elsewhere
    assert "https://satu.example/feed" in Path("out.opml").read_text(encoding="utf-8")
    assert len(json.loads(Path("out.json").read_bytes())["routes"]) == 4
    assert stat.S_IMODE(Path("out.json").stat().st_mode) == 0o600


def test_an_import_with_failures_goes_on_names_them_and_ends_with_1(terminal: Terminal) -> None:
    bad = OPML.replace("https://satu", "ftp://satu")
    (terminal.folder / "in.opml").write_text(bad, encoding="utf-8")

    told = terminal.call("import", "in.opml")

    assert told.code == 1
    assert "ftp://satu.example/feed" in told.err
    assert "1 added, 0 known, 1 failed" in told.out


def test_a_backup_is_never_written_over(terminal: Terminal) -> None:
    terminal.done("backup", "copy.db")

    told = terminal.call("backup", "copy.db")

    assert told.code == 1
    assert "copy.db is there already" in told.err


def test_an_export_that_fails_leaves_the_old_file(terminal: Terminal) -> None:
    old = terminal.folder / "out.json"
    old.mkdir()

    told = terminal.call("export", "out.json")

    assert told.code == 2
    assert old.is_dir()
    assert not (terminal.folder / "out.json.part").exists()


def test_a_backup_is_a_whole_database(taken_up: Terminal) -> None:
    taken_up.done("backup", "copy.db")

    copy = sqlite3.connect("copy.db")
    assert copy.execute("SELECT count(*) FROM deliveries").fetchone() == (1,)
    copy.close()


def test_migrate_makes_the_store(terminal: Terminal) -> None:
    told = terminal.done("migrate")

    assert "schema" in told
    assert (terminal.folder / "var" / "berita.db").exists()


def test_init_writes_a_file_that_checks_and_overwrites_none(terminal: Terminal) -> None:
    terminal.done("init", "new", "--yes")
    again = terminal.call("init", "new", "--yes")

    assert again.code == 1
    assert "there already" in again.err
    assert terminal.call("check", "--config", "new/berita.toml").code == 0


def test_the_configuration_is_named_before_or_after_the_command(terminal: Terminal) -> None:
    (terminal.folder / "berita.toml").rename(terminal.folder / "other.toml")

    before = terminal.done("--config", "other.toml", "check")
    after = terminal.done("check", "--config=other.toml")

    assert "other.toml" in before
    assert before == after


def test_a_webhook_is_called_as_often_as_it_is_said_to_bear(terminal: Terminal) -> None:
    terminal.done("destination", "add", "webhook", "https://partner.example/hook", "--name", "p")
    terminal.done("destination", "set", "p", "--max-per-second", "5")
    set_ = terminal.ask("destination", "show", "p")["max_per_second"]
    terminal.done("destination", "set", "p", "--max-per-second", "default")

    wrong = terminal.call("destination", "set", "p", "--max-per-second", "many")

    assert (set_, terminal.ask("destination", "show", "p")["max_per_second"]) == (5, None)
    assert (wrong.code, wrong.err) == (
        *(2, "“many” is no number of calls a second: 1 to 1000, or default.\n"),
    )
