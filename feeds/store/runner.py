"""What runs an operation, a plain function on a Connection, in one transaction of a database."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

import sqlalchemy as sa

Result = TypeVar("Result")


class Runner(Protocol):
    """Runs each operation in one transaction; raises StoreUnavailable and StoreUnusable."""

    async def write(self, operation: Callable[[sa.Connection], Result]) -> Result:
        """Run in a transaction that commits when the operation returns."""
        ...

    async def read(self, operation: Callable[[sa.Connection], Result]) -> Result:
        """Run in a transaction that sees one state of the database and changes nothing."""
        ...

    async def checkpoint(self) -> None:
        """Fold the write-ahead log back into the file, where there is one."""
        ...

    async def backup(self, target: Path) -> None:
        """Write a whole, consistent copy; raises BadRequest where the database has its own way."""
        ...

    def hurry(self) -> None:
        """Give up early on what another process keeps locked; from any thread."""
        ...

    async def close(self) -> None:
        """End all connections."""
        ...
