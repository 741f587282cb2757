"""The tasks of a plan."""

from dataclasses import dataclass

from changes.commands.base import Command


@dataclass(frozen=True, slots=True)
class FinishTask(Command):
    """The task at `index` is done; or need not be, as the `note` says."""

    index: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReopenTask(Command):
    """It is not done after all."""

    index: int
