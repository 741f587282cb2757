"""Snapshots of a data volume in Infomaniak's Public Cloud, which is OpenStack: Cinder through openstacksdk.

A revert is judged by the volume, and only the newest snapshot of a detached volume can be reverted to.
"""

from collections.abc import Callable
from datetime import datetime

from openstack.connection import Connection

from application.ports.provider import OperationStatus, PreflightReport, ProviderRefused, data_disk_only
from changes.snapshots import FailureReason, OperationState, Server
from changes.text import Message
from infomaniak.handle import RESTORE, SNAPSHOT, Handle
from infomaniak.provider_entry import ClosableBackend
from infomaniak.public_cloud.checks import ensure_restorable, quota_shortage, quota_usage, under_way
from infomaniak.public_cloud.cinder import Cinder
from infomaniak.public_cloud.cinder_rows import Volume
from infomaniak.public_cloud.states import as_restore, as_snapshot, moment, newest, restore_since


class PublicCloud(ClosableBackend):
    """The Public Cloud backend; see `SnapshotBackend` for what each method means.

    `connect` is called when something is first asked, in a thread, and not before. A snapshot and a revert are sent
    at most once a call. Cinder tells no progress. `close` gives the connection back.
    """

    def __init__(
        self, connect: Callable[[], Connection], *, answer_seconds: float = 30.0, whole_call_seconds: float = 60.0
    ) -> None:
        self._cinder = Cinder(connect, answer_seconds=answer_seconds, whole_call_seconds=whole_call_seconds)

    async def close(self) -> None:
        await self._cinder.close()

    async def preflight(self, vps: Server) -> PreflightReport:
        """What would stop a snapshot now. A refusal (credentials, right, volume) is one of the problems.

        Raises ProviderUnreachable when the cloud could not be asked: that says nothing about the volume.
        """
        try:
            volume = await self._volume(vps)
            shots = await self._cinder.snapshots(volume)
            room = await self._cinder.quota()
        except ProviderRefused as refusal:
            return PreflightReport(problems=(refusal.sentence,))
        good: list[str] = [
            Message("Infomaniak's Public Cloud accepts the bot's credentials."),
            Message(
                "The data volume of {name} is there, {size} GiB, and is not a system disk.",
                name=vps.name,
                size=volume.size,
            ),
        ]
        if volume.status == "in-use":
            good.append(Message("It is attached: it can be snapshotted so, but has to be detached before a restore."))
        problems = under_way(volume, shots)
        if not problems:
            good.append(Message("No operation is running on it."))
        if missing := quota_shortage(room, volume):
            problems.append(missing)
        else:
            good.append(quota_usage(room))
        return PreflightReport(tuple(good), tuple(problems))

    async def create_snapshot(self, vps: Server, name: str) -> OperationStatus:
        """Ask once for a snapshot called `name`. A system disk is refused before anything is asked for."""
        data_disk_only(vps)
        volume = await self._volume(vps)
        if problems := under_way(volume, []):
            raise ProviderRefused(problems[0], FailureReason.BUSY)
        await self._cinder.create(volume, name)
        return OperationStatus(OperationState.RUNNING, Handle(SNAPSHOT, name).text)

    async def find_snapshot(self, vps: Server, name: str) -> OperationStatus | None:
        shot = newest(await self._cinder.snapshots(await self._volume(vps)), name)
        return None if shot is None else as_snapshot(shot)

    async def get_status(self, vps: Server, handle: str) -> OperationStatus:
        """How the operation stands: a snapshot by its own status, a restore by the volume's."""
        operation = Handle.parse(handle)
        volume = await self._volume(vps)
        shot = newest(await self._cinder.snapshots(volume), operation.name)
        if shot is None:
            detail = Message("Infomaniak lists no snapshot called {name} of the data volume.", name=operation.name)
            return OperationStatus(OperationState.UNKNOWN, handle, detail=detail, listed=False)
        return as_snapshot(shot) if operation.kind == SNAPSHOT else as_restore(volume, shot, operation)

    async def restore(self, vps: Server, name: str) -> OperationStatus:
        """Ask once to put the data volume back, when nothing is to be seen that Cinder would refuse it for."""
        data_disk_only(vps)
        volume = await self._volume(vps)
        shots = await self._cinder.snapshots(volume)
        shot = newest(shots, name)
        if shot is None:
            raise ProviderRefused(
                "The data volume of {name} has no snapshot called {snapshot}: choose one from the dashboard's list.",
                FailureReason.NOT_FOUND,
                name=vps.name,
                snapshot=name,
            )
        ensure_restorable(volume, shot, shots)
        await self._cinder.revert(volume, shot)
        return OperationStatus(OperationState.RUNNING, Handle(RESTORE, name, moment(volume, shot)).text)

    async def find_restore(self, vps: Server, name: str, since: datetime) -> OperationStatus | None:
        volume = await self._volume(vps)
        shot = newest(await self._cinder.snapshots(volume), name)
        return None if shot is None else restore_since(volume, shot, since)

    async def _volume(self, vps: Server) -> Volume:
        found = [await self._cinder.volume(vps.reference)] if vps.reference else await self._cinder.volumes(vps.name)
        if not found:
            raise ProviderRefused(
                "Infomaniak's Public Cloud shows no volume called {name}: set the data volume's id as the "
                "reference in services.toml.",
                FailureReason.NOT_FOUND,
                name=vps.name,
            )
        if len(found) > 1:
            raise ProviderRefused(
                "Infomaniak's Public Cloud shows {found} volumes called {name}: set the id of the data volume "
                "as the reference in services.toml.",
                FailureReason.NOT_FOUND,
                found=len(found),
                name=vps.name,
            )
        if found[0].bootable:
            raise ProviderRefused(
                "The volume for {name} can be booted from, so it is a system disk; the bot takes and restores "
                "snapshots of the data disk only. Set the data volume's id as the reference in services.toml.",
                FailureReason.SYSTEM_DISK,
                name=vps.name,
            )
        return found[0]
