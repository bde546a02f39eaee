"""A table of mistakes: each is named with its line, its key and what to do."""

import pytest

from tests.unit.config.conftest import Faults

SIX = """\
[polling]
evry = "5m"
concurrency = 0

[messages]
time_zone = "Jakarta"

[[feed]]
name = "daily-berita"
url = "dailyberita.example/feed/"

[[destination]]
name = "channel"
kind = "telegran"
address = "@dailyberita"

[[route]]
feed = "daily-berita"
to = ["chanel"]
"""

KINDS = 'must be "telegram", "webhook", "discord", "slack", "mattermost" or "console"'
HASHTAG = "must be 1 to 64 letters, digits and underscores, not digits alone"
SMALL = "write true or false, in small letters"
IN_QUOTES = 'text and durations stand in quotes: "…"'
STRAIGHT = 'quotes must be straight ones: "…"'
NO_END = "expected newline or end of document after a statement"
STRANGER = "no [[destination]] is named"
LEVELS = 'must be "debug", "info", "warning" or "error"'
PORT = 'must be "HOST:PORT", such as "127.0.0.1:8080", or "" for off'
STORES = 'must be "sqlite:///FILE" or "postgresql://USER@HOST:PORT/DATABASE"'

ONE_OPTION = [
    ("polling", "every", "5", 'must be a duration in quotes: "30s", "15m", "1h30m"'),
    ("polling", "every", '"5"', 'is not a duration: write "30s", "15m", "1h30m" or "2d"'),
    ("polling", "every", '"31d"', "must be between 1s and 30d"),
    ("polling", "every_min", '"0s"', "must be between 1s and 1d"),
    ("polling", "every", '"30s"', "every is less than every_min"),
    ("polling", "every_min", '"1h"', "every is less than every_min"),
    ("polling", "concurrency", '"12"', "must be a whole number, without quotes"),
    ("polling", "concurrency", "1.5", "must be a whole number"),
    ("polling", "concurrency", "true", "must be a whole number"),
    ("polling", "concurrency", "4097", "must be at most 4096"),
    ("polling", "per_host", "0", "must be at least 1"),
    ("polling", "timeout", '"6m"', "must be between 1s and 5m"),
    ("polling", "max_body", "10", 'must be a size in quotes: "512kB", "10MB"'),
    ("polling", "max_body", '"1GB"', "must be between 1kB and 100MB"),
    ("polling", "user_agent", '"a\\nb"', "must be plain ASCII, at most 200 characters"),
    ("polling", "level", '"info"', "no such option; it belongs to [log]"),
    ("polling", "frobnicate", "1", "no such option"),
    (
        "telegram",
        "token",
        '"hello"',
        "does not look like a bot token: copy it whole from @BotFather",
    ),
    ("telegram", "api_base", '"localhost"', 'must begin with "https://" or "http://"'),
    ("telegram", "api_base", '"http://:80"', "is not a usable URL: its host or port is wrong"),
    ("telegram", "owners", "5", "must be a list: [ … ]"),
    ("telegram", "max_per_second", "31", "must be at most 30"),
    ("telegram", "max_per_chat_minute", "21", "must be at most 20"),
    (
        "telegram",
        "in_doubt",
        '"maybe"',
        'must be "hold", "resend_if_absent" or "resend"',
    ),
    (
        "telegram",
        "probe_chat",
        '"@me"',
        'must be "owner", a chat\'s number, or "" for never',
    ),
    ("webhooks", "timeout", '"3m"', "must be between 1s and 2m"),
    ("webhooks", "max_per_second", "1001", "must be at most 1000"),
    ("webhooks", "in_flight", "0", "must be at least 1"),
    ("webhooks", "allow_http", '"true"', "must be true or false, without quotes"),
    ("webhooks", "allow_http", '"yes"', "must be true or false"),
    ("messages", "language", '"fr"', 'must be "id" or "en"'),
    ("messages", "time_zone", '"WIB"', 'is no known time zone; did you mean "Asia/Jakarta"?'),
    ("messages", "time_zone", '"../x"', 'is no known time zone; write one such as "Asia/Jakarta"'),
    ("messages", "time_zone", "7", 'must be a time zone in quotes: "Asia/Jakarta"'),
    ("log", "level", '"warn"', f'{LEVELS}; did you mean "warning"?'),
    ("http", "listen", '"8080"', PORT),
    ("http", "listen", '"h:65536"', PORT),
    ("http", "listen", '"::1:80"', PORT),
    ("store", "url", '"sqlite://"', STORES),
    ("store", "url", '"postgres://h/d"', 'must begin with "postgresql://", not "postgres://"'),
]

