"""Statements as the drivers carry them out: SQLAlchemy writes the text of each once.

Between the two lies SQLAlchemy's cursor, which takes longer than both for the small statements that a turn has. What a
statement means for its rows and its parameters is as SQLAlchemy says.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Executable
from sqlalchemy.engine import Dialect, IteratorResult
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
Process = Callable[[Any], Any]
_LOCKS = ("FOR UPDATE", "FOR NO KEY UPDATE", "FOR SHARE", "FOR KEY SHARE", "advisory")
"""What locks, in a statement that is read: pg_advisory_xact_lock and its like are functions, which no clause shows."""


class Rows(IteratorResult[Any]):
    """The rows of a statement, or the number of rows that it has written."""

    def __init__(self, columns: SimpleResultMetaData, rows: Iterable[Sequence[Any]], count: int) -> None:
        super().__init__(columns, iter(rows))
        self.rowcount = count


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement's text, where its parameters stand in it, and what is made of its rows."""

    text: str
    names: tuple[str, ...]
    constants: Mapping[str, Any]
    processes: Mapping[str, Process]
    columns: SimpleResultMetaData
    of_columns: tuple[tuple[int, Process], ...]
    returns_rows: bool
    needs_transaction: bool
    """Whether it writes or locks, for which a transaction has to be open; what only looks needs none."""

    def arguments(self, given: Mapping[str, Any]) -> list[Any]:
        """The values in their order. Raises KeyError where one is missing."""
        found = []
        for name in self.names:
            value = given[name] if name in given else self.constants[name]
            found.append(self.processes[name](value) if name in self.processes else value)
        return found

    def rows(self, records: Iterable[Sequence[Any]]) -> Iterable[Sequence[Any]]:
        """The records as the types of the columns have them."""
        return map(self._row, records) if self.of_columns else map(tuple, records)

    def _row(self, record: Sequence[Any]) -> list[Any]:
        row = list(record)
        for place, process in self.of_columns:
            row[place] = process(row[place])
        return row


class Statements:
    """The statements of one engine, each prepared when it is first carried out."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._known: WeakKeyDictionary[Executable, dict[tuple[str, ...], Prepared]] = WeakKeyDictionary()

    def prepared(
        self, engine: Engine, connection: object, statement: Executable, parameters: Parameters
    ) -> tuple[Prepared, list[list[Any]]]:
        """The statement, and its arguments of each time that it is carried out, which whoever listens is told.

        Raises RuntimeError for one whose text depends on its values.
        """
        given = [parameters or {}] if parameters is None or isinstance(parameters, Mapping) else parameters
        known, names = self._known.setdefault(statement, {}), tuple(given[0])
        if names not in known:
            known[names] = self._prepare(statement, given[0])
        arguments = [known[names].arguments(each) for each in given]
        for listener in engine.dispatch.before_cursor_execute:
            told = tuple(arguments[0]) if len(arguments) == 1 else [tuple(each) for each in arguments]
            listener(connection, None, known[names].text, told, None, len(arguments) > 1)
        return known[names], arguments

    def _prepare(self, statement: Any, given: Mapping[str, Any]) -> Prepared:
        compiled = statement.compile(dialect=self._dialect, column_keys=list(given) or None)
        if not isinstance(compiled, SQLCompiler) or compiled.insert_prefetch or compiled.update_prefetch:
            raise RuntimeError(f"a value of its own is filled in by SQLAlchemy: {statement}")
        expanded = compiled.construct_expanded_state(dict(given))
        if any(name in given for name in expanded.parameter_expansion):
            raise RuntimeError(f"it has another text for each number of values, which `among` has not: {statement}")
        processes = {
            name: process
            for name, parameter in compiled.binds.items()
            if (process := self._implementation(parameter.type).bind_processor(self._dialect)) is not None
        }
        columns = list(statement.exported_columns)
        of_columns = [
            (place, process)
            for place, column in enumerate(columns)
            if (process := self._implementation(column.type).result_processor(self._dialect, None)) is not None
        ]
        return Prepared(
            expanded.statement,
            tuple(expanded.positiontup or ()),
            {name: value for name, value in expanded.parameters.items() if name not in given},
            processes,
            SimpleResultMetaData([column.key for column in columns]),
            tuple(of_columns),
            returns_rows=bool(columns),
            needs_transaction=not statement.is_select or any(word in expanded.statement for word in _LOCKS),
        )

    def _implementation(self, of: TypeEngine[Any]) -> TypeEngine[Any]:
        return of.dialect_impl(self._dialect)


def tell_begin(engine: Engine, connection: object) -> None:
    """Let whoever listens to the engine know that a transaction begins."""
    for listener in engine.dispatch.begin:
        listener(connection)
