"""A change is handed over to another requester or implementer (docs/process.md, P12)."""

from dataclasses import replace

from changes import commands as c
from changes import events as e
from changes.approvals.quorum import asked_to_decide
from changes.errors import WrongState
from changes.lifecycle.effect_builder import EffectBuilder
from changes.lifecycle.guards import DecisionContext, in_state
from changes.model import AWAITING_APPROVAL, AWAITING_IMPLEMENTATION, SYSTEM, Change, Decision, Person, State
from changes.notification import ThreadMessage
from changes.permissions import Permission, authorize
from changes.text import Message


def decide_reassign(change: Change, command: c.Reassign, context: DecisionContext) -> tuple[e.Event, ...]:
    """Hand the change over: its requester is gone, or somebody else does it."""
    authorize(command.by, Permission.REASSIGN, change, context.service)
    in_state(change, set(State) - {State.CANCELLED}, Message("there is nothing to hand over"))
    requester = command.requester or change.requester
    implementer = command.implementer or change.plan.implementer
    if SYSTEM in (requester, implementer):
        raise WrongState("Only a person can take over {id}.", id=change.id)
    if (requester, implementer) == (change.requester, change.plan.implementer):
        raise WrongState("{id} is theirs already: nothing was changed.", id=change.id)
    decided = next((each for each in (requester, implementer) if each in change.decided_by), None)
    if (
        decided is not None
        and decided not in change.involved
        and change.state in AWAITING_APPROVAL | AWAITING_IMPLEMENTATION
    ):
        raise WrongState(
            "{name} decided about {id}, and nobody decides about their own change. Name somebody else; the approver "
            "and the deputies can start and end it as it is.",
            name=decided.name or Message("That person"),
            id=change.id,
        )
    return (e.Reassigned(requester, implementer),)


def apply(change: Change, entry: e.Entry) -> Change:
    """The change of its new people."""
    match entry.event:
        case e.Reassigned(requester=requester, implementer=implementer):
            return _reassigned(change, requester, implementer)
        case _:
            return change


def _reassigned(change: Change, requester: Person, implementer: Person) -> Change:
    """The plan has another implementer, and decisions about it hold: who may decide it let that happen."""
    plan = replace(change.plan, implementer=implementer)
    left = [each for each in (change.requester, change.plan.implementer) if each not in (requester, implementer)]

    def still(decision: Decision) -> Decision:
        holds = decision.fingerprint == change.plan.fingerprint
        return replace(decision, fingerprint=plan.fingerprint) if holds else decision

    def moved(decision: Decision | None) -> Decision | None:
        return still(decision) if decision is not None else None

    return change.with_(
        requester=requester,
        plan=plan,
        formerly=tuple(dict.fromkeys((*change.formerly, *left))),
        conflict_allowed=moved(change.conflict_allowed),
        precheck=moved(change.precheck),
        corrections=moved(change.corrections),
        go=moved(change.go),
        approvals=tuple(map(still, change.approvals)),
    )


def react(effects: EffectBuilder, event: e.Event) -> None:
    """Tell whoever gains or loses a part in the change, and ask whoever decides about it now."""
    if effects.change.submitted_at is not None:
        effects.post_message(ThreadMessage.REASSIGNED, "", *_with_another_part(effects))
    _ask_who_decides_now(effects)
    effects.warn_if_nobody_decides_any_more()


def _ask_who_decides_now(effects: EffectBuilder) -> None:
    """Ask the new deciders when those who were asked may not decide any more, because it is their own change now."""
    lines = {State.PRECHECK_PENDING: ThreadMessage.PRECHECK_NUDGE, State.GO_PENDING: ThreadMessage.GO_NUDGE}
    line = lines.get(effects.change.state)
    if line is None or effects.before is None:
        return
    day = effects.service.local(effects.entry.at).date()
    people = effects.asked_to_decide()
    if people and people != asked_to_decide(effects.before, effects.service, day):
        effects.post_message(line, "", *people)


def _with_another_part(effects: EffectBuilder) -> tuple[Person, ...]:
    """Who has another part in the change than before, whoever has none any more included."""
    if effects.before is None:
        return ()
    old, new = ((each.requester, each.plan.implementer) for each in (effects.before, effects.change))
    return tuple(person for pair in zip(new, old, strict=True) if pair[0] != pair[1] for person in pair)
