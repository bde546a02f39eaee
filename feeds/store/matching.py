"""Which rows the configuration file means, and their names made free for it."""

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from feeds.errors import Conflict

FAULTS_MAX = 10  # told at once


def match(
    wanted: Mapping[str, Any], ours: Mapping[int, tuple[str, tuple[Any, Any]]]
) -> dict[str, int]:
    """Find for each declared name the row it means: by identity first, else by name."""
    by_name = {name: row for row, (name, _) in ours.items()}
    by_identity: dict[Any, int] = {}
    for rank in (0, 1):  # as the file wrote it counts before as it came to be
        for row, (_, identities) in ours.items():
            by_identity.setdefault(identities[rank], row)
    matched: dict[str, int] = {}
    taken: set[int] = set()
    for found in (
        {name: by_identity.get(identity) for name, identity in wanted.items()},
        {name: by_name.get(name) for name in wanted},
    ):
        for name, row_id in found.items():
            if row_id is not None and row_id not in taken and name not in matched:
                matched[name] = row_id
                taken.add(row_id)
    return matched


def refuse_clashes(
    what: str, wanted: Mapping[str, Any], added: Mapping[str, Any], *, but: Collection[str]
) -> None:
    """Raise Conflict for what is declared although an admin added it, or another of that name.

    `wanted` and `added` give the identity of each name; a declared one that is known already
    (`but` these) keeps its row, whoever has come to stand where it stood once.
    """
    declared = {identity: name for name, identity in wanted.items() if name not in but}
    faults = []
    for name, identity in sorted(added.items()):
        if identity in declared:
            faults.append(
                f"The file declares the {what} {declared[identity]}, which an admin has added as"
                f" {name}: take it out of the file, or `berita {what} remove {name}`, which leaves"
                " what was published known."
            )
        elif name in wanted:
            faults.append(
                f"The file declares the {what} {name}, and an admin has added another one of that"
                f" name: rename it in the file, or `berita {what} set {name} --name …`."
            )
    if faults:
        raise Conflict("\n".join(faults[:FAULTS_MAX]))


def make_way(
    connection: sa.Connection,
    table: sa.Table,
    names: Mapping[int, str],
    matched: Mapping[str, int],
    declared: Collection[str],
) -> None:
    """Take every name off the row that must lose it, so that names can even be exchanged."""
    wanted_by = {row: name for name, row in matched.items()}
    for row, name in names.items():
        taken_over = name in declared and matched.get(name) != row
        if taken_over or wanted_by.get(row, name) != name:
            connection.execute(
                sa.update(table).where(table.c.id == row).values(name=f"{name}-was-{row}")
            )
