"""The change became an incident: what was tried, updates, hand-over, its end (docs/process.md, P67, P70)."""

from datetime import datetime, timedelta

from changes import commands as c
from changes import events as e
from changes.errors import WrongState
from changes.lifecycle.effect_builder import EffectBuilder
from changes.lifecycle.guards import DecisionContext, in_state, public_texts, required_text
from changes.lifecycle.implementation.issue import TWICE, trouble_first
from changes.lifecycle.implementation.testing import ensure_not_restoring, tests_gate, void_tests
from changes.model import IMPLEMENTING, IN_INCIDENT, Change, IncidentUpdate, Outcome, RecoveryAttempt, State
from changes.notification import CardKind, News, NoticeKind, ThreadMessage
from changes.permissions import Permission, authorize
from changes.planning.steps import StepKind
from changes.text import Message

OPEN = {State.INCIDENT}
JUST_TOLD = timedelta(minutes=15)
"""Affected people who heard of the incident this recently are not told of its hand-over too."""


def decide_declare(change: Change, command: c.DeclareIncident, context: DecisionContext) -> tuple[e.Event, ...]:
    """Declare an incident while the work goes on."""
    authorize(command.by, Permission.RUN, change, context.service)
    in_state(change, IMPLEMENTING, Message("an incident is declared while the work goes on"))
    reason = required_text(command.reason, "reason", Message("Give the issue and its user impact."))
    public = public_texts(command.public, NoticeKind.INCIDENT_START, context.service)
    declared = *trouble_first(change, reason), e.IncidentDeclared(reason, public)
    # The restore did not solve it: that is what the incident process is for.
    return (*declared, e.HandedOver(reason, in_passing=True)) if change.restored else declared


def decide_note_tried(change: Change, command: c.NoteTried, context: DecisionContext) -> tuple[e.Event, ...]:
    """Record what was tried; it changed the system, so the tests have to be run again."""
    authorize(command.by, Permission.RUN, change, context.service)
    in_state(change, OPEN, Message("there is no incident"))
    note = required_text(command.note, "comment", Message("Give the action and its result."))
    return (e.RecoveryTried(command.way, note),)


def decide_update(change: Change, command: c.UpdateIncident, context: DecisionContext) -> tuple[e.Event, ...]:
    """Tell affected people how it stands."""
    authorize(command.by, Permission.RUN, change, context.service)
    in_state(change, IN_INCIDENT, Message("there is no incident"))
    public = public_texts(command.public, NoticeKind.INCIDENT_UPDATE, context.service)
    # What was written for affected people is what the thread reads too.
    news = required_text(
        command.text or next(iter(public.values()), ""),
        "comment",
        Message("Say how it stands and what comes next: everyone affected reads it."),
    )
    last = change.last_update
    if last is not None and (last.text, last.public) == (news, public) and context.now - last.at < TWICE:
        raise WrongState("This update of {id} was sent a moment ago.", id=change.id)
    return (e.IncidentUpdated(news, public),)


def decide_hand_over(change: Change, command: c.HandOver, context: DecisionContext) -> tuple[e.Event, ...]:
    """Hand an incident over to the incident process, once."""
    authorize(command.by, Permission.RUN, change, context.service)
    in_state(change, OPEN, Message("only an incident is handed over"))
    if change.handed_over_at is not None:
        raise WrongState("{id} was handed over to the incident process already.", id=change.id)
    reason = required_text(command.reason, "reason", Message("Say why it is handed over, and what is known."))
    return (e.HandedOver(reason),)


def decide_close(change: Change, command: c.CloseIncident, context: DecisionContext) -> tuple[e.Event, ...]:
    """End an incident whose tests all passed or are accepted (docs/process.md, P73, P75)."""
    authorize(command.by, Permission.RUN, change, context.service)
    in_state(change, OPEN, Message("there is no incident to close"))
    ensure_not_restoring(context)
    tests_gate(change)
    return (e.Completed(command.outcome if command.outcome is not Outcome.SUCCESSFUL else Outcome.FIXED),)


