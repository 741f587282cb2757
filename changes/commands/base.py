"""The base of every command."""

from dataclasses import dataclass

from changes.model import Person


@dataclass(frozen=True, slots=True)
class Command:
    """`by` is the authenticated person, or SYSTEM."""

    by: Person
