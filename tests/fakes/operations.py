"""Operations and settings, in memory."""

from datetime import datetime

from application.ports import Operation
from tests.fakes.table import View


class MemoryOperations:
    """The OperationStore."""

    def __init__(self, rows: View[str, Operation]) -> None:
        self._rows = rows

    async def put(self, operation: Operation) -> None:
        self._rows.rows[operation.key] = operation

    async def get(self, key: str) -> Operation | None:
        return self._rows.rows.get(key)

    async def running(self) -> tuple[Operation, ...]:
        return tuple(each for each in self._oldest_first() if not each.state.over)

    async def latest(self, change_id: str) -> dict[str, Operation]:
        return {each.kind: each for each in self._oldest_first() if each.change == change_id}

    async def since(self, moment: datetime) -> tuple[Operation, ...]:
        return tuple(
            each for each in reversed(self._rows.rows.values()) if not each.state.over or each.asked_at >= moment
        )

    def _oldest_first(self) -> list[Operation]:
        return sorted(self._rows.rows.values(), key=lambda each: each.asked_at)


class MemorySettings:
    """The Settings."""

    def __init__(self, rows: View[str, str]) -> None:
        self._rows = rows

    async def get(self, name: str) -> str | None:
        return self._rows.rows.get(name)

    async def put(self, name: str, value: str) -> None:
        self._rows.rows[name] = value

    async def beginning_with(self, prefix: str) -> dict[str, str]:
        return {name: value for name, value in self._rows.rows.items() if name.startswith(prefix)}

    async def remove(self, name: str) -> bool:
        return self._rows.rows.pop(name, None) is not None
