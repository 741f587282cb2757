"""The simulated servers' disks as Cinder shows them; what a volume is doing follows from the time, as all else."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import NAMESPACE_OID, uuid5

from local.simulator.keystone import PROJECT_ID
from local.simulator.world import Machine, Operation, ProviderState, Snapshot

DATA_GIB = 100
SYSTEM_GIB = 40
_MADE_AT = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
# The revert of a failed one leaves the snapshot as it was; only the volume tells.
_SHOT_WORDS = {"restore_failed": "available"}


@dataclass(frozen=True, slots=True)
class Disk:
    """A volume: the data disk of a machine, or the one that it is booted from."""

    machine: Machine
    kind: str

    @property
    def id(self) -> str:
        """Its id, the same in every run."""
        return volume_id(self.machine.name, self.kind)

    @property
    def name(self) -> str:
        """The data disk is called as its server."""
        return self.machine.name if self.kind == "data" else f"{self.machine.name}-system"

    @property
    def size(self) -> int:
        """In GiB."""
        return DATA_GIB if self.kind == "data" else SYSTEM_GIB


def volume_id(name: str, kind: str = "data") -> str:
    """The id of the server's volume; `kind` is data or system."""
    return str(uuid5(NAMESPACE_OID, f"simulated-volume-{name}-{kind}"))


def shot_id(snapshot: Snapshot) -> str:
    """The snapshot's id: its making is its own."""
    return str(uuid5(NAMESPACE_OID, f"simulated-snapshot-{snapshot.making.task}"))


def disks(world: ProviderState) -> list[Disk]:
    """Every volume of the project."""
    return [Disk(machine, kind) for machine in world.machines for kind in ("data", "system")]


def snapshots_of(world: ProviderState, disk: Disk) -> list[Snapshot]:
    """The volume's snapshots, oldest first."""
    return [snapshot for snapshot in world.of(disk.machine) if snapshot.disk == disk.kind]


def status(world: ProviderState, disk: Disk, now: datetime) -> str:
    """Cinder's word for what the volume is doing: available, reverting, error."""
    last = _last_restore(world, disk)
    if last is None or (last.over(now) and not last.fails):
        return "available"
    return "error" if last.over(now) else "reverting"


def as_volume(world: ProviderState, disk: Disk, now: datetime) -> dict[str, object]:
    """The volume as Cinder shows it."""
    last = _last_restore(world, disk)
    return {
        "id": disk.id,
        "name": disk.name,
        "status": status(world, disk, now),
        "bootable": "true" if disk.kind == "system" else "false",
        "size": disk.size,
        "created_at": _iso(_MADE_AT),
        "updated_at": None if last is None else _iso(_changed(last, now)),
        "attachments": [],
        "os-vol-tenant-attr:tenant_id": PROJECT_ID,
    }


def as_snapshot(disk: Disk, snapshot: Snapshot, now: datetime) -> dict[str, object]:
    """The snapshot as Cinder shows it; its progress jumps."""
    word = snapshot.status(now)
    return {
        "id": shot_id(snapshot),
        "name": snapshot.name,
        "status": _SHOT_WORDS.get(word, word),
        "size": disk.size,
        "volume_id": disk.id,
        "created_at": _iso(snapshot.making.begun_at),
        "updated_at": _iso(_changed(snapshot.operations[-1], now)),
        "os-extended-snapshot-attributes:progress": "100%" if snapshot.making.over(now) else "0%",
        "os-extended-snapshot-attributes:project_id": PROJECT_ID,
    }


def _last_restore(world: ProviderState, disk: Disk) -> Operation | None:
    restores = [restore for snapshot in snapshots_of(world, disk) for restore in snapshot.restores]
    return max(restores, key=lambda restore: restore.begun_at, default=None)


def _changed(operation: Operation, now: datetime) -> datetime:
    return operation.ends_at if operation.over(now) else operation.begun_at


def _iso(moment: datetime) -> str:
    """Cinder writes UTC without saying so."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"
