"""Secrets: they may lie in files of their own, and never show."""

import base64
import traceback
from pathlib import Path

import pytest

from config import ConfigErrors, load
from tests.unit.config.conftest import Faults, Read

TOKEN = "987654321:AAH-hush-hush-hush-hush-hush-hush"
SECRET = "whsec_" + base64.b64encode(b"hush" * 8).decode()
STORE = "postgresql://berita:hush@localhost/news"
HOOK = '[[destination]]\nname = "hook"\nkind = "webhook"\naddress = "https://x.example/hush"\n'
FEED = '[[feed]]\nname = "a"\nurl = "https://x.example/?key=hush"\n'


def test_secrets_are_read_from_the_files_named(read: Read, tmp_path: Path) -> None:
    for name, content in (("token", TOKEN), ("secret", SECRET), ("url", STORE)):
        (tmp_path / name).write_text(f"  {content}\n\n", encoding="utf-8")

    settings = read(
        f"[store]\nurl_file = 'url'\n[telegram]\ntoken_file = '{tmp_path}/token'\n"
        f"{HOOK}secret_file = 'secret'\n"
    )

    assert settings.store.url.get_secret_value() == STORE
    assert settings.store.shown == "postgresql://localhost/news"
    assert settings.telegram.token.get_secret_value() == TOKEN
    assert settings.destinations[0].secret is not None
    assert settings.destinations[0].secret.get_secret_value() == SECRET


def test_a_secret_file_is_sought_where_its_name_was_written(tmp_path: Path) -> None:
    for folder, token in (("etc", "1:etc"), ("home", "2:home")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "token").write_text(token, encoding="utf-8")
    file = tmp_path / "etc" / "berita.toml"
    file.write_text("[telegram]\ntoken_file = 'token'\n", encoding="utf-8")
    home = tmp_path / "home"

    by_file = load(file, {}, home)
    by_variable = load(file, {"BERITA_TELEGRAM__TOKEN_FILE": "token"}, home)

    assert by_file.telegram.token.get_secret_value() == "1:etc"
    assert by_variable.telegram.token.get_secret_value() == "2:home"


def test_a_token_in_the_environment_replaces_the_token_file(read: Read, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("1:file", encoding="utf-8")

    by_token = read("[telegram]\ntoken_file = 'gone'\n", {"BERITA_TELEGRAM__TOKEN": "2:given"})
    by_file = read("[telegram]\ntoken = '3:old'\n", {"BERITA_TELEGRAM__TOKEN_FILE": "token"})

    assert by_token.telegram.token.get_secret_value() == "2:given"
    assert by_file.telegram.token.get_secret_value() == "1:file"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, 'cannot read "{path}": No such file or directory'),
        (b" \n", '"{path}" is empty'),
        (b"\xff\xfe", '"{path}" is not text'),
        (b"x" * 64_001, '"{path}" is too large to be a secret'),
        (b"hush", "does not look like a bot token: copy it whole from @BotFather"),
    ],
    ids=["missing", "empty", "binary", "large", "no token"],
)
def test_a_secret_file_that_does_not_serve_is_named_with_the_reason(
    faults: Faults, tmp_path: Path, content: bytes | None, said: str
) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)

    complaints = faults("[telegram]\ntoken_file = 'token'\n")

    assert complaints == [f"berita.toml:2: telegram.token_file: {said.format(path=path)}"]


def test_a_secret_given_twice_is_a_mistake(faults: Faults) -> None:
    text = f"[telegram]\ntoken = '{TOKEN}'\ntoken_file = 'x'\n{HOOK}secret = '{SECRET}'\n"
    both = {"BERITA_STORE__URL": STORE, "BERITA_STORE__URL_FILE": "x"}

    assert faults(f"{text}secret_file = 'y'\n", both) == [
        "berita.toml:3: telegram.token_file: token is given, too: keep one of the two",
        "berita.toml:9: destination[1].secret_file: secret is given, too: keep one of the two",
        "BERITA_STORE__URL_FILE: url is given, too: keep one of the two",
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"[telegram]\ntoken_file = '{TOKEN}'\n",
        f"{HOOK}secret_file = '{SECRET}'\n",
        f"[store]\nurl_file = '{STORE}'\n",
    ],
    ids=["token", "secret", "url"],
)
def test_a_secret_in_the_place_of_a_file_name_is_not_repeated(faults: Faults, text: str) -> None:
    (complaint,) = faults(text)

    assert complaint.endswith("must name a file; this looks like the secret itself")
    assert "hush" not in complaint


def test_no_secret_shows_in_settings(read: Read) -> None:
    settings = read(
        f"[store]\nurl = '{STORE}'\n[telegram]\ntoken = '{TOKEN}'\n"
        f"{HOOK}secret = '{SECRET}'\n{FEED}"
    )

    assert settings.telegram.token.get_secret_value() == TOKEN
    for shown in (repr(settings), str(settings), f"{settings.telegram}", settings.store.shown):
        assert "hush" not in shown
        assert SECRET not in shown
    assert not any("hush" in warning for warning in settings.warnings)


@pytest.mark.parametrize(
    "text",
    [
        "[telegram]\ntoken = 'hush'\n",
        "[telegram]\ntoken = ['hush']\n",
        "[telegram]\ntoken = {x = 'hush'}\n",
        "[telegram]\ntokn = 'hush'\n",
        "[telegram]\ntoken = 'hush\n",
        "[telegrm]\ntoken = 'hush'\n",
        "telegram = 'hush'\n",
        "[store]\nurl = 'mysql://u:hush@h/d'\n",
        "[store]\nurl = 'postgresql://u:hush/d'\n",
        "[store]\nurl = 'postgresql://u:hu/hush@host/db'\n",
        HOOK.replace("https://", "") + "secret = 'hush'\n",
        HOOK + "secrets = 'hush'\n",
        HOOK + HOOK,
        HOOK.replace("webhook", "telegram"),
        FEED.replace("https://", "https://me:hush@"),
        FEED.replace("https://", "gopher://"),
        FEED + FEED,
    ],
)
def test_no_secret_shows_in_a_complaint_or_its_traceback(
    faults: Faults, tmp_path: Path, text: str
) -> None:
    complaints = faults(text)

    with pytest.raises(ConfigErrors) as refused:
        load(tmp_path / "berita.toml", {}, tmp_path)
    trace = "".join(traceback.format_exception(refused.value))
    assert not any("hush" in line for line in [*complaints, trace, repr(refused.value.errors)])


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:hush@host/db",
        "postgresql://u:x@hush@host/db",
        "postgresql://host/db?user=u&password=hush",
        "postgresql://host/db?password=hu@hush",
    ],
)
def test_a_database_is_shown_without_its_password(read: Read, url: str) -> None:
    settings = read(f"[store]\nurl = '{url}'\n")

    assert "hush" not in settings.store.shown
    assert settings.store.shown.startswith("postgresql://")
