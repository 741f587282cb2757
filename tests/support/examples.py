"""How many examples a property is held against."""

from hypothesis import settings

USUAL = 100
"""What the profile of every run says."""


def examples(number: int) -> int:
    """So many in every run; a fifth of them in `make check`, ten times as many in `make test-long`."""
    return max(1, number * settings().max_examples // USUAL)