FEED = '[[feed]]\nname = "a"\nurl = "https://example.org/feed/"\n'
HOOK = '[[destination]]\nname = "hook"\nkind = "webhook"\naddress = "https://example.org/hook"\n'
CHANNEL = '[[destination]]\nname = "channel"\nkind = "telegram"\naddress = "@dailyberita"\n'
NAMED = "must be 1 to 64 of a-z, 0-9, dot, dash and underscore, beginning with a-z or 0-9"
EVENTS = '"story.published", "endpoint.disabled" or "feed.failing"'
HTTP_OR_FILE = 'must begin with "https://", "http://" or "file:"'

REPEATED = "is that of another [[{}]], too: each has its own"
DOUBTFUL = 'is for the kinds "telegram", "discord", "slack", "mattermost" alone: leave it out here'
BACKLOG = 'must be "all", "newest:N" (1 to 1,000) or "roll_up"'
ONLY_FOR = 'is for the kind "{}" alone: leave it out here'
CHAT = 'must be "@NAME", a chat\'s number such as "-1001234567890", or a t.me link'
ROUTE = f'{FEED}{HOOK}[[route]]\nfeed = "a"\n'

TABLES = [
    ('[[feed]]\nname = "A b"\nurl = "https://example.org/"', f"2: feed[1].name: {NAMED}"),
    (f'[[feed]]\nname = "{"a" * 65}"\nurl = "https://example.org/"', f"2: feed[1].name: {NAMED}"),
    (
        '[[feed]]\nname = "42"\nurl = "https://example.org/"',
        "2: feed[1].name: must not be all digits: it would be taken for an id",
    ),
    ('[[feed]]\nurl = "https://example.org/"', "1: feed[1].name: is missing"),
    ('[[feed]]\nname = "a"\nurl = "ftp://example.org/"', f"3: feed[1].url: {HTTP_OR_FILE}"),
    (
        '[[feed]]\nname = "a"\nurl = "https://example.org:99999/"',
        "3: feed[1].url: is not a usable URL: its host or port is wrong",
    ),
    (
        '[[feed]]\nname = "a"\nurl = "https://example.org/a b"',
        "3: feed[1].url: must not hold spaces",
    ),
    (
        '[[feed]]\nname = "a"\nurl = "file://elsewhere/x"',
        '3: feed[1].url: must be "file:PATH", on this machine',
    ),
    (f'{FEED}every = "59s"', "4: feed[1].every: is less than polling.every_min, 1m"),
    (f'{FEED}start = "some"', '4: feed[1].start: must be "new", "all" or a number of stories'),
    (f"{FEED}start = 1001", "4: feed[1].start: must be at most 1000"),
    (f"{FEED}start = -1", "4: feed[1].start: must be at least 0"),
    (
        f'{FEED}[[feed]]\nname = "a"\nurl = "https://example.org/2"',
        f"5: feed[2].name: {REPEATED.format('feed')}",
    ),
    (
        f'{FEED}[[feed]]\nname = "b"\nurl = "https://example.org/feed/"',
        f"6: feed[2].url: {REPEATED.format('feed')}",
    ),
    (
        f"{HOOK}{HOOK.replace('/hook', '/2')}",
        f"6: destination[2].name: {REPEATED.format('destination')}",
    ),
    (
        CHANNEL + CHANNEL.replace('"channel"', '"b"').replace("daily", "Daily"),
        '8: destination[2].address: is the same place as "channel"',
    ),
    (f'{HOOK}in_doubt = "hold"', f"5: destination[1].in_doubt: {DOUBTFUL}"),
    (f'{HOOK}in_doubt = "nonsense"', f"5: destination[1].in_doubt: {DOUBTFUL}"),
    (
        f'{CHANNEL}headers = {{ x = "y" }}',
        f"5: destination[1].headers: {ONLY_FOR.format('webhook')}",
    ),
    (
        f'{HOOK}events = ["feed.faling"]',
        f'5: destination[1].events[1]: must be {EVENTS}; did you mean "feed.failing"?',
    ),
    (f"{HOOK}events = []", "5: destination[1].events: must name at least one"),
    (
        f'{ROUTE}to = "hook"'.replace(HOOK, f'{HOOK}events = ["feed.failing"]\n'),
        '11: route[1].to: the events of "hook" lack "story.published": it gets none',
    ),
    (f"{HOOK}headers = {{ x = 1 }}", "5: destination[1].headers.x: must be text in quotes"),
    (f'{CHANNEL}max_age = "59s"', "5: destination[1].max_age: must be between 1m and 365d"),
    (
        f"{CHANNEL}max_per_second = 5",
        '5: destination[1].max_per_second: is for the kind "webhook" alone: leave it out here',
    ),
    (f'{CHANNEL}max_age = "366d"', "5: destination[1].max_age: must be between 1m and 365d"),
    (
        f"{CHANNEL}max_age = 24",
        '5: destination[1].max_age: must be a duration in quotes: "30s", "15m", "1h30m"',
    ),
    (f'{CHANNEL}backlog = "newest"', f"5: destination[1].backlog: {BACKLOG}"),
    (f'{CHANNEL}backlog = "newest:0"', f"5: destination[1].backlog: {BACKLOG}"),
    (f'{CHANNEL}backlog = "newest:1001"', f"5: destination[1].backlog: {BACKLOG}"),
    (
        f'{HOOK}backlog = "roll_up"',
        (
            "5: destination[1].backlog: a webhook gets each story as an event of its own:"
            ' write "all" or "newest:N"'
        ),
    ),
    (f'{CHANNEL}secret = "x"', f"5: destination[1].secret: {ONLY_FOR.format('webhook')}"),
    (
        HOOK.replace("https://", ""),
        '4: destination[1].address: must be a URL that begins with "https://" or "http://"',
    ),
    (
        CHANNEL.replace("@", ""),
        f"4: destination[1].address: {CHAT}",
    ),
    (
        '[[destination]]\nname = "t"\nkind = "console"\naddress = "x"',
        '4: destination[1].address: must be "stdout", or left out',
    ),
    (
        f'{FEED}{HOOK}[[route]]\nfeed = "b"\nto = "hook"',
        '9: route[1].feed: no [[feed]] is named "b"',
    ),
    (f'{ROUTE}to = "hok"', f'10: route[1].to: {STRANGER} "hok"; did you mean "hook"?'),
    (f"{ROUTE}to = []", "10: route[1].to: must name at least one"),
    (f'{ROUTE}to = ["hook", "hook"]', '10: route[1].to: "a" goes to "hook" twice: once is enough'),
    (
        f'{ROUTE}to = "hook"\nsilent = "true"',
        "11: route[1].silent: must be true or false, without quotes",
    ),
    (f'{ROUTE}to = "hook"\nsummary_max = 3001', "11: route[1].summary_max: must be at most 3000"),
    (
        f'{ROUTE}to = "hook"\nlayout = "cards"',
        '11: route[1].layout: must be "card" or "title"; did you mean "card"?',
    ),
    (
        f'{ROUTE}to = "hook"\nhashtags = ["berita", "2023"]',
        f"11: route[1].hashtags[2]: {HASHTAG}",
    ),
    (
        f'{ROUTE}to = "hook"\nhashtags = {[f"t{n}" for n in range(11)]}',
        "11: route[1].hashtags: names too many",
    ),
    (
        "[network]\nallow_private = ['10.0.0.1/8']",
        '2: network.allow_private[1]: has bits set beyond its length; did you mean "10.0.0.0/8"?',
    ),
    (
        "[network]\nallow_private = ['x']",
        '2: network.allow_private[1]: is not a network: write "127.0.0.0/8" or "10.1.2.3"',
    ),
    ("[telegram]\nowners = [0]", "2: telegram.owners[1]: must be at least 1"),
    ('[telegram]\nowners = ["5"]', "2: telegram.owners[1]: must be a whole number, without quotes"),
    ('[feed]\nname = "a"', "1: feed: must be a table of its own: [[feed]]"),
    ("feed = [5]", "1: feed[1]: must be a table of its own: [[feed]]"),
    ("polling = 5", "1: polling: must be a table of its own: [polling]"),
    ("[[polling]]", "1: polling: must be a table of its own: [polling]"),
    ("[[feeds]]", '1: feeds: no such section; did you mean "feed"?'),
    ('token = "x"', "1: token: no such option outside of a section; it belongs to [telegram]"),
    (
        "[polling\nevery = 1",
        "1: not TOML: expected ']' at the end of a table declaration, at column 9",
    ),
    ("[log]\nlevel = 'info'\nlevel = 'info'", "3: not TOML: cannot overwrite a value"),
    (
        "[webhooks]\nallow_http = yes  # or no?",
        f"2: not TOML: invalid value, at column 14; {SMALL}",
    ),
    ("[webhooks]\nallow_http = True", f"2: not TOML: invalid value, at column 14; {SMALL}"),
    ("[log]\nlevel = debug", f"2: not TOML: invalid value, at column 9; {IN_QUOTES}"),
    ("[log]\nlevel = “debug”\n", f"2: not TOML: invalid value, at column 9; {STRAIGHT}"),
    (
        "[log]\nlevel =\n",
        '2: not TOML: invalid value, at column 8; a value is missing: "" for none',
    ),
    ("[polling]\nevery = 15m\n", f"2: not TOML: {NO_END}, at column 11; {IN_QUOTES}"),
    ("[telegram]\nowners = 12 13\n", f"2: not TOML: {NO_END}, at column 13"),
    ("[log]\nlevel = 'it's'\n", f"2: not TOML: {NO_END}, at column 13"),
    ('[log]\nlevel = """', "2: not TOML: unterminated string"),
]


