"""An issue in the change window: trouble, more time, the cutoff (docs/process.md, P61 to P66)."""

from datetime import timedelta

from changes import commands as c
from changes import events as e
from changes.errors import WrongState, invalid
from changes.labels import duration_label, moment_label
from changes.lifecycle.effect_builder import EffectBuilder
from changes.lifecycle.guards import DecisionContext, in_state, public_texts, required_text
from changes.lifecycle.implementation.testing import void_tests
from changes.model import IMPLEMENTING, LONGEST_WITH_EXTENSIONS, Change, Extension, Person, State, Window
from changes.notification import CardKind, NoticeKind, ThreadMessage
from changes.permissions import Permission, authorize
from changes.planning.occupancy import overlapping
from changes.planning.steps import StepKind
from changes.text import Message

LONGEST_EXTENSION = 12 * 60
TWICE = timedelta(minutes=1)
"""The same extension or update within this time counts once: two people gave it, or one pressed twice."""
EVERYBODY_FROM = 3
"""The number of the overrun reminder from which on everybody who could answer is asked."""


def decide_report_trouble(change: Change, command: c.ReportTrouble, context: DecisionContext) -> tuple[e.Event, ...]:
    """Report an issue while the work goes on."""
    authorize(command.by, Permission.RUN, change, context.service)
    in_state(
        change, {State.IN_PROGRESS, State.EXTENDED}, Message("issues are reported while the change is in progress")
    )
    return (e.TroubleReported(required_text(command.reason, "reason", Message("Say what does not work."))),)


def decide_solve_trouble(change: Change, command: c.SolveTrouble, context: DecisionContext) -> tuple[e.Event, ...]:
    """Say that the issue is solved, or answer the cutoff with it."""
    authorize(command.by, Permission.RUN, change, context.service)
    in_state(change, IMPLEMENTING, Message("there is no issue to solve"))
    if not change.has_open_issue and change.cutoff_asked_at is None:
        raise WrongState("No issue of {id} was reported, and its cutoff has not come yet.", id=change.id)
    if not change.has_open_issue and change.cutoff_answered:
        raise WrongState("The cutoff of {id} is answered already, and no issue is open.", id=change.id)
    if not change.has_open_issue and change.blocking_failures:
        raise WrongState(
            "Test {number} of {id} has failed, so it is not solved: fix it and test again, extend, or declare "
            "an incident.",
            number=change.blocking_failures[0] + 1,
            id=change.id,
        )
    return (e.TroubleSolved(),)


def decide_extend(change: Change, command: c.Extend, context: DecisionContext) -> tuple[e.Event, ...]:
    """Move the end of the window; past the acceptable overrun only the approver can (docs/process.md, P66)."""
    authorize(command.by, Permission.RUN, change, context.service)
    minutes, reason = command.minutes, command.reason
    in_state(change, IMPLEMENTING, Message("only a change that is in progress can be extended"))
    if not 1 <= minutes <= LONGEST_EXTENSION:
        raise invalid("extra_minutes", "Give the extra time in minutes, from 1 to {limit}.", limit=LONGEST_EXTENSION)
    reason = required_text(reason, "reason", Message("Say why more time is needed."))
    last = change.extensions[-1] if change.extensions else None
    if last is not None and last.minutes == minutes and context.now - last.at < TWICE:
        raise WrongState(
            "{id} was extended by {length} a moment ago, by {name}: it ends {ends_at} now.",
            id=change.id,
            length=duration_label(minutes),
            name=last.by.name or Message("somebody"),
            ends_at=moment_label(change.ends_at, context.service.zone),
        )
    if change.extended_minutes + minutes > context.service.policy.acceptable_overrun_minutes:
        authorize(command.by, Permission.EXTEND_FAR, change, context.service)
    ends_at = change.ends_at + timedelta(minutes=minutes)
    if ends_at <= context.now:
        raise invalid("extra_minutes", "Even with that the window would be over already: take more minutes.")
    if ends_at - change.plan.window.start > LONGEST_WITH_EXTENSIONS:
        raise invalid(
            "extra_minutes",
            "With all its extensions a window is {days} days long at most: take fewer minutes, complete the "
            "change or declare an incident.",
            days=LONGEST_WITH_EXTENSIONS.days,
        )
    into = tuple(each.change for each in overlapping(Window(change.ends_at, ends_at), context.bookings))
    public = public_texts(command.public, NoticeKind.EXTENSION, context.service)
    extended = e.Extended(minutes, reason, ends_at, into, public)
    return *trouble_first(change, reason), extended


def decide_keep_holding(change: Change, command: c.KeepHolding, context: DecisionContext) -> tuple[e.Event, ...]:
    """Write what the holding notice says, before it goes by itself (docs/process.md, P63)."""
    authorize(command.by, Permission.RUN, change, context.service)
    in_state(change, IMPLEMENTING, Message("a holding notice goes out only while a change is in progress"))
    if context.now >= change.ends_at:
        raise WrongState("The window of {id} is over, and its holding notice has gone out.", id=change.id)
    public = public_texts(command.public, NoticeKind.HOLDING, context.service)
    if public == change.holding:
        raise WrongState("The holding notice of {id} says that already.", id=change.id)
    return (e.HoldingKept(public),)


