"""What a volume, its snapshots and the quota say against a snapshot or a restore, before Cinder says it."""

from changes.snapshots import Cause, ProviderRefused
from infomaniak.cinder_rows import Room, Shot, Volume
from infomaniak.cloud_states import AT_REST

_BUSY = ("creating", "deleting", "restoring", "backing-up")


def fit(volume: Volume, shot: Shot, shots: list[Shot]) -> None:
    """Raise ProviderRefused for what Cinder would refuse, while there is time to say more than it does."""
    later = max(shots, key=lambda each: each.created_at)
    if later.created_at > shot.created_at:
        raise ProviderRefused(
            f"{shot.name} is not the newest snapshot of the volume: {later.name} is, and only the newest can be "
            f"restored. Delete {later.name} on the dashboard if nobody needs it, then try again.",
            Cause.UNFIT,
        )
    if shot.size != volume.size:
        raise ProviderRefused(
            f"The volume has {volume.size} GiB and the snapshot {shot.name} {shot.size} GiB: it cannot be restored "
            "since the volume was made larger. Recover the files from a backup.",
            Cause.UNFIT,
        )
    if shot.status in _BUSY or not (volume.status == "available" or volume.status.startswith("error")):
        raise ProviderRefused(_wait(volume, shot), Cause.BUSY)
    if shot.status != "available" or volume.status != "available":
        raise ProviderRefused(
            f"Infomaniak shows the volume as “{volume.status}” and the snapshot {shot.name} as “{shot.status}”; both "
            "must be “available” for a restore. Ask Infomaniak's support to repair it.",
            Cause.UNFIT,
        )


def _wait(volume: Volume, shot: Shot) -> str:
    if volume.status == "in-use":
        return "The data volume is attached to a server: unmount and detach it on the dashboard, then try again."
    return (
        f"Infomaniak shows the volume as “{volume.status}” and the snapshot {shot.name} as “{shot.status}”: "
        "another operation is running. Wait until it has ended, then try again."
    )


def under_way(volume: Volume, shots: list[Shot]) -> list[str]:
    """What is being done with the volume or is wrong with it, a sentence each."""
    if volume.status.startswith("error"):
        return [f"Infomaniak shows the data volume as “{volume.status}”: ask its support to repair it."]
    if volume.status not in AT_REST:
        return [f"Infomaniak shows the data volume as “{volume.status}”: wait until that has ended."]
    return [
        f"The snapshot {shot.name} is “{shot.status}” at Infomaniak: wait until that has ended."
        for shot in shots
        if shot.status in _BUSY
    ]


def lack(room: Room, volume: Volume) -> str:
    """What of the quota is used up, or nothing."""
    if 0 <= room.snapshots_most <= room.snapshots_used:
        return (
            f"All {room.snapshots_most} snapshots of the quota are used: delete one that is no longer needed "
            "on the dashboard."
        )
    if 0 <= room.gigabytes_most < room.gigabytes_used + volume.size:
        return (
            f"The quota has {max(0, room.gigabytes_most - room.gigabytes_used)} GiB left and the snapshot may need "
            f"{volume.size}: delete a snapshot or ask for a larger quota."
        )
    return ""


def left(room: Room) -> str:
    """How much of the quota is used."""
    if room.snapshots_most < 0:
        return "There is room for another snapshot."
    return f"{room.snapshots_used} of {room.snapshots_most} snapshots are used."
