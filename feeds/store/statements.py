"""Small parts that several statements share: upserts, lists, instants compared, public ids."""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
PUBLIC_ID_LENGTH = 22  # base62 characters that hold 128 bits
LIST_MAX = 512  # values in one IN (…)

Value = TypeVar("Value")
Upsert = dict[str, sa.Executable]
AnyRow = sa.Row[*tuple[Any, ...]]  # read by the names its statement gives


def upsert(
    table: sa.Table,
    *,
    key: Sequence[str],
    update: Callable[[Any], Mapping[str, Any]],
    where: Callable[[Any], sa.ColumnElement[bool]] | None = None,
) -> Upsert:
    """Make INSERT … ON CONFLICT DO UPDATE for each dialect: SQLAlchemy has one class for each.

    `update` and `where` are given the columns of the row that was to be inserted.
    """
    made: Upsert = {}
    for dialect in (sqlite, postgresql):
        insert = dialect.insert(table)
        made[dialect.dialect.name] = insert.on_conflict_do_update(
            index_elements=list(key),
            set_=dict(update(insert.excluded)),
            where=where(insert.excluded) if where else None,
        )
    return made


def listed(values: Iterable[Value]) -> list[list[Value]]:
    """Cut values for IN lists: a few lengths only, so that prepared statements are found again."""
    every = list(dict.fromkeys(values))
    chunks = [every[at : at + LIST_MAX] for at in range(0, len(every), LIST_MAX)]
    for chunk in chunks:
        room = 1 << (len(chunk) - 1).bit_length()
        chunk.extend(chunk[-1:] * (room - len(chunk)))
    return chunks


def ids(name: str = "ids") -> sa.BindParameter[Any]:
    """Stand for a list in IN (…)."""
    return sa.bindparam(name, expanding=True)


def later(one: sa.ColumnElement[Any], other: Any) -> sa.ColumnElement[Any]:
    """Take the later of two instants; `one` where `other` is NULL, and `other` where `one` is."""
    return sa.case((one.is_(None), other), (other > one, other), else_=one)


def public_id(prefix: str, dice: random.Random) -> str:
    """Make a random name such as "sty_" + 22 base62 characters."""
    number = dice.getrandbits(128)
    characters = []
    for _ in range(PUBLIC_ID_LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        characters.append(ALPHABET[digit])
    return prefix + "".join(characters)


def storable(text: str, most: int) -> str:
    """Cut a text to its bound and take out what no database takes: NUL and lone surrogates."""
    cut = text[:most]
    if cut.isascii() and "\0" not in cut:
        return cut
    return cut.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
