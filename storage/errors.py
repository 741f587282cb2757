"""What can go wrong with the database, in the words of the core.

CannotOpen   the database cannot be reached or prepared: the message says what to do
UnknownType  a stored event or effect is of a class this version does not have

A transaction that lost against another one is `changes.errors.Concurrent`: the driver's own errors for it end here.
"""

from typing import NoReturn

from sqlalchemy.exc import DBAPIError, StatementError

from changes.errors import Concurrent

_LOST_IN_POSTGRESQL = {"40001", "40P01", "55P03", "23505"}
"""serialization_failure, deadlock_detected, lock_not_available, unique_violation."""
_LOST_IN_SQLITE = {"SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"}


class CannotOpen(Exception):
    """The database cannot be used. The message is a sentence that says what to do."""


class UnknownType(Exception):
    """Something stored is of a class that this version of the program does not have."""


def lost() -> Concurrent:
    """The refusal of a write that came second."""
    return Concurrent("Somebody else was faster and nothing was saved: look at how it stands now, then try again.")


def translated(error: StatementError) -> NoReturn:
    """Raise what the driver's error means: Concurrent, a wrong value as itself, or the error as it is."""
    if isinstance(error, DBAPIError):
        if _is_lost(error.orig):
            raise lost() from error
    elif error.orig is not None:
        raise error.orig from None
    raise error


def _is_lost(error: BaseException | None) -> bool:
    if getattr(error, "sqlstate", None) in _LOST_IN_POSTGRESQL:
        return True
    name = str(getattr(error, "sqlite_errorname", ""))
    return any(name == each or name.startswith(f"{each}_") for each in _LOST_IN_SQLITE)
