"""The simulated provider's memory across restarts: one JSON file, replaced whole at each change."""

import json
import os
from pathlib import Path

from local.simulator.world import Snapshot, from_json, to_json
from storage.private_files import create_private, make_private_folder


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
