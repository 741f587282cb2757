"""What a package needs, as the installed ones declare it."""

import re
from collections.abc import Iterable
from importlib import metadata

from packaging.requirements import Requirement


def plain(name: str) -> str:
    """The name as the locks write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def closure(requirements: Iterable[str]) -> set[str]:
    """The names of these packages and of all that they need on this machine."""
    seen, left = set[tuple[str, frozenset[str]]](), [Requirement(each) for each in requirements]
    while left:
        each = left.pop()
        key = plain(each.name), frozenset(each.extras)
        if key in seen:
            continue
        seen.add(key)
        try:
            needed = [Requirement(line) for line in metadata.requires(each.name) or ()]
        except metadata.PackageNotFoundError:  # another system's
            continue
        extras = each.extras or {""}
        left += [one for one in needed if one.marker is None or any(one.marker.evaluate({"extra": x}) for x in extras)]
    return {name for name, _extras in seen}
