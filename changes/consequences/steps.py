"""What follows when a step of the timeline is carried out, beside the events that it brings about."""

from datetime import datetime, timedelta

from changes import events as e
from changes.consequences.collector import EffectBuilder
from changes.effects import CardKind, NoticeKind, Preflight, ThreadMessage
from changes.model import Change, Person, State
from changes.planning.approver_availability import available_approvers
from changes.planning.occupancy import broken
from changes.planning.reminders import is_nudge, nudge_number
from changes.planning.steps import StepKind

EVERYBODY_FROM = 3
"""From this reminder of an open window on everybody is asked who could answer."""
ASKED_AGAIN = {
    StepKind.PRECHECK_NUDGE: (ThreadMessage.PRECHECK_NUDGE, ThreadMessage.PRECHECK_DEPUTIES),
    StepKind.GO_NUDGE: (ThreadMessage.GO_NUDGE, ThreadMessage.GO_DEPUTIES),
}


def of(made: EffectBuilder, event: e.StepFired) -> None:
    """What follows from the step itself."""
    change, number = made.change, nudge_number(event.key) if is_nudge(event.key) else 0
    implementer, requester = change.plan.implementer, change.requester
    match event.kind:
        case StepKind.PREPARE:
            made.tell(ThreadMessage.PREPARE, "", requester, late=event.late)
        case StepKind.CORRECTIONS:
            made.tell(ThreadMessage.CORRECTIONS_REMINDER, _comment(change), requester)
        case StepKind.PREFLIGHT_WEEK:
            made.add(Preflight(made.key("preflight"), change.id))
            if not available_approvers(change, made.service):
                made.tell(ThreadMessage.NOBODY_DECIDES, "", requester, implementer)
        case StepKind.PRECHECK_NUDGE | StepKind.GO_NUDGE:
            _ask_again(made, event.kind, number)
        case StepKind.NEW_DATE_NUDGE:
            made.tell(ThreadMessage.NEW_DATE_NUDGE, "", requester, *_after_two_weeks(made, event.due))
        case StepKind.REMINDER:
            if _announced_before(change, event.due):
                made.notice(NoticeKind.REMINDER, late=event.late)
            made.add(Preflight(made.key("preflight"), change.id))
        case StepKind.REVIEW:
            made.card(CardKind.REVIEW, (implementer,))
        case StepKind.REVIEW_NUDGE:
            made.tell(ThreadMessage.REVIEW_NUDGE, "", implementer)
        case _:
            _on_the_day(made, event, number)


def _ask_again(made: EffectBuilder, kind: StepKind, number: int) -> None:
    """First whoever was asked; from the second time on the deputies too (PROCESS.md, Nobody is left waiting)."""
    line, with_deputies = ASKED_AGAIN[kind]
    everybody = made.all_deciders()
    if not everybody:
        made.tell(ThreadMessage.NOBODY_DECIDES, "", made.change.requester, made.change.plan.implementer)
        return
    has_deputies = any(each != made.service.approver for each in everybody)
    if number > 1 and has_deputies and not made.asked_in_the_first_place():
        made.tell(with_deputies, "", *everybody)
    else:
        made.tell(line, "", *made.deciders())


