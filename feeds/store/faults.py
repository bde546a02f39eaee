"""What databases say when they cannot, told as the three errors the rest of the house knows."""

import contextlib
import errno
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from feeds.errors import StoreError, StoreRefused, StoreUnavailable, StoreUnusable

RESTORE = "Restore a copy made with `berita backup`, or move the file away to start afresh."

# https://www.sqlite.org/rescode.html, by the primary name; extended names begin with these.
_SQLITE_UNUSABLE = {
    "SQLITE_CORRUPT": f"The database is damaged. {RESTORE}",
    "SQLITE_NOTADB": f"The file is not a database. {RESTORE}",
    "SQLITE_READONLY": "The database may not be written: check its owner and permissions.",
    "SQLITE_AUTH": "The database may not be opened: check its owner and permissions.",
}
_SQLITE_UNAVAILABLE = {
    "SQLITE_FULL": "The disk is full: free some space; nothing was half-written.",
    "SQLITE_IOERR": "The disk of the database answered with an error: check it and its free space.",
    "SQLITE_BUSY": "The database is busy with another process: try again in a moment.",
    "SQLITE_LOCKED": "The database is busy with another process: try again in a moment.",
    "SQLITE_CANTOPEN": "The database cannot be opened: check that its folder is there.",
    "SQLITE_PROTOCOL": "The database is busy with another process: try again in a moment.",
    "SQLITE_NOMEM": "No memory left for the database.",
}
# https://www.postgresql.org/docs/current/errcodes-appendix.html, by class or whole code.
_POSTGRES_UNUSABLE = {
    "28": "PostgreSQL refuses the user or password given in the store's url.",
    "3D": "PostgreSQL has no database of that name: create it, or correct the store's url.",
    "42501": "PostgreSQL does not let this user use the tables: grant it the rights.",
    "XX001": "The database is damaged: restore a backup.",
    "XX002": "The database is damaged: restore a backup.",
}
_POSTGRES_UNAVAILABLE = {
    "08": "The connection to PostgreSQL is lost.",
    "25P03": "PostgreSQL ended the connection.",
    "25006": "PostgreSQL is read-only at the moment.",
    "40": "PostgreSQL could not finish the transaction beside others.",
    "53": "PostgreSQL is out of space, memory or connections.",
    "55": "PostgreSQL is busy with another process.",
    "57": "PostgreSQL is being stopped or restarted.",
    "58": "PostgreSQL met a disk error.",
}
_OPENING = {
    errno.EACCES: "Let the user who runs Berita write there.",
    errno.EPERM: "Let the user who runs Berita write there.",
    errno.EROFS: "Make it writable, or give store.url another place.",
    errno.ENOSPC: "The disk is full: free some space.",
    errno.EDQUOT: "The disk is full for this user: free some space.",
}
_FULL = ("SQLITE_FULL", "53")
_POSTGRES_REFUSED = ("22", "23")  # data exceptions, integrity violations


def cannot_open(path: Path, error: OSError) -> StoreUnusable:
    """Make the error for a file or folder of the store that the system does not give us."""
    advice = _OPENING.get(error.errno or 0, "See where store.url leads, and what is there.")
    return StoreUnusable(f"{path} cannot be opened: {error.strerror or error}. {advice}")


@contextlib.contextmanager
def told_plainly() -> Iterator[None]:
    """Turn a driver's failure into one of the StoreErrors; let our own faults pass.

    Every OSError here comes of talking to the database: a socket that is not there while PostgreSQL
    restarts, a name that cannot be looked up. What opens files tells its own before it gets here.
    """
    try:
        yield
    except (sa.exc.DBAPIError, sqlite3.Error) as error:
        if told := _plain(error):
            raise told from error
        if refuses_value(error):
            raise StoreRefused(f"The database refuses a value: {_cause_of(error)}") from error
        raise
    except (UnicodeError, OverflowError) as error:  # what drivers refuse before SQL begins
        raise StoreRefused(f"The database refuses a value: {error}") from error
    except (sa.exc.TimeoutError, OSError) as error:
        message = "The database does not answer: see that it runs, and that store.url leads to it."
        raise StoreUnavailable(message) from error


def repeatable(error: sa.exc.DBAPIError) -> bool:
    """Tell whether the same transaction may simply be tried again (a deadlock, a race)."""
    return _postgres_code(error.orig).startswith("40")


def refuses_value(error: Exception) -> bool:
    """Tell whether a value was refused: that row's fault, and the database is well."""
    if isinstance(error, sa.exc.IntegrityError | sa.exc.DataError | UnicodeError | OverflowError):
        return True
    if not isinstance(error, sa.exc.DBAPIError):
        return False
    # What asyncpg refuses before it leaves, SQLAlchemy has no class for: a ValueError, or a code.
    cause = error.orig and error.orig.__cause__
    return isinstance(cause, ValueError) or _postgres_code(cause)[:2] in _POSTGRES_REFUSED


def _plain(error: sa.exc.DBAPIError | sqlite3.Error) -> StoreError | None:
    cause = _cause_of(error)
    name = getattr(cause, "sqlite_errorname", None)
    if name is not None:
        primary = "_".join(str(name).split("_")[:2])
        return _found(primary, _SQLITE_UNUSABLE, _SQLITE_UNAVAILABLE)
    code = _postgres_code(cause)
    for known in (code, code[:2]):
        if told := _found(known, _POSTGRES_UNUSABLE, _POSTGRES_UNAVAILABLE):
            return told
    if isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated:
        return StoreUnavailable(_POSTGRES_UNAVAILABLE["08"])
    return None


def _cause_of(error: sa.exc.DBAPIError | sqlite3.Error) -> BaseException | None:
    return error.orig if isinstance(error, sa.exc.DBAPIError) else error


def _found(code: str, unusable: dict[str, str], unavailable: dict[str, str]) -> StoreError | None:
    if code in unusable:
        return StoreUnusable(unusable[code])
    if code in _FULL:
        return StoreUnavailable(unavailable[code], "error.store.full")
    if code in unavailable:
        return StoreUnavailable(unavailable[code])
    return None


def _postgres_code(cause: BaseException | None) -> str:
    return str(getattr(cause, "sqlstate", None) or "")
