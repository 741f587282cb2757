"""Rows that a unit of work copies when it begins, and writes back when nobody else has written the same ones since."""

from typing import Generic, TypeVar

from changes.errors import ConcurrencyConflict

K = TypeVar("K")
V = TypeVar("V")


class Table(Generic[K, V]):
    """What is stored. The rows are values that never change: a new value is another object."""

    def __init__(self) -> None:
        self.rows: dict[K, V] = {}

    def view(self) -> "View[K, V]":
        """What a unit of work that begins now sees."""
        return View(self)


class View(Generic[K, V]):
    """One unit of work's own copy of a table."""

    def __init__(self, table: Table[K, V]) -> None:
        self._table, self._before = table, dict(table.rows)
        self.rows = dict(table.rows)

    @property
    def written(self) -> list[K]:
        """The keys of the rows that are other than they were at the beginning."""
        keys = self._before | self.rows
        return [key for key in keys if self.rows.get(key) is not self._before.get(key)]

    @property
    def lost(self) -> bool:
        """Whether somebody else has written one of the same rows meanwhile."""
        return any(self._table.rows.get(key) is not self._before.get(key) for key in self.written)

    def commit(self) -> None:
        """Write back what was written here."""
        for key in self.written:
            if key in self.rows:
                self._table.rows[key] = self.rows[key]
            else:
                del self._table.rows[key]


class Race:
    """Remembers that a unit of work came second: it cannot be committed any more."""

    def __init__(self) -> None:
        self.lost = False

    def lose(self) -> ConcurrencyConflict:
        """The refusal to raise."""
        self.lost = True
        return ConcurrencyConflict("Somebody else was faster and nothing was saved.")
