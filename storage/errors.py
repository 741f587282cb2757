"""What can go wrong with the database, in the words of the core.

CannotOpen   the database cannot be reached or prepared: the message says what to do
UnknownType  a stored event or effect is of a class this version does not have

A transaction that lost against another one is `changes.errors.ConcurrencyConflict`, a database that cannot be used
`changes.errors.DatabaseUnavailable`: the drivers' own errors for these end here.
"""

from typing import NoReturn

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, PendingRollbackError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from changes.errors import ConcurrencyConflict, DatabaseUnavailable, Outage

_LOST_IN_POSTGRESQL = {"40001", "40P01", "23505"}
"""serialization_failure, deadlock_detected, unique_violation."""
_LOST_IN_SQLITE = ("SQLITE_BUSY_SNAPSHOT", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY")

_OUTAGES = (
    # lock_not_available is lock_timeout's: nobody asks for a lock without being ready to wait for it.
    (Outage.BUSY, ("55P03", "SQLITE_BUSY", "SQLITE_LOCKED")),
    (Outage.FULL, ("53100", "SQLITE_FULL")),
    (Outage.READ_ONLY, ("25006", "42501", "SQLITE_READONLY")),
    (Outage.DAMAGED, ("XX001", "XX002", "SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_IOERR_CORRUPTFS")),
    # connection_exception, insufficient_resources, operator_intervention (a query that took too long), system_error;
    # and a password that is no longer the right one, or a database that is gone.
    (Outage.AWAY, ("08", "53", "57", "58", "28", "3D", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_PROTOCOL")),
)
"""How the two engines name what is the matter, by the beginning of the name; the first that fits."""
_BROKEN = (PendingRollbackError, PoolTimeout, OSError)
"""TimeoutError is an OSError."""
DRIVER_ERRORS = (SQLAlchemyError, OSError)
"""What the drivers raise, and SQLAlchemy around them: `raise_translated` makes our own errors of it."""


class CannotOpen(Exception):
    """The database cannot be used. The message is a sentence that says what to do."""


def driver_reason(error: Exception) -> str:
    """What the driver said, in its first line."""
    return str(getattr(error, "orig", None) or error).partition("\n")[0]


def cannot_open(address: URL, error: Exception) -> CannotOpen:
    """What the driver's error at the start means for whoever starts the program."""
    reason, where = driver_reason(error), address.render_as_string(hide_password=True)
    return CannotOpen(
        f"The database {where} cannot be opened ({reason}): check that it is there and that this user may write to it."
    )


class UnknownType(Exception):
    """Something stored is of a class that this version of the program does not have."""


def conflict() -> ConcurrencyConflict:
    """The refusal of a write that came second."""
    return ConcurrencyConflict(
        "Somebody else was faster and nothing was saved: look at how it stands now, then try again."
    )


def raise_translated(error: Exception) -> NoReturn:
    """Raise ConcurrencyConflict or DatabaseUnavailable where the driver means that, else what it raised."""
    if isinstance(error, _BROKEN):
        raise DatabaseUnavailable(str(error)) from error
    if isinstance(error, DBAPIError):
        if is_lost(error.orig):
            raise conflict() from error
        outage = _outage(error.orig) or (Outage.AWAY if error.connection_invalidated else None)
        if outage is not None:
            raise DatabaseUnavailable(str(error.orig), outage) from error
    elif isinstance(error, StatementError) and error.orig is not None:
        raise error.orig from None
    raise error


def _names(error: BaseException | None) -> tuple[str, str]:
    """The error's SQLSTATE from PostgreSQL and its name from SQLite, each empty where there is none."""
    return str(getattr(error, "sqlstate", None) or ""), str(getattr(error, "sqlite_errorname", None) or "")


def _outage(error: BaseException | None) -> Outage | None:
    names = _names(error)
    for outage, beginnings in _OUTAGES:
        if any(name.startswith(beginnings) for name in names):
            return outage
    # The driver has no number for an error that shows while it waits for an answer.
    return Outage.AWAY if type(error).__name__ in ("InterfaceError", "InternalClientError") else None


def is_lost(error: BaseException | None) -> bool:
    """Whether the driver says that another transaction was faster."""
    state, name = _names(error)
    return state in _LOST_IN_POSTGRESQL or name.startswith(_LOST_IN_SQLITE)
