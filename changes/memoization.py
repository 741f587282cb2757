"""Keeps what was computed from values that stay the same objects from turn to turn, like changes and services."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def by_identity(most: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Remember up to `most` results of a pure function for the very objects it was asked with.

    Comparing a change with another takes longer than most of what is computed from one. The arguments are kept, too,
    so that no other object gets the identity of one of them; none of them may be changed.
    """

    def remembering(function: Callable[P, T]) -> Callable[P, T]:
        known: dict[tuple[object, ...], tuple[object, T]] = {}

        @wraps(function)
        def asked(*values: P.args, **named: P.kwargs) -> T:
            key = (*map(id, values), *named, *map(id, named.values()))
            found = known.get(key)
            if found is None:
                if len(known) >= most:
                    known.clear()
                found = known[key] = (values, named), function(*values, **named)
            return found[1]

        return asked

    return remembering
