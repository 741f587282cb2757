"""Infomaniak's asynchronous tasks, as documented: a state, Unix times, an error; no percentage.

The asynchronous answer to a write carries a number or a truth value, not the task's uuid, so a task
can be read only where something else names it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from urllib.parse import quote

from changes.snapshots import OperationState
from changes.text.messages import Said
from infomaniak.vps_api.client import Wire
from infomaniak.vps_api.timestamps import read_moment

STATES: Mapping[str, OperationState] = MappingProxyType(
    {
        "spooled": OperationState.QUEUED,
        "running": OperationState.RUNNING,
        "executed": OperationState.SUCCEEDED,
        "failed": OperationState.FAILED,
    }
)
"""The documented words for a task's state."""

_LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Task:
    """One task. SUCCEEDED says that it ran and proves no result; `reason` is empty unless it failed."""

    state: OperationState
    finished_at: datetime | None = None
    reason: str = ""


async def read_task(wire: Wire, path: str, uuid: str) -> Task:
    """The task `uuid`, read at `path`. Raises ProviderRefused or ProviderUnreachable."""
    data = await wire.read(path.format(uuid=quote(uuid, safe="")))
    if not isinstance(data, Mapping):
        return Task(OperationState.UNKNOWN)
    state = STATES.get(str(data.get("status")), OperationState.UNKNOWN)
    return Task(
        state,
        finished_at=read_moment(data.get("finished_at")),
        reason=_reason(data) if state is OperationState.FAILED else "",
    )


def _reason(data: Mapping[str, object]) -> str:
    match data.get("error"):
        case {"description": str(text)}:
            return Said("Infomaniak says: “{what}”", what=" ".join(text.split())[:_LONGEST_REASON])
        case _:
            return ""
