"""What a server's listing says first: who is at work, how much room there is, what can be put back."""

from zoneinfo import ZoneInfo

from changes.labels import moment_label
from changes.snapshots import Cause, OperationState, ProviderRefused, Vps
from infomaniak.listing import Listed, as_snapshot, newest
from infomaniak.moments import read_moment
from infomaniak.vps_settings import Words

_DASHBOARD_ZONE = ZoneInfo("Europe/Zurich")
"""A listing names no zone; Infomaniak and its dashboard are at home in this one."""

_UNDER_WAY = (OperationState.QUEUED, OperationState.RUNNING)


def at_work(rows: list[Listed], words: Words) -> str:
    """The operation that the listing shows as running, in a sentence; empty when it shows none."""
    for row in rows:
        if words.restore.get(row.status) in _UNDER_WAY:
            return f"A restore from “{row.name}” is running, perhaps begun by somebody on the dashboard."
        if words.snapshot.get(row.status) in _UNDER_WAY:
            begun_at = read_moment(row.created_at)
            making = f"has been in the making since {moment_label(begun_at, _DASHBOARD_ZONE)}" if begun_at else ""
            return f"The snapshot “{row.name}” {making or 'is being made'}, perhaps begun by somebody on the dashboard."
    return ""


def room(name: str, count: int, limit: int) -> tuple[str, bool]:
    """How many snapshots the server has, in a sentence, and whether there is room for one more.

    A limit of 0 is one that is not known.
    """
    has = f"{name} has {count} snapshot{'' if count == 1 else 's'}"
    if not limit:
        return f"{has}; how many it may have is not known.", True
    if count < limit:
        return f"{has}, and may have {limit}.", True
    return f"{has}, and may have no more than {limit}: delete one on the dashboard that is no longer needed.", False


def fit(vps: Vps, name: str, rows: list[Listed], words: Words) -> Listed:
    """The row of the snapshot to restore. Raises ProviderRefused unless it is listed, of the data disk, finished."""
    row = newest(rows, name)
    if row is None:
        raise ProviderRefused(_nothing_to_restore(vps, name, rows), Cause.NOT_FOUND)
    state = as_snapshot(row, "", words).state
    if state in _UNDER_WAY:
        raise ProviderRefused(
            f"The snapshot {name} is not finished, so {vps.name} cannot be restored from it: wait until it is.",
            Cause.BUSY,
        )
    if state is not OperationState.SUCCEEDED:
        raise ProviderRefused(
            f"Infomaniak shows the snapshot {name} as “{row.status}”, so {vps.name} cannot be restored from it: "
            "choose another, or bring the files back from a backup.",
            Cause.UNFIT,
        )
    return row


def _nothing_to_restore(vps: Vps, name: str, rows: list[Listed]) -> str:
    if any(row.name == name for row in rows):
        return f"The snapshot {name} is not one of the data disk; the bot restores data snapshots only."
    return f"{vps.name} has no snapshot called {name} at Infomaniak: choose one from the dashboard's list."
