"""Runs every measurement: `python -m bench`, or only some: `python -m bench turns`."""

import pkgutil
import sys
from importlib import import_module

import bench


def main(wanted: list[str]) -> None:
    """Run the named modules of this folder, or all of them; each has a `main()`."""
    names = [module.name for module in pkgutil.iter_modules(bench.__path__) if module.name != "__main__"]
    for name in wanted or names:
        import_module(f"bench.{name}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
