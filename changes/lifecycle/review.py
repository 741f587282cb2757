"""The review of a completed change (docs/process.md, P15, P81), and its rehearsal beforehand (P145)."""

from changes import commands as c
from changes import events as e
from changes.effects import PlayRehearsal
from changes.lifecycle.effect_builder import EffectBuilder
from changes.lifecycle.guards import DecisionContext, in_state, required_text
from changes.model import Change, State
from changes.notification import CardKind, ThreadMessage
from changes.permissions import Permission, authorize
from changes.planning.steps import StepKind
from changes.text import Message


def decide_save_review(change: Change, command: c.SaveReview, context: DecisionContext) -> tuple[e.Event, ...]:
    """Save, or replace, what went well and what to do better."""
    authorize(command.by, Permission.REVIEW, change, context.service)
    in_state(change, {State.COMPLETED}, Message("only a completed change is reviewed"))
    text = required_text(command.text, "comment", Message("Say what went well, or what to do better."), 1500)
    return (e.Reviewed(text),)


def decide_note_rehearsal(change: Change, command: c.NoteRehearsal, context: DecisionContext) -> tuple[e.Event, ...]:
    """Note that it is rehearsed, in whatever state it is."""
    authorize(command.by, Permission.REHEARSE, change, context.service)
    return (e.Rehearsed(command.is_bad),)


def apply(change: Change, entry: e.Entry) -> Change:
    """The change with its review."""
    match entry.event:
        case e.Reviewed(text=text):
            return change.with_(review=text)
        case _:
            return change


def react(effects: EffectBuilder, event: e.Event) -> None:
    """Ask the implementer for the review, and show it; play the rehearsal for whoever asked, and for nobody else."""
    match event:
        case e.Rehearsed(is_bad=is_bad):
            effects.add(PlayRehearsal(effects.key("rehearsal"), effects.change.id, effects.entry.by, is_bad))
        case e.Reviewed():
            effects.edit_cards(CardKind.REVIEW)
        case e.StepFired(kind=StepKind.REVIEW):
            effects.card(CardKind.REVIEW, (effects.implementer,))
        case e.StepFired(kind=StepKind.REVIEW_NUDGE):
            effects.post_message(ThreadMessage.REVIEW_NUDGE, "", effects.implementer)
        case _:
            return
