"""The rehearsal of a change is played, and leaves one line in its history (docs/process.md, P145)."""

from changes import commands as c
from changes import events as e
from changes.effects import PlayRehearsal
from changes.lifecycle.effect_builder import EffectBuilder
from changes.lifecycle.guards import DecisionContext
from changes.model import Change
from changes.permissions import Permission, authorize


def decide_note_rehearsal(change: Change, command: c.NoteRehearsal, context: DecisionContext) -> tuple[e.Event, ...]:
    """Note that it was rehearsed, in whatever state it is."""
    authorize(command.by, Permission.REHEARSE, change, context.service)
    return (e.Rehearsed(command.is_bad),)


def apply(change: Change, _entry: e.Entry) -> Change:
    """The change as it was."""
    return change


def react(effects: EffectBuilder, event: e.Event) -> None:
    """Play it for whoever asked; nobody else hears of it."""
    if isinstance(event, e.Rehearsed):
        effects.add(PlayRehearsal(effects.key("rehearsal"), effects.change.id, effects.entry.by, event.is_bad))
