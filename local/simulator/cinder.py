"""A simulated Cinder: as much of the block storage API as openstacksdk and the bot ask for."""

import json
from collections.abc import Mapping

from aiohttp import web

from local.simulator.api import Api, plays
from local.simulator.faults import Way
from local.simulator.keystone import BLOCK_STORAGE, PROJECT_ID
from local.simulator.volumes import Disk, as_snapshot, as_volume, disks, shot_id, snapshots_of, status

MOST_SNAPSHOTS = 20
MOST_GIB = 5000
NEWEST = "3.70"
_ROOT = f"{BLOCK_STORAGE}/v3"
PROJECT = f"{_ROOT}/{PROJECT_ID}"
_REVERT_SINCE = (3, 40)
_KEYS: Mapping[int, str] = {
    400: "badRequest",
    403: "forbidden",
    404: "itemNotFound",
    409: "conflictingRequest",
    413: "overLimit",
    429: "overLimit",
    503: "serviceUnavailable",
}


def failure(status_code: int, message: str, headers: Mapping[str, str] | None = None) -> web.Response:
    """A refusal in Cinder's form."""
    key = _KEYS.get(status_code, "computeFault")
    return web.json_response({key: {"code": status_code, "message": message}}, status=status_code, headers=headers)


class Cinder:
    """The volumes and snapshots of the servers of `api`, in OpenStack's words; `attached`: to their servers."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self.attached = False

    def routes(self) -> list[web.RouteDef]:
        """Everything that can be asked."""
        versions = [web.get(path, self._versions) for path in (BLOCK_STORAGE, f"{BLOCK_STORAGE}/", _ROOT, f"{_ROOT}/")]
        return [
            *versions,
            web.get(f"{PROJECT}/limits", self._limits),
            web.get(f"{PROJECT}/volumes/detail", self._volumes),
            web.get(f"{PROJECT}/volumes/{{id}}", self._volume),
            web.get(f"{PROJECT}/snapshots/detail", self._snapshots),
            web.get(f"{PROJECT}/snapshots/{{id}}", self._snapshot),
            web.post(f"{PROJECT}/snapshots", self._create),
            web.post(f"{PROJECT}/volumes/{{id}}/action", self._action),
        ]

    async def _versions(self, request: web.Request) -> web.Response:
        version = {
            "id": "v3.0",
            "status": "CURRENT",
            "version": NEWEST,
            "min_version": "3.0",
            "updated": "2023-08-31T00:00:00Z",
            "links": [{"rel": "self", "href": str(request.url.with_path(f"{_ROOT}/"))}],
        }
        return web.json_response({"versions": [version]}, status=200 if "/v3" in request.path else 300)

    async def _limits(self, _: web.Request) -> web.Response:
        world = self._api.world
        sizes = {disk.machine.id: disk.size for disk in disks(world) if disk.kind == "data"}
        absolute = {
            "maxTotalSnapshots": MOST_SNAPSHOTS,
            "totalSnapshotsUsed": len(world.snapshots),
            "maxTotalVolumeGigabytes": MOST_GIB,
            "totalGigabytesUsed": sum(disk.size for disk in disks(world))
            + sum(sizes[snapshot.vps_id] for snapshot in world.snapshots),
            "maxTotalVolumes": 10,
            "totalVolumesUsed": len(disks(world)),
            "maxTotalBackups": 10,
            "totalBackupsUsed": 0,
            "maxTotalBackupGigabytes": 1000,
            "totalBackupGigabytesUsed": 0,
        }
        return web.json_response({"limits": {"rate": [], "absolute": absolute}})

    async def _volumes(self, request: web.Request) -> web.Response:
        name = request.query.get("name")
        found = [self._shown(disk) for disk in disks(self._api.world) if name in (None, disk.name)]
        return web.json_response({"volumes": found})

    async def _volume(self, request: web.Request) -> web.Response:
        disk = self._disk(request.match_info["id"])
        return (
            _no_volume(request.match_info["id"]) if disk is None else web.json_response({"volume": self._shown(disk)})
        )

    async def _snapshots(self, request: web.Request) -> web.Response:
        wanted = request.query.get("volume_id")
        now = self._api.now()
        found = [
            as_snapshot(disk, snapshot, now)
            for disk in disks(self._api.world)
            if wanted in (None, disk.id)
            for snapshot in snapshots_of(self._api.world, disk)
        ]
        return web.json_response({"snapshots": found})

    async def _snapshot(self, request: web.Request) -> web.Response:
        wanted, now = request.match_info["id"], self._api.now()
        for disk in disks(self._api.world):
            for snapshot in snapshots_of(self._api.world, disk):
                if shot_id(snapshot) == wanted:
                    return web.json_response({"snapshot": as_snapshot(disk, snapshot, now)})
        return failure(404, f"Snapshot {wanted} could not be found.")

    async def _create(self, request: web.Request) -> web.Response:
        match await _body(request):
            case {"snapshot": {"volume_id": str(volume_id), "name": str(name), "force": bool()}}:
                pass
            case _:
                return failure(400, "Invalid input for field/attribute snapshot.")
        disk, now = self._disk(volume_id), self._api.now()
        if disk is None:
            return _no_volume(volume_id)
        if status(self._api.world, disk, now) != "available":
            return failure(400, f"Invalid volume: Volume {volume_id} status must be available or in-use.")
        if len(self._api.world.snapshots) >= MOST_SNAPSHOTS:
            return failure(
                413,
                f"SnapshotLimitExceeded: Maximum number of snapshots allowed ({MOST_SNAPSHOTS}) exceeded",
                {"Retry-After": "0"},
            )
        if plays(request, Way.NEVER_DONE):
            shown: dict[str, object] = {"id": "lost", "name": name, "status": "creating", "volume_id": volume_id}
            return web.json_response({"snapshot": shown}, status=202)
        self._api.world.create(disk.machine, name, disk.kind, now, fails=plays(request, Way.FAILS))
        self._api.keep()
        return web.json_response({"snapshot": as_snapshot(disk, self._api.world.snapshots[-1], now)}, status=202)

    async def _action(self, request: web.Request) -> web.Response:
        volume_id, now = request.match_info["id"], self._api.now()
        match await _body(request):
            case {"revert": {"snapshot_id": str(snapshot_id)}} if _microversion(request) >= _REVERT_SINCE:
                pass
            case {"revert": _}:
                return failure(404, "This API version is not supported on this method.")
            case _:
                return failure(400, "There is no such action.")
        disk = self._disk(volume_id)
        if disk is None:
            return _no_volume(volume_id)
        listed = snapshots_of(self._api.world, disk)
        chosen = next((snapshot for snapshot in listed if shot_id(snapshot) == snapshot_id), None)
        if chosen is None:
            return failure(404, f"Snapshot {snapshot_id} could not be found.")
        if chosen is not listed[-1]:
            return failure(400, f"Volume {volume_id} was not reverted: the specified snapshot is not the latest one.")
        if self._shown(disk)["status"] != "available":
            return failure(409, f"Volume {volume_id} status must be available to revert.")
        if as_snapshot(disk, chosen, now)["status"] != "available":
            return failure(409, f"Snapshot {snapshot_id} status must be available to revert.")
        if not plays(request, Way.NEVER_DONE):
            self._api.world.restore(disk.machine, chosen, now, fails=plays(request, Way.FAILS))
            self._api.keep()
        return web.Response(status=202)

    def _disk(self, volume_id: str) -> Disk | None:
        return next((disk for disk in disks(self._api.world) if disk.id == volume_id), None)

    def _shown(self, disk: Disk) -> dict[str, object]:
        shown = as_volume(self._api.world, disk, self._api.now())
        attached = disk.kind == "system" or self.attached
        return shown | ({"status": "in-use"} if attached and shown["status"] == "available" else {})


def _no_volume(volume_id: str) -> web.Response:
    return failure(404, f"Volume {volume_id} could not be found.")


async def _body(request: web.Request) -> object:
    try:
        body: object = await request.json()
    except json.JSONDecodeError:
        return None
    return body


def _microversion(request: web.Request) -> tuple[int, ...]:
    """The wish in `OpenStack-API-Version: volume 3.40`; the oldest without one."""
    _, _, wish = request.headers.get("OpenStack-API-Version", "").partition("volume ")
    return tuple(int(part) for part in wish.split(".") if part.isdigit()) or (3, 0)
