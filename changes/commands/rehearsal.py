"""The rehearsal of a change."""

from dataclasses import dataclass

from changes.commands.base import Command


@dataclass(frozen=True, slots=True)
class NoteRehearsal(Command):
    """The change was rehearsed, on a bad day or a good one."""

    is_bad: bool = False
