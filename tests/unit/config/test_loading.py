"""Where the configuration comes from: files, the environment, and the paths in them."""

from datetime import timedelta
from pathlib import Path

import pytest

from config import ConfigErrors, Settings, load
from config.loading import shipped
from tests.unit.config.conftest import Faults, Read

LEVEL = "[log]\nlevel = '{}'\n"


def level_in(path: Path, level: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(LEVEL.format(level), encoding="utf-8")
    return path


def complaint(path: Path | None, cwd: Path, environ: dict[str, str] | None = None) -> str:
    with pytest.raises(ConfigErrors) as refused:
        load(path, environ or {}, cwd)
    return str(refused.value)


def test_the_named_file_comes_before_the_variable_before_the_folder_before_the_shipped(
    tmp_path: Path,
) -> None:
    named = level_in(tmp_path / "a" / "named.toml", "debug")
    level_in(tmp_path / "b" / "variable.toml", "warning")
    level_in(tmp_path / "berita.toml", "error")
    empty = tmp_path / "empty"
    empty.mkdir()
    variable = {"BERITA_CONFIG": "b/variable.toml"}

    assert load(named, variable, tmp_path).log.level == "debug"
    assert load(Path("a/named.toml"), variable, tmp_path).log.level == "debug"
    assert load(None, variable, tmp_path).log.level == "warning"
    assert load(None, {"BERITA_CONFIG": ""}, tmp_path).log.level == "error"
    assert load(None, {}, empty).file == shipped()


def test_a_named_file_that_is_not_there_is_no_reason_to_take_another(tmp_path: Path) -> None:
    level_in(tmp_path / "berita.toml", "error")

    missing = complaint(Path("other.toml"), tmp_path)
    from_variable = complaint(None, tmp_path, {"BERITA_CONFIG": "gone.toml"})
    folder = complaint(Path(), tmp_path)

    no_file = "cannot read it: No such file or directory"
    advice = "and `berita init` writes one to start from"
    assert missing == f"other.toml: {no_file}; --config names it, {advice}"
    assert from_variable == f"gone.toml: {no_file}; $BERITA_CONFIG names it, {advice}"
    assert folder.endswith("cannot read it: Is a directory; name the berita.toml in it")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[log]\n\nlevel = '\xe9'", "x.toml:3: is not UTF-8 text"),
        (b"\xff\xfe[\x00", "x.toml:1: is not UTF-8 text"),
        (b"#" * 20_000_001, "x.toml: is larger than 20 MB"),
        (b"a = " + b"[" * 5_000, "x.toml: not TOML that can be read: nested too deeply"),
    ],
    ids=["latin-1", "utf-16", "huge", "deep"],
)
def test_a_file_that_cannot_be_one_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "x.toml").write_bytes(content)

    assert complaint(Path("x.toml"), tmp_path) == said


def test_a_file_from_a_windows_editor_is_read(tmp_path: Path) -> None:
    content = "\ufeff[log]\r\nlevel = 'debug'\r\nformt = 'json'\r\n"
    (tmp_path / "berita.toml").write_bytes(content.encode())

    said = complaint(None, tmp_path)

    assert said == 'berita.toml:3: log.formt: no such option; did you mean "format"?'


def test_an_empty_file_gives_every_default(read: Read) -> None:
    settings = read("")

    assert settings.polling == Settings().polling
    assert settings.polling.every == timedelta(minutes=15)
    assert settings.polling.max_body == 10_000_000
    assert settings.messages.time_zone.key == "Asia/Jakarta"
    assert settings.feeds == settings.destinations == settings.routes == ()


def test_values_reach_their_readers_in_plain_python(read: Read) -> None:
    settings = read(
        """
        polling = {every = "1h30m", max_body = "1MiB"}
        network.allow_private = ["127.0.0.0/8", "::1"]
        http.listen = "[::1]:8080"
        feed = [{name = "a", url = "https://example.org/", start = "all", every = "2d"}]
        destination = [{name = "topic", kind = "telegram", address = -1001234567890}]
        route = [{feed = "a", to = "topic", silent = true, summary_max = 0, hashtags = ["#berita"]}]
        """
    )

    assert settings.polling.every == timedelta(minutes=90)
    assert settings.polling.max_body == 2**20
    assert settings.network.allow_private == ("127.0.0.0/8", "::1/128")
    assert settings.http.host_port == ("::1", 8080)
    assert settings.feeds[0].start is None
    assert settings.feeds[0].every == timedelta(days=2)
    assert settings.destinations[0].address == "-1001234567890"
    assert settings.routes[0].to == ("topic",)
    assert settings.routes[0].hashtags == ("berita",)
    assert Settings().http.host_port is None