def test_a_file_with_six_mistakes_names_all_six(faults: Faults) -> None:
    assert faults(SIX) == [
        'berita.toml:2: polling.evry: no such option; did you mean "every"?',
        "berita.toml:3: polling.concurrency: must be at least 1",
        'berita.toml:6: messages.time_zone: is no known time zone; did you mean "Asia/Jakarta"?',
        'berita.toml:10: feed[1].url: must begin with "https://", "http://" or "file:"',
        f'berita.toml:14: destination[1].kind: {KINDS}; did you mean "telegram"?',
        f'berita.toml:19: route[1].to: {STRANGER} "chanel"; did you mean "channel"?',
    ]


@pytest.mark.parametrize(("section", "option", "value", "message"), ONE_OPTION)
def test_a_wrong_option_is_named_with_what_was_expected(
    faults: Faults, section: str, option: str, value: str, message: str
) -> None:
    text = f"\n[{section}]\n{option} = {value}\n"

    assert faults(text) == [f"berita.toml:3: {section}.{option}: {message}"]


@pytest.mark.parametrize(("text", "complaint"), TABLES)
def test_a_wrong_table_is_named_with_its_line(faults: Faults, text: str, complaint: str) -> None:
    assert faults(text) == [f"berita.toml:{complaint}"]


@pytest.mark.parametrize("service", [1087968824, 777000, 136817688])
def test_an_account_that_speaks_for_anybody_cannot_own_the_bot(
    faults: Faults, service: int
) -> None:
    (complaint,) = faults(f"[telegram]\nowners = [42, {service}]")

    assert complaint.startswith("berita.toml:2: telegram.owners[2]: is ")
    assert "anybody could command the bot" in complaint


def test_mistakes_come_in_the_order_of_the_file(faults: Faults) -> None:
    lines = [int(line.split(":")[1]) for line in faults(SIX + "\n[store]\nurl = 'x'\nx = 1\n")]

    assert lines == sorted(lines)
    assert len(lines) == 8
