"""The servers of the simulated provider and the snapshots they have; what is kept is when an operation began.

How far it is follows from the time of asking, so moving the clock moves every operation. Across restarts they are kept
in one JSON file, which is replaced whole at each change.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import NAMESPACE_OID, uuid5

from storage.private_files import create_private, make_private_folder

ACCOUNT_ID = 1234


@dataclass(frozen=True, slots=True)
class Machine:
    """One VPS; the durations of its data snapshot and restore are minutes."""

    id: int
    name: str
    snapshot_minutes: int
    restore_minutes: int
    locked: bool = False
    maintenance: bool = False


MACHINES = (
    Machine(4711, "Hannibal", snapshot_minutes=150, restore_minutes=60),
    Machine(4712, "Hasdrubal", snapshot_minutes=40, restore_minutes=20),
    Machine(4713, "Mago", snapshot_minutes=15, restore_minutes=10),
)


@dataclass(frozen=True, slots=True)
class Operation:
    """The making of a snapshot or one restore from it. One that fails does so half-way."""

    task: str
    begun_at: datetime
    minutes: int
    fails: bool = False

    @property
    def ends_at(self) -> datetime:
        """When it succeeds or fails."""
        return self.begun_at + timedelta(minutes=self.minutes) / (2 if self.fails else 1)

    def over(self, now: datetime) -> bool:
        """Whether it has ended by `now`."""
        return now >= self.ends_at


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot with its own operation and the restores from it, oldest first."""

    vps_id: int
    name: str
    disk: str
    making: Operation
    restores: tuple[Operation, ...] = ()

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Everything that was begun with this snapshot, oldest first."""
        return (self.making, *self.restores)

    def status(self, now: datetime) -> str:
        """The provider's word for it: creating, available, error, restoring, restore_failed."""
        if not self.making.over(now):
            return "creating"
        if self.making.fails:
            return "error"
        if not self.restores:
            return "available"
        last = self.restores[-1]
        if not last.over(now):
            return "restoring"
        return "restore_failed" if last.fails else "available"


@dataclass(slots=True)
class ProviderState:
    """All that the provider knows. Names of snapshots need not be unique, so that a double is seen."""

    snapshots: tuple[Snapshot, ...] = ()
    machines: tuple[Machine, ...] = MACHINES

    def machine(self, vps_id: str) -> Machine | None:
        """The VPS with this id."""
        return next((machine for machine in self.machines if str(machine.id) == vps_id), None)

    def of(self, machine: Machine) -> tuple[Snapshot, ...]:
        """The machine's snapshots, oldest first."""
        return tuple(snapshot for snapshot in self.snapshots if snapshot.vps_id == machine.id)

    def busy(self, machine: Machine, now: datetime) -> bool:
        """Whether an operation is running on the machine."""
        return any(not op.over(now) for snapshot in self.of(machine) for op in snapshot.operations)

    def create(self, machine: Machine, name: str, disk: str, now: datetime, *, fails: bool = False) -> None:
        """Begin a snapshot. One of the system disk always fails, as it has on the real provider."""
        making = Operation(self._next_task(), now, machine.snapshot_minutes, fails=fails or disk == "system")
        self.snapshots += (Snapshot(machine.id, name, disk, making),)

    def restore(self, machine: Machine, chosen: Snapshot, now: datetime, *, fails: bool = False) -> None:
        """Begin to restore the machine from the snapshot `chosen`."""
        begun = Operation(self._next_task(), now, machine.restore_minutes, fails=fails)
        self.snapshots = tuple(
            replace(snapshot, restores=(*snapshot.restores, begun)) if snapshot is chosen else snapshot
            for snapshot in self.snapshots
        )

    def operation(self, task: str) -> Operation | None:
        """The operation that the task with this uuid carries out."""
        return next((op for snapshot in self.snapshots for op in snapshot.operations if op.task == task), None)

    def _next_task(self) -> str:
        count = sum(len(snapshot.operations) for snapshot in self.snapshots)
        return str(uuid5(NAMESPACE_OID, f"simulated-task-{count + 1}"))


def to_json(snapshot: Snapshot) -> dict[str, object]:
    """The snapshot as plain JSON, to be kept."""
    return {
        "vps_id": snapshot.vps_id,
        "name": snapshot.name,
        "disk": snapshot.disk,
        "operations": [
            {"task": op.task, "begun_at": op.begun_at.isoformat(), "minutes": op.minutes, "fails": op.fails}
            for op in snapshot.operations
        ],
    }


def from_json(kept: Mapping[str, object]) -> Snapshot:
    """The snapshot from what `to_json` made. ValueError when it is something else."""
    match kept:
        case {"vps_id": int(vps_id), "name": str(name), "disk": str(disk), "operations": [*operations]}:
            making, *restores = (_operation(operation) for operation in operations)
            return Snapshot(vps_id, name, disk, making, tuple(restores))
        case _:
            raise ValueError("A snapshot is kept in another shape.")


def _operation(kept: object) -> Operation:
    match kept:
        case {"task": str(task), "begun_at": str(begun_at), "minutes": int(minutes), "fails": bool(fails)}:
            return Operation(task, datetime.fromisoformat(begun_at), minutes, fails)
        case _:
            raise ValueError("An operation is kept in another shape.")


def load(path: Path | None) -> tuple[Snapshot, ...]:
    """The snapshots kept at `path`; none without a file. ValueError when the file is something else."""
    if path is None or not path.exists():
        return ()
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return tuple(from_json(snapshot) for snapshot in kept["snapshots"])
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path} is not what the simulator kept; delete the file to begin anew.") from error


def save(path: Path | None, snapshots: tuple[Snapshot, ...]) -> None:
    """Keep the snapshots at `path`. Killed meanwhile, it leaves the file as it was or as it shall be."""
    if path is None:
        return
    make_private_folder(path.parent)
    fresh = path.with_name(f"{path.name}.new")
    create_private(fresh)
    with fresh.open("w", encoding="utf-8") as file:
        json.dump({"snapshots": [to_json(snapshot) for snapshot in snapshots]}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
