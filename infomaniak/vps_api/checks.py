"""What a server's listing says first: who is at work, how much room there is, what can be put back."""

from zoneinfo import ZoneInfo

from application.ports.provider import ProviderRefused
from changes.labels import moment_label
from changes.snapshots import FailureReason, OperationState, Server
from changes.text import Message
from infomaniak.vps_api.configuration import Words
from infomaniak.vps_api.listing import ListedSnapshot, as_snapshot, newest, read_moment

_DASHBOARD_ZONE = ZoneInfo("Europe/Zurich")
"""A listing names no zone; Infomaniak and its dashboard are at home in this one."""

_UNDER_WAY = (OperationState.QUEUED, OperationState.RUNNING)


def running_operation(rows: list[ListedSnapshot], words: Words) -> str:
    """The operation that the listing shows as running, in a sentence; empty when it shows none."""
    for row in rows:
        if words.restore.get(row.status) in _UNDER_WAY:
            return Message(
                "A restore from “{name}” is running, perhaps begun by somebody on the dashboard.", name=row.name
            )
        if words.snapshot.get(row.status) in _UNDER_WAY:
            begun_at = read_moment(row.created_at)
            if begun_at is None:
                return Message(
                    "The snapshot “{name}” is being made, perhaps begun by somebody on the dashboard.", name=row.name
                )
            return Message(
                "The snapshot “{name}” has been in the making since {begun}, perhaps begun by somebody on the "
                "dashboard.",
                name=row.name,
                begun=moment_label(begun_at, _DASHBOARD_ZONE),
            )
    return ""


def snapshot_count(name: str, count: int, limit: int) -> tuple[str, bool]:
    """How many snapshots the server has, in a sentence, and whether one more has room; a limit of 0 is not known."""
    has: str = Message("{name} has {count} snapshots", name=name, count=count)
    if count == 1:
        has = Message("{name} has 1 snapshot", name=name)
    if not limit:
        return Message("{has}; how many it may have is not known.", has=has), True
    if count < limit:
        return Message("{has}, and may have {limit}.", has=has, limit=limit), True
    return Message(
        "{has}, and may have no more than {limit}: delete one on the dashboard that is no longer needed.",
        has=has,
        limit=limit,
    ), False


def ensure_restorable(vps: Server, name: str, rows: list[ListedSnapshot], words: Words) -> ListedSnapshot:
    """The row of the snapshot to restore. Raises ProviderRefused unless it is listed, of the data disk, finished."""
    row = newest(rows, name)
    if row is None:
        raise ProviderRefused(_nothing_to_restore(vps, name, rows), FailureReason.NOT_FOUND)
    state = as_snapshot(row, "", words).state
    if state in _UNDER_WAY:
        raise ProviderRefused(
            "The snapshot {name} is not finished, so {server} cannot be restored from it: wait until it is.",
            FailureReason.BUSY,
            name=name,
            server=vps.name,
        )
    if state is not OperationState.SUCCEEDED:
        raise ProviderRefused(
            Message(
                "Infomaniak shows the snapshot {name} as “{status}”, so {server} cannot be restored from it: choose "
                "another, or bring the files back from a backup.",
                name=name,
                status=row.status,
                server=vps.name,
            ),
            FailureReason.UNFIT,
        )
    return row


def _nothing_to_restore(vps: Server, name: str, rows: list[ListedSnapshot]) -> str:
    if any(row.name == name for row in rows):
        return Message(
            "The snapshot {name} is not one of the data disk; the bot restores data snapshots only.", name=name
        )
    return Message(
        "{name} has no snapshot called {snapshot} at Infomaniak: choose one from the dashboard's list.",
        name=vps.name,
        snapshot=name,
    )
