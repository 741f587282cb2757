"""What a commit leaves to be done, so that whoever does it looks for that and for nothing else."""

from enum import StrEnum


class Work(StrEnum):
    """The kinds of work that a worker looks for in the database."""

    STEPS = "steps"
    """Items of the due table."""
    DELIVERIES = "deliveries"
    """Entries of the outbox."""
    OPERATIONS = "operations"
    """What runs at a provider."""


ALL_WORK = frozenset(Work)
