"""SQLite: one writing connection in its own thread, one reading connection in another.

Synchronous Core in one thread costs a fifth of what an async driver does, and is deterministic on
a virtual-time loop (`inline`). All writing and checkpointing happens under the WriteLock.
"""

import asyncio
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
import structlog

from feeds.errors import BadRequest, StoreUnavailable, StoreUnusable
from feeds.store.faults import RESTORE, cannot_open, told_plainly
from feeds.store.locks import WriteLock
from feeds.store.schema import ensure_current

Result = TypeVar("Result")

log = structlog.get_logger()

BUSY_SECONDS = 10  # for others than us, who do not know the WriteLock
STATEMENTS_CACHED = 512
MAGIC = b"SQLite format 3\x00"  # https://www.sqlite.org/fileformat.html §1.3


class SqliteRunner:
    """Runs operations on one SQLite file; see Runner."""

    def __init__(self, path: Path, *, inline: bool) -> None:
        self._path = path
        self._writes = _Room(path, begin="BEGIN IMMEDIATE", thread=None if inline else "writer")
        self._reads = _Room(path, begin="BEGIN", thread=None if inline else "reader")
        self._lock: WriteLock

    async def open(self, *, create: bool, migrate: bool) -> None:
        """Open and migrate the file; raises StoreUnusable, and then leaves it as it is."""
        try:
            with told_plainly():
                await self._writes.do(lambda: self._open(create=create, migrate=migrate))
                await self._reads.do(self._reads.connect)
        except BaseException:
            self._writes.end()
            self._reads.end()
            raise

    async def write(self, operation: Callable[[sa.Connection], Result]) -> Result:
        """Run under the write lock, in a transaction that is on disk when this returns."""

        def deed() -> Result:
            with told_plainly(), self._lock.held(), self._writes.connection.begin():
                return operation(self._writes.connection)

        return await self._writes.do(deed)

    async def read(self, operation: Callable[[sa.Connection], Result]) -> Result:
        """Run on the reading connection: it never waits for a commit, nor a commit for it."""

        def deed() -> Result:
            with told_plainly(), self._reads.connection.begin():
                return operation(self._reads.connection)

        return await self._reads.do(deed)

    async def checkpoint(self) -> None:
        """Fold the log into the file and cut it; as far as readers let us, waiting for none."""

        def deed() -> None:
            with told_plainly(), self._lock.held():
                _fold(self._writes.driver)

        await self._writes.do(deed)

    async def backup(self, target: Path) -> None:
        """Copy the database into `target`, whole or not at all, readable by its owner only."""
        await self._reads.do(lambda: self._backup(target))

    def hurry(self) -> None:
        """Wait no longer than an instant for another process's write lock; from any thread."""
        self._lock.hurry()

    async def close(self) -> None:
        """Close both connections; the last one to leave folds the log in, under the lock.

        Without it, if another process keeps it: that one has the file open and is the last, or
        SQLite sees to it alone, for the last close keeps everybody out by itself.
        """
        await self._reads.do(self._reads.disconnect)
        await self._writes.do(self._close)
        self._reads.end()
        self._writes.end()

    def _open(self, *, create: bool, migrate: bool) -> None:
        try:
            _prepare(self._path, create=create)
            self._lock = WriteLock(self._path.with_name(f"{self._path.name}.lock"))
        except OSError as error:
            raise cannot_open(self._path, error) from error
        try:
            with self._lock.held():
                self._writes.connect()
                with self._writes.connection.begin():
                    ensure_current(self._writes.connection, migrate=migrate)
                self._writes.driver.execute("PRAGMA journal_mode = WAL").fetchall()
        except BaseException:
            self._writes.disconnect()
            self._lock.close()
            raise

    def _close(self) -> None:
        try:
            with self._lock.held():
                self._writes.disconnect()
        except StoreUnavailable as error:
            self._writes.disconnect()
            log.warning("store closed beside a writer", why=str(error))
        finally:
            self._lock.close()

    def _backup(self, target: Path) -> None:
        if target.resolve() == self._path.resolve():
            raise BadRequest("That file is the database itself: name another one.")
        part = target.with_name(f"{target.name}.part")
        try:
            part.unlink(missing_ok=True)
            os.close(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600))
            with told_plainly():
                self._reads.driver.execute("VACUUM INTO ?", (str(part),))
            _sync(part)
            part.replace(target)
            _sync(target.parent)
        except OSError as error:
            raise BadRequest(f"Cannot write {target}: {error.strerror or error}.") from error
        finally:
            part.unlink(missing_ok=True)


class _Room:
    """One connection and, unless inline, the one thread that may touch it."""

    connection: sa.Connection

    def __init__(self, path: Path, *, begin: str, thread: str | None) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1, f"store-{thread}") if thread else None
        # The documented recipe: the driver starts no transaction of its own accord; else it
        # begins too late for a read-then-write, and loses updates.
        # https://docs.sqlalchemy.org/en/21/dialects/sqlite.html#serializable-isolation-savepoints-transactional-ddl
        self._engine = sa.create_engine(
            "sqlite://", creator=self._connect, poolclass=sa.pool.NullPool
        )
        sa.event.listen(self._engine, "begin", lambda connection: connection.exec_driver_sql(begin))

    async def do(self, deed: Callable[[], Result]) -> Result:
        if self._thread is None:
            return deed()
        return await asyncio.get_running_loop().run_in_executor(self._thread, deed)

    def connect(self) -> None:
        self.connection = self._engine.connect()

    def disconnect(self) -> None:
        if hasattr(self, "connection"):
            self.connection.close()
        self._engine.dispose()

    def end(self) -> None:
        if self._thread is not None:
            self._thread.shutdown(wait=False)

    @property
    def driver(self) -> sqlite3.Connection:
        driver = self.connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        return driver

    def _connect(self) -> sqlite3.Connection:
        driver = sqlite3.connect(
            self._path,
            isolation_level=None,
            timeout=BUSY_SECONDS,
            cached_statements=STATEMENTS_CACHED,
        )
        for pragma in (
            "foreign_keys = ON",
            "synchronous = FULL",  # a commit survives the power going
            "wal_autocheckpoint = 0",  # checkpoints are upkeep's, under the lock
        ):
            driver.execute(f"PRAGMA {pragma}")
        return driver


def _fold(driver: sqlite3.Connection) -> None:
    """Checkpoint without waiting: every writer, ours and others', would wait along for a reader."""
    driver.execute("PRAGMA busy_timeout = 0").fetchall()
    try:
        # The first does the work without locking out; what it could not fold, no second could cut.
        _, logged, folded = driver.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        if logged == folded:
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        driver.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1_000}").fetchall()


def _prepare(path: Path, *, create: bool) -> None:
    """Make folder and file readable by their owner only; refuse what is no database."""
    if not path.exists():
        if not create:
            raise StoreUnusable(
                f"There is no database at {path}: check store.url, or start `berita run` first."
            )
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    with path.open("rb") as file:
        head = file.read(len(MAGIC))
    if head not in (b"", MAGIC):
        raise StoreUnusable(f"{path} is not a database. {RESTORE}")
    if not os.access(path, os.W_OK):
        raise StoreUnusable(f"{path} may not be written: check its owner and permissions.")


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
