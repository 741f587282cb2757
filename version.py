"""Which version of the bot this is: pyproject.toml says so, and everybody else reads it here."""

import tomllib
from functools import cache
from pathlib import Path


@cache
def version() -> str:
    """For example `1.0.0`."""
    project = tomllib.loads(Path(__file__).with_name("pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])
