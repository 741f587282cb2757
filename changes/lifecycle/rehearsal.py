"""The rehearsal of a change leaves one line in its history, and nothing else anywhere (docs/process.md, P145)."""

from changes import commands as c
from changes import events as e
from changes.lifecycle.guards import DecisionContext
from changes.model import Change
from changes.permissions import Permission, authorize


def decide_note_rehearsal(change: Change, command: c.NoteRehearsal, context: DecisionContext) -> tuple[e.Event, ...]:
    """Note that it was rehearsed, in whatever state it is."""
    authorize(command.by, Permission.REHEARSE, change, context.service)
    return (e.Rehearsed(command.is_bad),)
