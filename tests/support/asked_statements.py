"""Counts what a store asks its database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from storage import Store


@dataclass(slots=True)
class Counted:
    """The transactions of a store, each with its statements and what they were asked with."""

    transactions: list[list[tuple[str, str]]] = field(default_factory=list)

    def begin(self, _connection: object) -> None:
        self.transactions.append([])

    def run(self, _connection: object, _cursor: object, statement: str, given: object, *_more: object) -> None:
        if self.transactions and not statement.startswith("BEGIN"):
            self.transactions[-1].append((statement, str(given)))

    def with_(self, words: str) -> list[list[tuple[str, str]]]:
        """The transactions that have a statement with these words."""
        return [each for each in self.transactions if any(words in statement for statement, _ in each)]


@contextmanager
def counted(store: Store) -> Iterator[Counted]:
    """Count until the end of the block. On SQLite one transaction follows the other."""
    counts, engine = Counted(), store.statements
    listeners: dict[str, Any] = {"begin": counts.begin, "before_cursor_execute": counts.run}
    for name, listener in listeners.items():
        event.listen(engine, name, listener)
    try:
        yield counts
    finally:
        for name, listener in listeners.items():
            event.remove(engine, name, listener)
