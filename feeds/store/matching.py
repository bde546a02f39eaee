"""Which rows the configuration file means, and their names made free for it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from feeds.errors import Conflict
from feeds.model import Origin
from feeds.store.statements import AnyRow


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


def refuse_clashes(what: str, declared: set[str], rows: Sequence[AnyRow]) -> None:
    """Raise Conflict for names that an admin gave to something else."""
    taken = sorted(row.name for row in rows if row.origin == Origin.ADMIN and row.name in declared)
    if taken:
        raise Conflict(
            f"The file declares the {what} {', '.join(taken)}, which an admin has added: "
            f"rename it in the file, or `berita {what} set {taken[0]} --name …`."
        )


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
