"""The tasks of a plan."""

from dataclasses import dataclass

from changes.commands.base import Command


@dataclass(frozen=True, slots=True)
class FinishTask(Command):
    """The task at `index` is done."""

    index: int


@dataclass(frozen=True, slots=True)
class ReopenTask(Command):
    """It is not done after all, or must not stay open any more."""

    index: int


@dataclass(frozen=True, slots=True)
class WaiveTask(Command):
    """The blocking task at `index` may stay open, for this reason."""

    index: int
    reason: str
