"""What follows when a step of the timeline is carried out, beside the events that it brings about."""

from datetime import datetime

from changes import events as e
from changes.consequences.collector import Collector
from changes.effects import CardKind, Line, NoticeKind, Preflight
from changes.model import Change, Person
from changes.readiness import who_can_decide
from changes.timeline import StepKind, nag_number

ALL_NAGGED_FROM = 3


def of(made: Collector, event: e.StepFired) -> None:
    """What follows from the step itself."""
    change = made.change
    implementer, requester = change.plan.implementer, change.requester
    match event.kind:
        case StepKind.PREPARE:
            made.tell(Line.PREPARE, "", requester, late=event.late)
        case StepKind.CORRECTIONS:
            made.tell(Line.CORRECTIONS_REMINDER, _comment(change), requester)
        case StepKind.PREFLIGHT_WEEK:
            if not who_can_decide(change, made.service):
                made.tell(Line.NOBODY_DECIDES, "", requester, implementer)
        case StepKind.GO_NUDGE:
            made.tell(Line.GO_NUDGE, "", *made.deciders())
        case StepKind.GO_DEPUTIES if made.asked_in_the_first_place():
            return
        case StepKind.GO_DEPUTIES:
            made.tell(Line.GO_DEPUTIES, "", *made.deputies())
        case StepKind.REMINDER:
            if _announced_before(change, event.due):
                made.notice(NoticeKind.REMINDER, late=event.late)
            made.add(Preflight(made.key("preflight"), change.id))
        case _:
            _on_the_day(made, event)


def _on_the_day(made: Collector, event: e.StepFired) -> None:
    change = made.change
    implementer, in_charge = change.plan.implementer, made.in_charge()
    match event.kind:
        case StepKind.START if change.snapshot.settled:
            made.card(CardKind.DAY, (implementer,))
        case StepKind.START:
            made.card(CardKind.DAY, (implementer,))
            made.tell(Line.START_LOCKED, "", implementer, *in_charge)
        case StepKind.NOT_STARTED:
            made.tell(Line.NOT_STARTED, "", implementer, *in_charge)
        case StepKind.CUTOFF:
            made.card(CardKind.CUTOFF, (implementer,))
        case StepKind.CUTOFF_SILENCE:
            made.tell(Line.CUTOFF_SILENCE, "", implementer, *in_charge)
        case StepKind.OVERRUN if change.started_at is None:
            made.tell(Line.NEVER_STARTED, "", implementer, *in_charge)
        case StepKind.OVERRUN:
            made.tell(Line.OVERRUN, "", implementer, *in_charge)
            made.notice(NoticeKind.HOLDING)
        case StepKind.OVERRUN_NAG:
            made.tell(Line.OVERRUN_NAG, "", *_nagged(made, nag_number(event.key)))
        case StepKind.REVIEW:
            made.card(CardKind.REVIEW, (implementer,))
        case _:
            return


def _nagged(made: Collector, number: int) -> tuple[Person, ...]:
    """First the implementer, then the approver too, then everybody who could answer (CASES.md 8)."""
    people = (made.change.plan.implementer, *made.in_charge(), made.service.approver, *made.deputies())
    return people[:number] if number < ALL_NAGGED_FROM else people


def _comment(change: Change) -> str:
    return change.corrections.comment if change.corrections else ""


def _announced_before(change: Change, due: datetime) -> bool:
    """Whether the announcement is old enough for a reminder to tell anything new."""
    return change.announced is not None and change.scheduled_at is not None and change.scheduled_at < due
