"""A database that cannot be used is refused with what to do, and stays as it is to the byte."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.house import House

NEXT_YEARS_SCHEMA = "9999"


def _no_database(file: Path) -> None:
    file.write_bytes(b"These are my holiday notes.\n" * 400)


def _damaged(file: Path) -> None:
    """Overwrite its first table's page, as a failing disk may."""
    whole = bytearray(file.read_bytes())
    page = int.from_bytes(whole[16:18], "big")  # https://www.sqlite.org/fileformat.html §1.3.2
    whole[100 : 4 * page] = b"\xa5" * (4 * page - 100)
    file.write_bytes(whole)


def _newer(file: Path) -> None:
    database = sqlite3.connect(file)
    with database:
        database.execute("UPDATE alembic_version SET version_num = ?", (NEXT_YEARS_SCHEMA,))
    database.close()  # the last to leave folds the log in


@pytest.mark.parametrize(
    ("spoil", "said", "advice"),
    [
        (_no_database, "is not a database", "berita backup"),
        (_damaged, "damaged", "berita backup"),
        (_newer, NEXT_YEARS_SCHEMA, "newer"),
    ],
    ids=["no database", "damaged", "newer schema"],
)
def test_it_is_refused_with_what_to_do_and_left_untouched(
    house: House, spoil: Callable[[Path], None], said: str, advice: str
) -> None:
    assert house.call("migrate").returncode == 0
    file = house.folder / "berita.db"
    spoil(file)
    before = file.read_bytes()

    told = [house.call(command) for command in ("run", "check")]

    for each in told:
        assert each.returncode == 1, each.stderr
        assert said in each.stderr
        assert advice in each.stderr
        assert "Traceback" not in each.stderr
    assert file.read_bytes() == before
    assert not (house.folder / "berita.db-wal").exists()


def test_a_folder_that_cannot_be_made_is_told_in_words(house: House) -> None:
    (house.folder / "var").touch()
    house.set("store", url=f"sqlite:///{house.folder}/var/berita.db")

    told = house.call("run")

    assert told.returncode == 1
    assert "cannot be opened" in told.stderr
    assert "See where store.url leads" in told.stderr
    assert "Traceback" not in told.stderr
