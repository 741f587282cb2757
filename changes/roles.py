"""Who may do what (PROCESS.md, Roles): the only gate. No button, link or command carries a right of its own."""

from enum import StrEnum

from changes.errors import NotAllowed
from changes.model import CLOCK, Change, Person
from changes.policy import Service
from changes.sayings import template


class Act(StrEnum):
    """What is asked for, as far as rights are concerned."""

    REQUEST = "request"
    EDIT = "edit"
    POSTPONE = "postpone"
    DECIDE = "decide"
    RUN = "run"
    EXTEND_FAR = "extend_far"
    CONFIRM_RESTORE = "confirm_restore"
    REPORT_SNAPSHOT = "report_snapshot"
    REVIEW = "review"
    TICK = "tick"


_WHY_NOT = {
    Act.REQUEST: template("Only {requester} can hand in {id}."),
    Act.EDIT: template("Only {requester}, who requested {id}, can edit, move or cancel it."),
    Act.POSTPONE: template("Only the requester, the implementer, the approver or a deputy can postpone {id}."),
    Act.DECIDE: template("Only {approver} or a deputy can decide about {id}."),
    Act.RUN: template("Only the implementer ({implementer}), the approver or a deputy can do that for {id}."),
    Act.EXTEND_FAR: template(
        "More than {overrun} minutes of overrun in all must be granted by {approver} or a deputy: they press "
        "*Extend the window* on the same card. Or take fewer minutes."
    ),
    Act.CONFIRM_RESTORE: template(
        "A restore needs two people: {approver} or a deputy confirms it, not who asked for it."
    ),
    Act.REPORT_SNAPSHOT: template(
        "Only the implementer ({implementer}), the approver or a deputy reports on its snapshot."
    ),
    Act.REVIEW: template("Only the requester, the implementer, the approver or a deputy can write the review of {id}."),
    Act.TICK: template("Only the timeline itself does that."),
}
_OWN = template("You requested or implement {id}: somebody else has to decide about it. Ask {approver} or a deputy.")


def may(person: Person, act: Act, change: Change, service: Service) -> bool:
    """Whether the person may do that to the change. The clock may tick and report, and nothing else."""
    if person == CLOCK:
        return act in (Act.TICK, Act.REPORT_SNAPSHOT)
    involved = person in (change.requester, change.plan.implementer)
    decides = service.decides(person)
    match act:
        case Act.REQUEST | Act.EDIT:
            return person == change.requester
        case Act.DECIDE | Act.EXTEND_FAR:
            return decides and not involved
        case Act.RUN | Act.REPORT_SNAPSHOT:
            return decides or person == change.plan.implementer
        case Act.POSTPONE | Act.REVIEW:
            return decides or involved
        case Act.CONFIRM_RESTORE:
            return decides and (change.restore is None or person != change.restore.asked_by)
        case Act.TICK:
            return False


def require(person: Person, act: Act, change: Change, service: Service) -> None:
    """Raise NotAllowed, with the reason as a sentence, unless the person may do that."""
    if may(person, act, change, service):
        return
    template = _WHY_NOT[act]
    if act in (Act.DECIDE, Act.EXTEND_FAR) and service.decides(person):
        template = _OWN
    raise NotAllowed(
        template,
        id=change.id,
        requester=change.requester.name or "the requester",
        implementer=change.plan.implementer.name or "named in the plan",
        approver=service.approver.name or "the approver",
        overrun=service.policy.acceptable_overrun_minutes,
    )
