"""Virtual environments of peers whose packages the bot has no use for, or which do not go together with its own."""

import subprocess
import sys
from collections.abc import Sequence

from bench.processes import ROOT

INSTALL_S = 180.0


def python_with(name: str, packages: Sequence[str]) -> str:
    """The interpreter of the environment of that name, made where it is missing; raises RuntimeError if that fails."""
    folder = ROOT / "var" / name
    python = str(folder / "bin" / "python")
    if (folder / "made").exists():
        return python
    try:
        for command in (
            [sys.executable, "-m", "venv", "--clear", str(folder)],
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages],
        ):
            subprocess.run(command, check=True, capture_output=True, timeout=INSTALL_S)
    except (OSError, subprocess.SubprocessError) as error:
        raise RuntimeError(f"the environment {name} could not be made: {error}") from error
    (folder / "made").touch()
    return python