def _on_the_day(made: EffectBuilder, event: e.StepFired, number: int) -> None:
    change = made.change
    implementer, in_charge = change.plan.implementer, made.in_charge()
    is_locked = change.state is not State.READY or broken(made.bookings) is not None
    match event.kind:
        case StepKind.SNAPSHOT_NUDGE:
            made.card(CardKind.PROGRESS, only_edit=True)
            made.tell(ThreadMessage.SNAPSHOT_NUDGE, "", implementer, *(in_charge if number > 1 else ()))
        case StepKind.SNAPSHOT_TOO_LATE:
            made.card(CardKind.PROGRESS, only_edit=True)
            made.card(CardKind.DAY, only_edit=True)
            made.tell(ThreadMessage.SNAPSHOT_TOO_LATE, "", implementer, *in_charge)
        case StepKind.START if is_locked:
            made.card(CardKind.DAY)
            if made.entry.at < _reminded_of_start(made):  # else the reminder is due in this moment, and says the same
                made.tell(ThreadMessage.START_LOCKED, "", implementer, *in_charge)
        case StepKind.START:
            made.card(CardKind.DAY, (implementer,))
        case StepKind.NOT_STARTED:
            made.tell(ThreadMessage.NOT_STARTED, "", implementer)
        case StepKind.NOT_STARTED_APPROVER:
            made.tell(ThreadMessage.NOT_STARTED, "", implementer, *in_charge, *made.deputies())
        case StepKind.CUTOFF:
            made.card(CardKind.CUTOFF, (implementer,))
        case StepKind.CUTOFF_SILENCE:
            made.tell(ThreadMessage.CUTOFF_SILENCE, "", implementer, *in_charge)
        case StepKind.OVERRUN:
            made.card(CardKind.CUTOFF, only_edit=True)
            made.tell(ThreadMessage.OVERRUN, "", implementer, *in_charge)
            made.notice(NoticeKind.HOLDING)
        case StepKind.OVERRUN_NAG:
            made.tell(ThreadMessage.OVERRUN_NAG, "", *_nagged(made, number))
        case _:
            _in_an_incident(made, event, number)


def _in_an_incident(made: EffectBuilder, event: e.StepFired, number: int) -> None:
    change, service = made.change, made.service
    implementer, in_charge = change.plan.implementer, made.in_charge()
    match event.kind:
        case StepKind.INCIDENT_NUDGE:
            made.tell(ThreadMessage.INCIDENT_NUDGE, "", implementer, *(in_charge if number > 1 else ()))
        case StepKind.INCIDENT_HOLDING:
            made.notice(NoticeKind.INCIDENT_UPDATE)
        case StepKind.RESTORE_NUDGE:
            made.tell(ThreadMessage.RESTORE_NUDGE, "", *_confirming(made, number))
        case StepKind.HANDOVER_NUDGE:
            a_day = timedelta(minutes=service.policy.handover_admins_minutes)
            since = change.handed_over_at or event.due
            admins = service.admins if event.due - since >= a_day else ()
            made.tell(ThreadMessage.HANDOVER_NUDGE, "", service.approver, *service.deputies, implementer, *admins)
        case _:
            return


def _reminded_of_start(made: EffectBuilder) -> datetime:
    """When it is said for the first time that it should have started."""
    minutes = min(made.service.policy.not_started_minutes, made.service.policy.not_started_approver_minutes)
    return made.change.plan.window.start + timedelta(minutes=minutes)


def _confirming(made: EffectBuilder, number: int) -> tuple[Person, ...]:
    """Who can confirm the restore: first whoever is in charge, from the second time on everybody who may."""
    asked_by = made.change.restore.asked_by if made.change.restore else None
    may = tuple(each for each in (made.service.approver, *made.service.deputies) if each != asked_by)
    first = tuple(each for each in made.in_charge() if each != asked_by)
    return first or may if number == 1 else may


def _nagged(made: EffectBuilder, number: int) -> tuple[Person, ...]:
    """First the implementer, then the approver too, then everybody who could answer (CASES.md 8)."""
    people = (made.change.plan.implementer, *made.in_charge(), made.service.approver, *made.deputies())
    return people[:number] if number < EVERYBODY_FROM else people


def _after_two_weeks(made: EffectBuilder, due: datetime) -> tuple[Person, ...]:
    since = made.change.state_since or due
    patience = timedelta(days=made.service.policy.new_date_approver_days)
    return made.in_charge() if due - since >= patience else ()


def _comment(change: Change) -> str:
    return change.corrections.comment if change.corrections else ""


def _announced_before(change: Change, due: datetime) -> bool:
    """Whether the announcement is old enough for a reminder to tell anything new."""
    return change.announced is not None and change.announced_at is not None and change.announced_at < due
