"""Who decides about a change, how many of them, and in which order (docs/process.md, P123 to P126)."""

from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import date

from changes.model import Change, ChangeType, Decision, Person, RiskLevel, Stage, State
from changes.policy import Service

_OF_PRECHECK = (State.DRAFT, State.SUBMITTED, State.PRECHECK_PENDING, State.CORRECTIONS_REQUESTED)
Available = Callable[[Person], bool]


@dataclass(frozen=True, slots=True)
class OpenStage:
    """What is left of a stage: so many answers (`left`) of those who are `eligible`, none of whom has decided."""

    eligible: tuple[Person, ...]
    left: int

    def asked(self, service: Service, day: date) -> tuple[Person, ...]:
        """Who is asked on that day: the approver first, where one answer is left, else whoever is there; everybody
        where too few are.
        """
        if self.left == 1:
            return service.asked_of(self.eligible, day)
        there = tuple(each for each in self.eligible if service.away_until(each, day) is None)
        return there if len(there) >= self.left else self.eligible


def stages_of(change: Change, service: Service) -> tuple[Stage, ...]:
    """The stages that decide about the change: those that the settings name for its level or for all; or else one of
    approver and deputies, and two of them for a high risk. An emergency asks one of them (docs/process.md, P127).
    """
    usual, level = Stage(service.deciding()), change.risk.level if change.risk is not None else None
    if change.plan.kind is ChangeType.EMERGENCY:
        return (usual,)
    named = tuple(each for each in service.approvals if each.level in (None, level))
    return named or ((Stage(usual.people, 2) if level is RiskLevel.HIGH else usual),)


def is_usual(change: Change, service: Service) -> bool:
    """Whether the approver or a deputy decides about it alone, as where nothing else was set."""
    return stages_of(change, service) == (Stage(service.deciding()),)


def given(change: Change) -> tuple[Decision, ...]:
    """The answers to the present question that did not complete it yet, about the plan as it stands."""
    of = "approved" if change.state in _OF_PRECHECK else "go", change.plan.fingerprint
    return tuple(each for each in change.approvals if (each.verdict, each.fingerprint) == of)


def open_stages(change: Change, service: Service, also: Person | None = None) -> tuple[OpenStage, ...]:
    """The stages that are not complete, the one that is asked now first; as if `also` had decided too."""
    decided = {also, *(each.by for each in given(change))}
    found = (_open(each, decided, change) for each in stages_of(change, service))
    return tuple(each for each in found if each.left > 0)


def asked_stage(change: Change, service: Service) -> OpenStage:
    """The stage that is asked now. Where the settings ask for fewer than have decided, anybody may end it."""
    waiting = open_stages(change, service)
    return waiting[0] if waiting else _open(stages_of(change, service)[-1], (), change)


def stuck_stage(change: Change, service: Service, available: Available = lambda _person: True) -> OpenStage | None:
    """The first stage for which too few are `available`, or eligible at all; None where all can be filled."""
    return next((each for each in open_stages(change, service) if sum(map(available, each.eligible)) < each.left), None)


def _open(stage: Stage, decided: Container[Person | None], change: Change) -> OpenStage:
    waiting = tuple(each for each in stage.people if each not in decided)
    eligible = tuple(each for each in waiting if each not in change.involved)
    return OpenStage(eligible, max(0, stage.needed - len(stage.people) + len(waiting)))


def may_approve(change: Change, service: Service) -> tuple[Person, ...]:
    """Everybody who has a say in pre-check and GO of the change, in whatever stage; never its own people."""
    people = dict.fromkeys(person for each in stages_of(change, service) for person in each.people)
    return tuple(each for each in people if each not in change.involved)


def asked_to_decide(change: Change, service: Service, day: date) -> tuple[Person, ...]:
    """Who is asked for pre-check or GO on that day."""
    return asked_stage(change, service).asked(service, day)


def approvers_of(service: Service) -> tuple[Person, ...]:
    """Everybody who may ever be asked to decide: the approver, the deputies, and whom the stages name."""
    named = (person for each in service.approvals for person in each.people)
    return tuple(dict.fromkeys((service.approver, *service.deputies, *named)))
