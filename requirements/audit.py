"""Asks whether a pinned version has a known hole.

Where nobody can be asked, it says so and lets it pass. With `--required` it does not: so `make audit` calls it where
`CI` is set and `AUDIT_OFFLINE` is not.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ACCEPTED: dict[str, str] = {}
"""Holes that are known and cannot be mended yet, by their id, with the reason why they do not matter here."""
LONGEST_S = 120


def judged(report: dict[str, Any]) -> tuple[list[str], int, int]:
    """The holes that are not accepted, how many packages were looked at, and how many nobody knew anything about."""
    packages = report["dependencies"]
    holes = [
        f"{each['name']} {each['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'none yet'}"
        for each in packages
        for hole in each.get("vulns", ())
        if hole["id"] not in ACCEPTED and ACCEPTED.keys().isdisjoint(hole.get("aliases", ()))
    ]
    unknown = sum("skip_reason" in each for each in packages)
    return holes, len(packages) - unknown, unknown


def main(arguments: Sequence[str]) -> int:
    """Print what was found; the exit status is 1 for a hole, and for nothing audited where it is required."""
    unknown_is = int("--required" in arguments)
    refused = " Here that fails; AUDIT_OFFLINE=1 lets it pass." if unknown_is else ""
    pinned = Path(__file__).with_name("public-cloud.txt")
    command = [sys.executable, "-m", "pip_audit", "--progress-spinner=off", "--disable-pip", "--require-hashes"]
    try:
        ran = subprocess.run(
            [*command, "--format=json", "-r", str(pinned)],
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
            check=False,
        )
        holes, known, unknown = judged(json.loads(ran.stdout))
    except (subprocess.TimeoutExpired, ValueError, KeyError) as error:
        print(
            f"audit: no register of known holes could be asked ({type(error).__name__}); nothing was audited.{refused}"
        )
        return unknown_is
    if not known:
        print(f"audit: the package index here knows nothing of holes; nothing was audited.{refused}")
        return unknown_is
    print(f"audit: {known} packages, {len(holes)} known holes; nothing is known about {unknown} packages.")
    print("\n".join(holes))
    return 1 if holes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
