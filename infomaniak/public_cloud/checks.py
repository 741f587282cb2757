"""What a volume, its snapshots and the quota say against a snapshot or a restore, before Cinder says it."""

from application.ports.provider import ProviderRefused
from changes.snapshots import FailureReason
from changes.text import Message
from infomaniak.public_cloud.cinder_rows import Quota, Volume, VolumeSnapshot
from infomaniak.public_cloud.states import AT_REST

_BUSY = ("creating", "deleting", "restoring", "backing-up")


def ensure_restorable(volume: Volume, shot: VolumeSnapshot, shots: list[VolumeSnapshot]) -> None:
    """Raise ProviderRefused for what Cinder would refuse, while there is time to say more than it does."""
    later = max(shots, key=lambda each: each.created_at)
    if later.created_at > shot.created_at:
        raise ProviderRefused(
            "{name} is not the newest snapshot of the volume: {latest} is, and only the newest can be restored. "
            "Delete {latest} on the dashboard if nobody needs it, then try again.",
            FailureReason.UNFIT,
            name=shot.name,
            latest=later.name,
        )
    if shot.size != volume.size:
        raise ProviderRefused(
            "The volume has {size} GiB and the snapshot {name} {snapshot_size} GiB: it cannot be restored since the "
            "volume was made larger. Recover the files from a backup.",
            FailureReason.UNFIT,
            size=volume.size,
            name=shot.name,
            snapshot_size=shot.size,
        )
    if shot.status in _BUSY or not (volume.status == "available" or volume.status.startswith("error")):
        raise ProviderRefused(_wait(volume, shot), FailureReason.BUSY)
    if shot.status != "available" or volume.status != "available":
        raise ProviderRefused(
            Message(
                "Infomaniak shows the volume as “{status}” and the snapshot {name} as “{snapshot_status}”; both must "
                "be “available” for a restore. Ask Infomaniak's support to repair it.",
                status=volume.status,
                name=shot.name,
                snapshot_status=shot.status,
            ),
            FailureReason.UNFIT,
        )


def _wait(volume: Volume, shot: VolumeSnapshot) -> str:
    if volume.status == "in-use":
        return Message(
            "The data volume is attached to a server: unmount and detach it on the dashboard, then try again."
        )
    return Message(
        "Infomaniak shows the volume as “{status}” and the snapshot {name} as “{snapshot_status}”: another operation "
        "is running. Wait until it has ended, then try again.",
        status=volume.status,
        name=shot.name,
        snapshot_status=shot.status,
    )


def under_way(volume: Volume, shots: list[VolumeSnapshot]) -> list[str]:
    """What is being done with the volume or is wrong with it, a sentence each."""
    if volume.status.startswith("error"):
        return [
            Message(
                "Infomaniak shows the data volume as “{status}”: ask its support to repair it.", status=volume.status
            )
        ]
    if volume.status not in AT_REST:
        return [
            Message("Infomaniak shows the data volume as “{status}”: wait until that has ended.", status=volume.status)
        ]
    return [
        Message(
            "The snapshot {name} is “{status}” at Infomaniak: wait until that has ended.",
            name=shot.name,
            status=shot.status,
        )
        for shot in shots
        if shot.status in _BUSY
    ]


def quota_shortage(room: Quota, volume: Volume) -> str:
    """What of the quota is used up, or nothing."""
    if 0 <= room.snapshots_most <= room.snapshots_used:
        return Message(
            "All {snapshots_most} snapshots of the quota are used: delete one that is no longer needed on the "
            "dashboard.",
            snapshots_most=room.snapshots_most,
        )
    if 0 <= room.gigabytes_most < room.gigabytes_used + volume.size:
        return Message(
            "The quota has {free} GiB left and the snapshot may need {size}: delete a snapshot or ask for a larger "
            "quota.",
            free=max(0, room.gigabytes_most - room.gigabytes_used),
            size=volume.size,
        )
    return ""


def quota_usage(room: Quota) -> str:
    """How much of the quota is used."""
    if room.snapshots_most < 0:
        return Message("There is room for another snapshot.")
    return Message(
        "{snapshots_used} of {snapshots_most} snapshots are used.",
        snapshots_used=room.snapshots_used,
        snapshots_most=room.snapshots_most,
    )