def test_the_environment_wins_over_the_file(read: Read) -> None:
    settings = read(
        "[polling]\nevery = '5m'\nper_host = 3\n[telegram]\nowners = [1]\n",
        {
            "BERITA_POLLING__EVERY": "10m",
            "BERITA_TELEGRAM__OWNERS": "42, 43",
            "BERITA_NETWORK__ALLOW_PRIVATE": '["10.0.0.0/8"]',
            "BERITA_LOG__LEVEL": "debug",
            "BERITA_WEBHOOKS__IN_FLIGHT": "7",
            "BERITA_WEBHOOKS__ALLOW_HTTP": "True",
            "BERITA_MESSAGES__TIME_ZONE": "Asia/Makassar",
            "BERITA_CONFIG": "",
            "BERITA_ANYTHING": "is not ours",
            "BERITA_OTHER__THING": "neither",
            "PATH": "/bin",
        },
    )

    assert settings.polling.every == timedelta(minutes=10)
    assert settings.polling.per_host == 3
    assert settings.telegram.owners == (42, 43)
    assert settings.network.allow_private == ("10.0.0.0/8",)
    assert settings.log.level == "debug"
    assert settings.webhooks.in_flight == 7
    assert settings.webhooks.allow_http
    assert settings.messages.time_zone.key == "Asia/Makassar"


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("BERITA_POLLING__EVRY", "5m", 'no such option; did you mean "every"?'),
        ("BERITA_POLING__EVERY", "5m", 'no such section; did you mean "BERITA_POLLING__EVERY"?'),
        (
            "BERITA_TELEGRAM_TOKEN",
            "5:x",
            "sets nothing; two underscores part them: BERITA_TELEGRAM__TOKEN",
        ),
        ("BERITA_FEED__URL", "x", "sets nothing: [[feed]] is declared in the file alone"),
        ("BERITA_POLLING__CONCURRENCY", "many", "must be a whole number"),
        ("BERITA_POLLING__CONCURRENCY", "0", "must be at least 1"),
        ("BERITA_WEBHOOKS__ALLOW_HTTP", "yes", "must be true or false"),
        ("BERITA_POLLING__EVERY", "1s", "every is less than every_min"),
        ("BERITA_TELEGRAM__OWNERS", "[1", "must be a list: [ … ]"),
        ("BERITA_LOG__FORMAT", "", 'must be "auto", "console" or "json"'),
    ],
)
def test_a_mistake_in_the_environment_is_named_by_its_variable(
    faults: Faults, variable: str, value: str, said: str
) -> None:
    assert faults("[polling]\nevery = '5m'\n", {variable: value}) == [f"{variable}: {said}"]


def test_mistakes_of_file_and_environment_are_told_together(faults: Faults) -> None:
    said = faults("[log]\nlevel = 'x'\n", {"BERITA_HTTP__LISTEN": "x", "BERITA_HTTP__PORT": "1"})

    assert [line.partition(": ")[0] for line in said] == [
        "berita.toml:2",
        "BERITA_HTTP__PORT",
        "BERITA_HTTP__LISTEN",
    ]


def test_a_relative_store_path_begins_at_the_working_directory(tmp_path: Path) -> None:
    elsewhere = level_in(tmp_path / "etc" / "berita.toml", "info")

    by_default = load(elsewhere, {}, tmp_path)
    named = load(elsewhere, {"BERITA_STORE__URL": "sqlite:///x/y.db"}, tmp_path)
    absolute = load(elsewhere, {"BERITA_STORE__URL": "sqlite:////srv/y.db"}, tmp_path)

    assert by_default.store.url.get_secret_value() == f"sqlite:///{tmp_path}/var/berita.db"
    assert named.store.url.get_secret_value() == f"sqlite:///{tmp_path}/x/y.db"
    assert absolute.store.url.get_secret_value() == "sqlite:////srv/y.db"
    assert by_default.store.shown == f"sqlite:///{tmp_path}/var/berita.db"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("file:sample/feed.xml", "{folder}/sample/feed.xml"),
        ("file:../my%20feed.xml", "{parent}/my%20feed.xml"),
        ("FILE:sample/feed.xml", "{folder}/sample/feed.xml"),
        ("file:/srv/feed.xml", "/srv/feed.xml"),
        ("file:///srv/feed.xml", "/srv/feed.xml"),
        ("file://localhost/srv/feed.xml", "/srv/feed.xml"),
    ],
)
def test_a_file_feed_is_found_from_the_folder_of_the_configuration(
    tmp_path: Path, url: str, path: str
) -> None:
    file = tmp_path / "etc" / "berita.toml"
    file.parent.mkdir()
    file.write_text(f'[[feed]]\nname = "a"\nurl = "{url}"\n', encoding="utf-8")

    settings = load(file, {}, tmp_path)

    expected = path.format(folder=file.parent, parent=tmp_path)
    assert settings.feeds[0].url == f"file://{expected}"


def test_one_file_written_in_two_ways_is_one_feed(faults: Faults, tmp_path: Path) -> None:
    text = '[[feed]]\nname = "a"\nurl = "file:x.xml"\n[[feed]]\nname = "b"\nurl = "file://{}/x.xml"'

    said = faults(text.format(tmp_path))

    assert said == [
        "berita.toml:6: feed[2].url: is that of another [[feed]], too: each has its own"
    ]


def test_a_telegram_destination_without_a_token_is_warned_of(read: Read) -> None:
    text = '[[destination]]\nname = "channel"\nkind = "telegram"\naddress = "@dailyberita"\n'

    (silent,) = read(text).warnings
    (unowned,) = read(text, {"BERITA_TELEGRAM__TOKEN": "42:made-up"}).warnings

    assert 'destination "channel"' in silent
    assert "BERITA_TELEGRAM__TOKEN" in silent
    assert "berita claim" in unowned


def test_settings_do_not_change(read: Read) -> None:
    settings = read("")

    with pytest.raises(ValueError, match="frozen"):
        settings.polling.per_host = 5  # type: ignore[misc]  # that is what is shown