def trouble_first(change: Change, reason: str) -> tuple[e.Event, ...]:
    """Extension and incident come out of trouble (docs/process.md, P64), reported or not."""
    return () if change.state is State.TROUBLE else (e.TroubleReported(reason, in_passing=True),)


def apply(change: Change, entry: e.Entry) -> Change:
    """The change in trouble, out of it, or with more time."""
    event, at = entry.event, entry.at
    match event:
        case e.TroubleReported(reason=reason, in_passing=in_passing):
            troubled = change.with_(state=State.TROUBLE, cutoff_answered=False)
            return troubled if in_passing else troubled.with_(trouble=reason, issue_over=False)
        case e.TroubleSolved():
            # What was said before the cutoff does not answer it (docs/process.md, P61).
            answered = change.cutoff_asked_at is not None
            if not change.has_open_issue:
                return change.with_(cutoff_answered=answered)
            solved = change.with_(trouble="", cutoff_answered=answered)
            if change.state is State.TROUBLE:
                return void_tests(solved).with_(state=State.IN_PROGRESS)
            # The extension has voided what was tested before: if every test has passed since, that shows the fix.
            return void_tests(solved) if change.blocking_tests else solved
        case e.Extended(minutes=minutes, reason=reason):
            extensions = (*change.extensions, Extension(minutes, reason, entry.by, at))
            # What is repaired in the extra time has to be tested after it; more time alone changes nothing.
            extended = void_tests(change) if change.trouble and not change.issue_over else change
            extended = extended.with_(state=State.EXTENDED, extensions=extensions)
            # What was written for the old end may not be true of the new one.
            return extended.with_(cutoff_asked_at=None, cutoff_answered=False, holding={})
        case e.HoldingKept(public=public):
            return change.with_(holding=public)
        case _:
            return change


def react(effects: EffectBuilder, event: e.Event) -> None:
    """Tell the thread of the issue, and affected people of the new end."""
    match event:
        case e.TroubleReported(reason=reason, in_passing=False):
            effects.card(CardKind.DAY)
            effects.post_message(ThreadMessage.TROUBLE, reason, *effects.approver_or_deputies())
        case e.TroubleSolved():
            effects.card(CardKind.DAY)
            effects.edit_cards(CardKind.CUTOFF)
        case e.Extended():
            _extended(effects, event)
        case e.HoldingKept():
            effects.edit_cards(CardKind.CUTOFF)
        case e.StepFired():
            _react_to_step(effects, event)
        case _:
            return


def _extended(effects: EffectBuilder, event: e.Extended) -> None:
    """Tell the new end, and those whose window the extension reaches into (docs/process.md, P54)."""
    before, change = effects.before, effects.change
    reason, ends_at = event.reason, event.ends_at
    effects.card(CardKind.DAY)
    effects.edit_cards(CardKind.CUTOFF, of=before)
    effects.post_message(ThreadMessage.EXTENDED, reason, *effects.approver_or_deputies())
    effects.notice(NoticeKind.EXTENSION, window=Window(change.plan.window.start, ends_at), public=event.public)
    into = [other for other in effects.bookings if other.change in event.into]
    effects.tell_neighbours(into, ThreadMessage.EXTENDED_INTO)


def _react_to_step(effects: EffectBuilder, event: e.StepFired) -> None:
    """Ask at the cutoff, and again, until somebody says how it goes on (docs/process.md, P61 to P63)."""
    in_charge = effects.approver_or_deputies()
    match event.kind:
        case StepKind.CUTOFF:
            effects.card(CardKind.CUTOFF, (effects.implementer,))
        case StepKind.CUTOFF_SILENCE:
            effects.post_message(ThreadMessage.CUTOFF_SILENCE, "", effects.implementer, *in_charge)
        case StepKind.OVERRUN:
            effects.edit_cards(CardKind.CUTOFF)
            effects.post_message(ThreadMessage.OVERRUN, "", effects.implementer, *in_charge)
            effects.notice(NoticeKind.HOLDING, public=effects.change.holding)
        case StepKind.OVERRUN_NAG:
            effects.post_message(ThreadMessage.OVERRUN_NAG, "", *_reminded_of_overrun(effects, effects.nudge_number))
        case _:
            return


def _reminded_of_overrun(effects: EffectBuilder, number: int) -> tuple[Person, ...]:
    """First the implementer, then the approver too, then everybody who could answer (docs/process.md, P63)."""
    people = (
        effects.implementer,
        *effects.approver_or_deputies(),
        effects.service.approver,
        *effects.deputies(),
    )
    return people[:number] if number < EVERYBODY_FROM else people
