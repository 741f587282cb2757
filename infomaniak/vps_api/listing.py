"""What the provider's own list of snapshots shows: the only proof that something was done."""

from dataclasses import dataclass
from datetime import UTC, datetime

from application.ports.provider import OperationStatus
from changes.snapshots import OperationState
from changes.text import Message
from infomaniak.handle import not_shown_yet
from infomaniak.vps_api.client import Row
from infomaniak.vps_api.configuration import Fields, Words

_LATEST = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())


@dataclass(frozen=True, slots=True)
class ListedSnapshot:
    """One row of the listing. Times are Unix seconds, 0 for none; `task` is a task's uuid, or empty."""

    name: str
    data_only: bool
    status: str
    created_at: int
    ended_at: int
    restored_at: int
    task: str


def read_row(row: Row, fields: Fields, words: Words) -> ListedSnapshot:
    """The row with its fields by our names. Only a disk that is named as the data disk counts as data."""
    return ListedSnapshot(
        name=str(row.get(fields.name, "")),
        data_only=row.get(fields.disk) == words.data_disk,
        status=str(row.get(fields.status, "")),
        created_at=read_unix(row.get(fields.created_at)),
        ended_at=read_unix(row.get(fields.ended_at)),
        restored_at=read_unix(row.get(fields.restored_at)),
        task=str(row.get(fields.task) or ""),
    )


def newest(rows: list[ListedSnapshot], name: str) -> ListedSnapshot | None:
    """The data snapshot called `name`; the newest if there are several."""
    return max((r for r in rows if r.name == name and r.data_only), key=lambda r: r.created_at, default=None)


def as_snapshot(row: ListedSnapshot, handle: str, words: Words) -> OperationStatus:
    """How the making of the listed snapshot stands; UNKNOWN for a status word that is not configured."""
    state = words.snapshot.get(row.status, OperationState.UNKNOWN)
    finished_at = read_moment(row.ended_at) if state.over else None
    return OperationStatus(state, handle, detail=_detail(state, row), finished_at=finished_at)


def as_restore(row: ListedSnapshot, handle: str, before: int, words: Words) -> OperationStatus:
    """How a restore from the snapshot stands; `before` was its `restored_at` when the restore was asked for.

    The end of an earlier restore says nothing of this one: until `restored_at` moves, an ended state is old.
    """
    state = words.restore.get(row.status, OperationState.UNKNOWN)
    if state.over and row.restored_at <= before:
        return not_shown_yet(handle)
    finished_at = read_moment(row.restored_at) if state.over else None
    return OperationStatus(state, handle, detail=_detail(state, row), finished_at=finished_at)


def _detail(state: OperationState, row: ListedSnapshot) -> str:
    if state is OperationState.UNKNOWN:
        return Message(
            "Infomaniak shows the status “{status}”, which the bot does not know: look at the dashboard.",
            status=row.status,
        )
    if state is OperationState.FAILED:
        return Message("Infomaniak shows the status “{status}”.", status=row.status)
    return ""


def read_unix(value: object) -> int:
    """The whole seconds; 0 for anything that is no such time, as milliseconds are not."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= _LATEST:
        return 0
    return int(value)


def read_moment(value: object) -> datetime | None:
    """The moment in UTC; None where `read_unix` says 0."""
    unix = read_unix(value)
    return datetime.fromtimestamp(unix, UTC) if unix else None
