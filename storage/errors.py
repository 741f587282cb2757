"""What can go wrong with the database, in the words of the core.

CannotOpen   the database cannot be reached or prepared: the message says what to do
UnknownType  a stored event or effect is of a class this version does not have

A transaction that lost against another one is `changes.errors.Concurrent`, a database that is away
`changes.errors.Unavailable`: the drivers' own errors for these end here.
"""

from typing import NoReturn

from sqlalchemy.exc import DBAPIError, PendingRollbackError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from changes.errors import Concurrent, Unavailable

_LOST_IN_POSTGRESQL = {"40001", "40P01", "55P03", "23505"}
"""serialization_failure, deadlock_detected, lock_not_available, unique_violation."""
_LOST_IN_SQLITE = {"SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"}


_AWAY_IN_POSTGRESQL = ("08", "53", "57P", "58")
"""connection_exception, insufficient_resources (a full disk is one), operator_intervention, system_error."""
_AWAY_IN_SQLITE = {"SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PROTOCOL"}
_FULL = {"53100", "SQLITE_FULL"}
_BROKEN = (PendingRollbackError, PoolTimeout, OSError)
"""TimeoutError is an OSError."""
TROUBLE = (SQLAlchemyError, OSError)
"""What the drivers raise, and SQLAlchemy around them: `translated` makes our own errors of it."""


class CannotOpen(Exception):
    """The database cannot be used. The message is a sentence that says what to do."""


class UnknownType(Exception):
    """Something stored is of a class that this version of the program does not have."""


def lost() -> Concurrent:
    """The refusal of a write that came second."""
    return Concurrent("Somebody else was faster and nothing was saved: look at how it stands now, then try again.")


def translated(error: Exception) -> NoReturn:
    """Raise what the driver's error means: Concurrent, Unavailable, a wrong value as itself, or the error as it is."""
    if isinstance(error, _BROKEN):
        raise Unavailable(str(error)) from error
    if isinstance(error, DBAPIError):
        if is_lost(error.orig):
            raise lost() from error
        if error.connection_invalidated or _is_away(error.orig):
            raise Unavailable(str(error.orig), is_full=not _FULL.isdisjoint(_names(error.orig))) from error
    elif isinstance(error, StatementError) and error.orig is not None:
        raise error.orig from None
    raise error


def _names(error: BaseException | None) -> tuple[str, str]:
    """What PostgreSQL and SQLite call it."""
    return str(getattr(error, "sqlstate", None) or ""), str(getattr(error, "sqlite_errorname", ""))


def _is_away(error: BaseException | None) -> bool:
    state, name = _names(error)
    if state.startswith(_AWAY_IN_POSTGRESQL):
        return True
    # The driver has no number for an error that shows while it waits for an answer.
    if type(error).__name__ == "InterfaceError":
        return True
    return any(name == each or name.startswith(f"{each}_") for each in _AWAY_IN_SQLITE)


def is_lost(error: BaseException | None) -> bool:
    """Whether the driver says that another transaction was faster."""
    state, name = _names(error)
    if state in _LOST_IN_POSTGRESQL:
        return True
    return any(name == each or name.startswith(f"{each}_") for each in _LOST_IN_SQLITE)
