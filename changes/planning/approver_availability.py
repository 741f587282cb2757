"""Whether a change can be decided at all: somebody who may has to be there between the request for GO and its end."""

from datetime import date, timedelta

from changes.model import Change, Person
from changes.planning.timeline import StepKind, timeline
from changes.policy import Service


def available_approvers(change: Change, service: Service) -> tuple[Person, ...]:
    """The people who may decide about the change and are there on at least one day on which GO can be given."""
    due = {step.kind: service.local(step.due).date() for step in timeline(change, service)}
    first, last = due.get(StepKind.GO, due[StepKind.SILENCE]), due[StepKind.SILENCE]
    may = service.deciding(change.involved)
    return tuple(each for each in may if any(service.away_until(each, day) is None for day in _days(first, last)))


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range(max(0, (last - first).days) + 1)]