def apply(change: Change, entry: e.Entry) -> Change:
    """The change as an incident."""
    event, at = entry.event, entry.at
    match event:
        case e.IncidentDeclared(reason=reason):
            declared = change.with_(state=State.INCIDENT, incident_at=change.incident_at or at, trouble=reason)
            return _unproven(declared).with_(issue_over=False, spoke_at=at, informed_at=at)
        case e.RecoveryTried(way=way, note=note):
            tried = change.with_(
                recovery_attempts=(*change.recovery_attempts, RecoveryAttempt(way, note, entry.by, at))
            )
            return void_tests(tried).with_(spoke_at=at)
        case e.IncidentUpdated(text=text, public=public):
            return change.with_(spoke_at=at, informed_at=at, last_update=IncidentUpdate(text, public, at))
        case e.HandedOver():
            return change.with_(handed_over_at=at, spoke_at=at, informed_at=at)
        case _:
            return change


def _unproven(change: Change) -> Change:
    """Drop the passed tests, which show nothing while something is broken; failed ones still count."""
    tests = tuple(None if each is None or each.passed else each for each in change.tests)
    return change.with_(tests=tests, accepted=())


def react(effects: EffectBuilder, event: e.Event) -> None:
    """Tell affected people and whoever takes over, and ask for the next update."""
    before, change = effects.before, effects.change
    match event:
        case e.IncidentDeclared(public=public):
            effects.edit_cards(CardKind.DAY, CardKind.CUTOFF)
            effects.card(CardKind.INCIDENT, (*effects.deciders(), change.plan.implementer))
            if before is None or before.incident_at is None:
                effects.notice(NoticeKind.INCIDENT_START, public=public)
            else:  # declared again after a restore, it is handed over with the same word: both are told at once
                effects.notice(NoticeKind.INCIDENT_UPDATE, news=News.HANDED_OVER, public=public)
        case e.RecoveryTried():
            effects.card(CardKind.INCIDENT)
            effects.edit_cards(CardKind.HANDOVER)
        case e.IncidentUpdated(text=text, public=public):
            effects.edit_cards(CardKind.INCIDENT, CardKind.HANDOVER)
            effects.notice(NoticeKind.INCIDENT_UPDATE, "" if public else text, public=public)
        case e.HandedOver():
            _handed_over(effects, event)
        case e.StepFired():
            _react_to_step(effects, event)
        case _:
            return


def _handed_over(effects: EffectBuilder, event: e.HandedOver) -> None:
    before, change, reason = effects.before, effects.change, event.reason
    effects.edit_cards(CardKind.INCIDENT)
    effects.card(CardKind.HANDOVER)
    # A restore that failed said the same to the same people, and why it is an incident again was just said.
    if change.restore is None or reason != change.restore.failed:
        effects.post_message(
            ThreadMessage.HANDED_OVER, "" if reason == change.trouble else reason, *effects.incident_recipients()
        )
    # The reason is for those who take over; what is known of it is on the card. Affected people hear it once:
    # not with the incident that was declared in this moment, nor a second time minutes later.
    again = before is not None and before.handed_over_at is not None and _just_told(before, effects.entry.at)
    if not event.in_passing and not again:
        effects.notice(NoticeKind.INCIDENT_UPDATE, news=News.HANDED_OVER)


def _just_told(before: Change, now: datetime) -> bool:
    """Whether affected people heard of the incident minutes ago: nobody is told the same twice."""
    return before.informed_at is not None and now - before.informed_at < JUST_TOLD


def _react_to_step(effects: EffectBuilder, event: e.StepFired) -> None:
    """Ask for the next update, and for the hand-over to be closed (docs/process.md, P80)."""
    change, service = effects.change, effects.service
    in_charge = effects.approver_or_deputies()
    match event.kind:
        case StepKind.INCIDENT_NUDGE:
            others = in_charge if effects.nudge_number > 1 else ()
            effects.post_message(ThreadMessage.INCIDENT_NUDGE, "", effects.implementer, *others)
        case StepKind.INCIDENT_HOLDING:
            effects.notice(NoticeKind.INCIDENT_UPDATE)
        case StepKind.HANDOVER_NUDGE:
            a_day = timedelta(minutes=service.policy.handover_admins_minutes)
            since = change.handed_over_at or event.due
            admins = service.admins if event.due - since >= a_day else ()
            told = *service.deciding(), effects.implementer, *admins
            effects.post_message(ThreadMessage.HANDOVER_NUDGE, "", *told)
        case _:
            return
