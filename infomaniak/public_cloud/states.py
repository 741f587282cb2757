"""What the block storage's words for a volume and its snapshots say of our operations."""

from datetime import UTC, datetime, timedelta

from application.ports.provider import OperationStatus
from changes.snapshots import OperationState
from changes.text import Message
from infomaniak.handle import RESTORE, SNAPSHOT, Handle, not_shown_yet
from infomaniak.public_cloud.cinder_rows import Volume, VolumeSnapshot

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# A snapshot that is being restored or copied exists as a snapshot, whatever becomes of that.
_SNAPSHOT_STATES = {
    "creating": OperationState.RUNNING,
    "available": OperationState.SUCCEEDED,
    "restoring": OperationState.SUCCEEDED,
    "backing-up": OperationState.SUCCEEDED,
    "error": OperationState.FAILED,
    "deleting": OperationState.FAILED,
    "deleted": OperationState.FAILED,
    "error_deleting": OperationState.FAILED,
}
AT_REST = ("available", "in-use")
"""The words for a volume with which nothing is being done."""


def newest(shots: list[VolumeSnapshot], name: str) -> VolumeSnapshot | None:
    """The snapshot called `name`; the newest if there are several."""
    return max((shot for shot in shots if shot.name == name), key=lambda shot: shot.created_at, default=None)


def as_snapshot(shot: VolumeSnapshot) -> OperationStatus:
    """How the making of the snapshot stands. Its progress jumps from 0 % to 100 %, which is none."""
    state = _SNAPSHOT_STATES.get(shot.status, OperationState.UNKNOWN)
    finished_at = shot.updated_at if state.over and shot.status != "restoring" else None
    return OperationStatus(
        state, Handle(SNAPSHOT, shot.name).text, detail=_detail(state, "snapshot", shot.status), finished_at=finished_at
    )


def moment(volume: Volume, shot: VolumeSnapshot) -> int:
    """When either was last changed at the provider, in microseconds since 1970."""
    return (max(volume.updated_at, shot.updated_at) - _EPOCH) // timedelta(microseconds=1)


def as_restore(volume: Volume, shot: VolumeSnapshot, handle: Handle) -> OperationStatus:
    """How a revert stands, judged by the volume: after a failed one the snapshot is `available` again.

    A volume at rest is a success only when it and the snapshot were changed after `handle.before`; until then the
    provider has shown nothing of this revert.
    """
    before = _EPOCH + timedelta(microseconds=handle.before)
    changed = volume.updated_at > before
    if volume.status == "reverting" or (shot.status == "restoring" and volume.status in AT_REST):
        return OperationStatus(OperationState.RUNNING, handle.text)
    if volume.status.startswith("error") and changed:
        state = OperationState.FAILED
        return OperationStatus(
            state, handle.text, detail=_detail(state, "volume", volume.status), finished_at=volume.updated_at
        )
    if volume.status not in AT_REST:
        state = OperationState.UNKNOWN
        return OperationStatus(state, handle.text, detail=_detail(state, "volume", volume.status))
    if changed and shot.updated_at > before:
        return OperationStatus(OperationState.SUCCEEDED, handle.text, finished_at=volume.updated_at)
    return not_shown_yet(handle.text)


def restore_since(volume: Volume, shot: VolumeSnapshot, since: datetime) -> OperationStatus | None:
    """The revert to the snapshot that is running, or that ended at `since` or later; None without evidence."""
    if volume.status == "reverting":
        if shot.status != "restoring":
            return None  # somebody goes back to another snapshot
        return as_restore(volume, shot, Handle(RESTORE, shot.name, moment(volume, shot)))
    if min(volume.updated_at, shot.updated_at) < since or shot.status == "creating":
        return None
    just_before = since - timedelta(microseconds=1)
    seen = as_restore(volume, shot, Handle(RESTORE, shot.name, (just_before - _EPOCH) // timedelta(microseconds=1)))
    return seen if seen.state is not OperationState.UNKNOWN else None


def _detail(state: OperationState, what: str, status: str) -> str:
    if state is OperationState.UNKNOWN:
        return Message(
            "Infomaniak shows the {kind} as “{status}”, which the bot does not know: look at the dashboard.",
            kind=what,
            status=status,
        )
    if state is OperationState.FAILED:
        return Message("Infomaniak shows the {kind} as “{status}”.", kind=what, status=status)
    return ""
