"""Who may do what (docs/process.md, P4): the only gate. No button, link or command carries a right of its own."""

from collections.abc import Container
from enum import StrEnum

from changes.approvals.quorum import approvers_of, is_usual, may_approve
from changes.errors import Hidden, NotAllowed
from changes.model import SYSTEM, Change, Person
from changes.policy import Catalogue, Service
from changes.recurrence.series import Series
from changes.templates import Template
from changes.text import Message, template
from changes.text.messages import listed

THERE_IS_NONE = template("There is no change {id}. `/change list` shows those there are.")


class Permission(StrEnum):
    """What a person may want to do, as far as rights are concerned."""

    DRAFT = "draft"
    READ = "read"
    REQUEST = "request"
    EDIT = "edit"
    POSTPONE = "postpone"
    DECIDE = "decide"
    APPROVE = "approve"
    RUN = "run"
    EXTEND_FAR = "extend_far"
    EXCEPTION = "exception"
    REASSIGN = "reassign"
    CONFIRM_RESTORE = "confirm_restore"
    REPORT_SNAPSHOT = "report_snapshot"
    REVIEW = "review"
    REHEARSE = "rehearse"
    TICK = "tick"
    TASK = "task"
    BIND = "bind"
    FEED = "feed"
    ADMIN = "admin"


_WHY_NOT = {
    Permission.DRAFT: template("Only a person can request a change."),
    Permission.READ: template(
        "{id} is still a draft: only {requester}, those who decide about it, and the admins see it."
    ),
    Permission.REQUEST: template("Only {requester} can submit {id}."),
    Permission.EDIT: template("Only {requester}, who requested {id}, the approver, a deputy or an admin can do that."),
    Permission.REASSIGN: template("Only {approver}, a deputy or an admin can hand {id} over to somebody else."),
    Permission.EXCEPTION: template("Only {approver} or a deputy can allow that for {id}, with a reason."),
    Permission.POSTPONE: template("Only the requester, the implementer, the approver or a deputy can postpone {id}."),
    Permission.DECIDE: template("Only {approver} or a deputy can decide about {id}."),
    Permission.APPROVE: template("Only {others} can decide about {id}."),
    Permission.RUN: template("Only the implementer ({implementer}), the approver or a deputy can do that for {id}."),
    Permission.EXTEND_FAR: template(
        "More than {overrun} minutes of overrun in all must be granted by {approver} or a deputy, with "
        "*Extend…* on the same card. Or take fewer minutes."
    ),
    Permission.CONFIRM_RESTORE: template(
        "A restore needs two people: {approver} or a deputy confirms it, not who asked for it."
    ),
    Permission.REPORT_SNAPSHOT: template(
        "Only the implementer ({implementer}), the approver or a deputy reports on its snapshot."
    ),
    Permission.REVIEW: template(
        "Only the requester, the implementer, the approver or a deputy can write the review of {id}."
    ),
    Permission.REHEARSE: template("Only the requester, the implementer, the approver or a deputy can rehearse {id}."),
    Permission.TICK: template("Only the timeline itself does that."),
    Permission.TASK: template(
        "Only whoever has the task, the requester, the implementer, the approver or a deputy can do that."
    ),
    Permission.BIND: template("Only an admin can bind a service to a channel."),
    Permission.FEED: template(
        "Only an admin sees the address of the calendar feed: whoever has it can read every window."
    ),
    Permission.ADMIN: template("Only an admin can do that."),
}
_OWN = template("You requested, edited or implement {id}: somebody else has to decide about it. Ask {others}.")
_NOBODY_ELSE = template(
    "You requested, edited or implement {id}, and nobody else may decide about it: an admin has to name a deputy for "
    "{service}, or somebody else cancels it and requests it anew."
)


def is_allowed(
    person: Person,
    act: Permission,
    change: Change | None = None,
    service: Service | None = None,
    admins: Container[Person] = (),
) -> bool:
    """Whether the person may do that: to the change of the service, or, with an admin's act, to the bot itself.

    What is not given grants nothing: without a change nobody may change one, without `admins` nobody is an admin. The
    clock may tick and report, and nothing else.
    """
    if person == SYSTEM:
        return act in (Permission.TICK, Permission.REPORT_SNAPSHOT)
    if act is Permission.DRAFT:
        return True
    if act in (Permission.BIND, Permission.FEED, Permission.ADMIN):
        return person in admins
    if change is None:
        return False
    if service is None:  # it was taken out of the settings, and nobody knows any more who decides
        return act is Permission.READ and (not change.is_private or person == change.requester or person in admins)
    is_admin = person in admins or person in service.admins
    return _may_with(person, act, change, service) or (
        is_admin and act in (Permission.READ, Permission.EDIT, Permission.REASSIGN)
    )


