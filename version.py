"""Which version of the program this is."""

import tomllib
from functools import cache
from pathlib import Path


@cache
def version() -> str:
    """The version in pyproject.toml, which lies beside the program wherever it runs."""
    with (Path(__file__).parent / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])
