"""Calls to OpenStack's block storage through openstacksdk, each in a thread of its own and never repeated in here.

openstacksdk reads; the two writes go through its proxy's `post`, where everything that could send them twice
can be switched off.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import TypeVar

import openstack.exceptions as sdk
from openstack.block_storage.v3._proxy import Proxy
from openstack.connection import Connection

from infomaniak.call_errors import Call
from infomaniak.public_cloud.cinder_rows import Quota, Volume, VolumeSnapshot, read_quota, read_snapshot, read_volume
from infomaniak.public_cloud.errors import CAUGHT, from_cloud, unreadable

_REVERT = "3.40"  # the microversion that brought the revert of a volume
_CONNECT_SECONDS = 5.0
T = TypeVar("T")


class Cinder:
    """The calls. `connect` makes the connection when it is first needed; `close` gives it back.

    Every method raises ProviderError. A connection attempt is given five seconds, a silence `answer_seconds`, and
    one call `whole_call_seconds` even when its answer drips in.
    """

    def __init__(
        self, connect: Callable[[], Connection], *, answer_seconds: float = 30.0, whole_call_seconds: float = 60.0
    ) -> None:
        self._connect = connect
        self._answer_seconds = answer_seconds
        self._whole_call_seconds = whole_call_seconds
        self._connecting = asyncio.Lock()
        self._connection: Connection | None = None

    async def volume(self, volume_id: str) -> Volume:
        """The volume with this id."""
        return await self._read(lambda storage: read_volume(storage.get_volume(volume_id)))

    async def volumes(self, name: str) -> list[Volume]:
        """Every volume called `name`."""
        found = await self._read(lambda storage: [read_volume(row) for row in storage.volumes(name=name)])
        return [volume for volume in found if volume.name == name]

    async def snapshots(self, volume: Volume) -> list[VolumeSnapshot]:
        """Every snapshot of the volume."""
        return await self._read(
            lambda storage: [
                read_snapshot(row) for row in storage.snapshots(volume_id=volume.id) if row.volume_id == volume.id
            ]
        )

    async def quota(self) -> Quota:
        """What the project has used of its quota."""
        return await self._read(lambda storage: read_quota(storage.get_limits()))

    async def create(self, volume: Volume, name: str) -> None:
        """Ask once for a snapshot, also of a volume in use; returns when that was accepted."""
        body = {"snapshot": {"volume_id": volume.id, "name": name, "force": True}}
        answer = await self._write("/snapshots", body)
        if not isinstance(answer, Mapping) or not isinstance(answer.get("snapshot"), Mapping):
            raise unreadable(Call.WRITE)

    async def revert(self, volume: Volume, shot: VolumeSnapshot) -> None:
        """Ask once to put the volume back to the snapshot; returns when that was accepted. Its answer is empty."""
        answer = await self._write(
            f"/volumes/{volume.id}/action", {"revert": {"snapshot_id": shot.id}}, microversion=_REVERT
        )
        if answer is not None:
            raise unreadable(Call.WRITE)

    async def close(self) -> None:
        """Give the connection back; the next call would make another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await asyncio.to_thread(connection.close)

    async def _read(self, ask: Callable[[Proxy], T]) -> T:
        storage = await self._storage()
        return await self._called(lambda: ask(storage), Call.READ)

    async def _write(self, path: str, body: Mapping[str, object], microversion: str | None = None) -> object:
        storage = await self._storage()

        def send() -> object:
            # keystoneauth would follow a redirect and, after a 401, sign in and send the call again. The 401 comes
            # from the door before the service sees the call, so a repetition does no harm; but a read went through
            # that door just before, and one call is easier to count. The retries are off by default; a clouds.yaml
            # can switch them on.
            answer = storage.post(
                path,
                json=body,
                microversion=microversion,
                connect_retries=0,
                status_code_retries=0,
                allow_reauth=False,
                redirect=False,
            )
            sdk.raise_from_response(answer)
            if answer.status_code >= 300:
                raise sdk.HttpException(response=answer)
            return answer.json() if answer.content else None

        return await self._called(send, Call.WRITE, revert=microversion == _REVERT)

    async def _storage(self) -> Proxy:
        async with self._connecting:
            if self._connection is None:
                self._connection = await self._called(self._open, Call.READ)
            storage = self._connection.block_storage
        if not isinstance(storage, Proxy):
            raise unreadable(Call.READ)
        return storage

    def _open(self) -> Connection:
        try:
            connection = self._connect()
        except Exception as error:  # whatever a wrong clouds.yaml leads to
            raise sdk.ConfigException(str(error)) from error
        # keystoneauth hands this to requests, which takes both: the time to connect and the longest silence.
        connection.session.timeout = (_CONNECT_SECONDS, self._answer_seconds)  # type: ignore[assignment]
        try:
            # Finds out what the service can do, and keeps a bad answer for good: then it is asked anew next time.
            usable = isinstance(connection.block_storage, Proxy)
        except BaseException:
            connection.close()
            raise
        if not usable:
            connection.close()
            raise sdk.ServiceDiscoveryException("No block storage of version 3 was found.")
        return connection

    async def _called(self, ask: Callable[[], T], call: Call, *, revert: bool = False) -> T:
        try:
            async with asyncio.timeout(self._whole_call_seconds):
                return await asyncio.to_thread(ask)
        except CAUGHT as error:
            raise from_cloud(error, call, revert=revert) from error