def authorize(
    person: Person,
    act: Permission,
    change: Change | None = None,
    service: Service | None = None,
    admins: Container[Person] = (),
) -> None:
    """Raise NotAllowed, with the reason as a sentence, unless the person may do that."""
    if is_allowed(person, act, change, service, admins):
        return
    if change is None or service is None:
        raise NotAllowed(_WHY_NOT[act])
    if act is Permission.APPROVE and is_usual(change, service):
        act = Permission.DECIDE
    others = may_approve(change, service) if act is Permission.APPROVE else service.deciding(change.involved)
    sentence = _WHY_NOT[act]
    by_others = act in (Permission.DECIDE, Permission.APPROVE, Permission.EXTEND_FAR)
    if by_others and person in change.involved and person in approvers_of(service):
        sentence = _OWN if others else _NOBODY_ELSE
    raise NotAllowed(
        sentence,
        id=change.id,
        service=service.name,
        others=listed(each.name for each in others if each.name) or Message("a deputy"),
        requester=change.requester.name or Message("the requester"),
        implementer=change.plan.implementer.name or Message("named in the plan"),
        approver=service.approver.name or Message("the approver"),
        overrun=service.policy.acceptable_overrun_minutes,
    )


def authorize_task(person: Person, change: Change, index: int, service: Service) -> None:
    """Raise NotAllowed unless the task with that index is theirs, or they may tick any (docs/process.md, P131)."""
    if not 0 <= index < len(change.plan.tasks) or person != change.doer_of(index):
        authorize(person, Permission.TASK, change, service)


def may_see_series(person: Person, series: Series, catalogue: Catalogue) -> bool:
    """Whether the recurring change is theirs to see and to steer (docs/process.md, P144)."""
    service = catalogue.services.get(series.plan.service)
    return person == series.owner or person in catalogue.admins or (service is not None and service.decides(person))


def authorize_series(person: Person, series: Series, catalogue: Catalogue) -> None:
    """Raise NotAllowed for whom the recurring change is not."""
    if not may_see_series(person, series, catalogue):
        owner = series.owner.name or Message("its owner")
        raise NotAllowed(
            "Only {owner}, the approver, a deputy or an admin says how often {id} recurs.", owner=owner, id=series.id
        )


def why_hidden(change: Change) -> Message:
    """Why somebody may not see the change, for the record that admins read."""
    return Message(_WHY_NOT[Permission.READ], id=change.id, requester=change.requester.name or change.requester.id)


def _may_with(person: Person, act: Permission, change: Change, service: Service) -> bool:
    """The permissions that the person's part in this change, and in its service, gives them."""
    involved = person in (change.requester, change.plan.implementer)
    decides = service.decides(person)
    own = person in change.involved
    match act:
        case Permission.READ:
            return not change.is_private or decides or person == change.requester
        case Permission.REQUEST:
            return person == change.requester
        case Permission.EDIT:
            return person == change.requester or decides
        case Permission.DECIDE | Permission.EXTEND_FAR:
            return decides and not own
        case Permission.APPROVE:
            return person in may_approve(change, service)
        case Permission.EXCEPTION | Permission.REASSIGN:
            return decides
        case Permission.RUN | Permission.REPORT_SNAPSHOT:
            return decides or person == change.plan.implementer
        case Permission.POSTPONE | Permission.REVIEW | Permission.TASK | Permission.REHEARSE:
            return decides or involved
        case Permission.CONFIRM_RESTORE:
            asked = change.restore is not None and change.restore.open and person == change.restore.asked_by
            return decides and not asked
        case _:
            return False


def may_keep_template(person: Person, template: Template, service: Service, admins: Container[Person] = ()) -> bool:
    """Whether the person may edit or retire the template (docs/process.md, P105)."""
    return bool(template.written_by(person)) or service.decides(person) or person in admins


def authorize_template(person: Person, template: Template, service: Service, admins: Container[Person] = ()) -> None:
    """Raise NotAllowed unless the person may edit or retire the template."""
    if not may_keep_template(person, template, service, admins):
        raise NotAllowed("Only those who wrote the template, the approver, a deputy or an admin can do that.")


def authorize_preapproval(person: Person, service: Service) -> None:
    """Raise NotAllowed unless the person decides about the service's changes."""
    if not service.decides(person):
        raise NotAllowed(
            "Only {approver} or a deputy can pre-approve a template, or take that back.",
            approver=service.approver.name or Message("the approver"),
        )


def authorize_copy(person: Person, change: Change) -> None:
    """Raise NotAllowed for what somebody else never submitted: others would read what is made of it (P105)."""
    if change.is_private and person != change.requester:
        raise NotAllowed("{id} was never submitted: only its requester can make something of it.", id=change.id)


def check_visible(catalogue: Catalogue, change: Change, person: Person) -> None:
    """Raise Hidden, in the words of a change that does not exist, when the person may not see it; the clock sees all.

    Raises NotConfigured when its service is no longer in the settings.
    """
    service = catalogue.services.get(change.plan.service)
    if person != SYSTEM and not is_allowed(person, Permission.READ, change, service, catalogue.admins):
        raise Hidden(why_hidden(change), THERE_IS_NONE, id=change.id)
    catalogue.of(change)
