"""SQLite's file: whether it is still the one that was opened, since SQLite writes on into a file that was deleted."""

import os
from pathlib import Path

from changes.errors import DatabaseUnavailable, Outage


class DatabaseFile:
    """The file at the path as it is now."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._opened = _identity(path)

    def check(self) -> None:
        """Raise DatabaseUnavailable when the path leads to another file, or to none."""
        if _identity(self._path) != self._opened:
            raise DatabaseUnavailable(
                f"{self._path} was deleted or replaced while the bot was running", Outage.REPLACED
            )


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116  # once for every transaction, and twice as quick as Path.stat
    except OSError:
        return None
    return found.st_dev, found.st_ino
