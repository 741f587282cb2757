"""The figures as they are kept: var/bench.json, which grows with each run until it is deleted."""

import json
import os
import platform
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from bench.figures import Figure, Missing, Table
from bench.processes import ROOT

KEPT = ROOT / "var" / "bench.json"


@dataclass(slots=True)
class Record:
    """What was found, when and on what; a figure replaces that of the same name and place."""

    about: dict[str, Any]
    figures: list[Figure] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)

    @classmethod
    def begun(cls, *, full: bool) -> Self:
        """What was kept of earlier runs, with today's date."""
        found = cls.kept()
        found.about = about() | {"full": full}
        return found

    @classmethod
    def kept(cls) -> Self:
        """What was kept; nothing where there is no file."""
        if not KEPT.exists():
            return cls({})
        read = json.loads(KEPT.read_text(encoding="utf-8"))
        figures = [Figure(**each) for each in read["figures"]]
        return cls(
            read["about"],
            figures,
            [Missing(**each) for each in read["missing"]],
            [Table(**each) for each in read["tables"]],
        )

    def add(self, found: Figure | Table) -> None:
        """Keep it, in the place of an older one."""
        kept: list[Any] = self.figures if isinstance(found, Figure) else self.tables
        places = [(each.name, each.where) for each in kept]
        if (place := (found.name, found.where)) in places:
            kept[places.index(place)] = found
        else:
            kept.append(found)

    def miss(self, name: str, why: str) -> Missing:
        """Keep that there is no figure, and why."""
        missing = Missing(name, why)
        self.missing = [each for each in self.missing if each.name != name] + [missing]
        return missing

    def made(self, name: str) -> None:
        """What was missing is there now."""
        self.missing = [each for each in self.missing if each.name != name]

    def save(self) -> None:
        """Write everything down."""
        KEPT.parent.mkdir(exist_ok=True)
        KEPT.write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")


def about() -> dict[str, Any]:
    """When and on what it is measured."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": _said("git", "rev-parse", "--short", "HEAD"),
        "cores": os.cpu_count(),
        "processor": _processor(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": sys.version.split()[0],
        "load": round(os.getloadavg()[0], 1),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _said(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()
