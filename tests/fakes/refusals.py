"""Who wanted what they may not, in memory."""

from collections.abc import Iterator

from application.ports import MOST_COUNTED, AccessDenial
from tests.fakes.table import View


class MemoryRefusals:
    """The Refusals."""

    def __init__(self, rows: View[int, AccessDenial], ids: Iterator[int]) -> None:
        self._rows, self._ids = rows, ids

    async def note(self, refused: AccessDenial) -> None:
        self._rows.rows[next(self._ids)] = refused

    async def latest(self, limit: int = 50, offset: int = 0) -> tuple[AccessDenial, ...]:
        return tuple(self._oldest_first()[::-1][offset : offset + limit])

    async def count(self) -> int:
        return min(len(self._rows.rows), MOST_COUNTED)

    async def of(self, change_id: str) -> tuple[AccessDenial, ...]:
        return tuple(each for each in self._oldest_first() if each.change == change_id)

    def _oldest_first(self) -> list[AccessDenial]:
        rows = sorted(self._rows.rows.items(), key=lambda row: (row[1].at, row[0]))
        return [refused for _, refused in rows]
