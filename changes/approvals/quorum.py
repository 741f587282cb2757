"""Who decides about a change, how many of them, and in which order (docs/process.md, P123 to P126)."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from changes.model import Change, ChangeType, Decision, Person, RiskLevel, Stage, State
from changes.policy import Service

_OF_PRECHECK = (State.DRAFT, State.SUBMITTED, State.PRECHECK_PENDING, State.CORRECTIONS_REQUESTED)
There = Callable[[Person], bool]


@dataclass(frozen=True, slots=True)
class OpenStage:
    """What is left of a stage: so many (`left`) of the `named`, none of whom has decided.

    `stand_ins` are the deputies whom no stage names: one of them may decide in the approver's place.
    """

    named: tuple[Person, ...]
    stand_ins: tuple[Person, ...]
    left: int
    approver: Person

    @property
    def may(self) -> tuple[Person, ...]:
        """Everybody whose answer would count."""
        return (*self.named, *self.stand_ins)

    @property
    def by_turns(self) -> bool:
        """Whether the others are asked only while the approver is away or lets it wait: one answer is left."""
        return self.left == 1 and self.approver in self.named

    def can_be_filled(self, there: There = lambda _person: True) -> bool:
        """Whether there are enough of them, as far as they are `there`."""
        named = [each for each in self.named if there(each)]
        return len(named) + (self.approver not in named and any(map(there, self.stand_ins))) >= self.left

    def asked(self, service: Service, day: date) -> tuple[Person, ...]:
        """Who is asked on that day: whoever is there, or everybody where too few are."""

        def there(person: Person) -> bool:
            return service.away_until(person, day) is None

        named = tuple(filter(there, self.named))
        if not self.can_be_filled(there):
            return self.may
        if self.approver not in named:
            return (*named, *filter(there, self.stand_ins))
        return (self.approver,) if self.left == 1 else named


def stages_of(change: Change, service: Service) -> tuple[Stage, ...]:
    """The stages that decide about the change: those that the settings name for its level, or else for all; or else one
    of approver and deputies, and two of them for a high risk. An emergency asks one of them (docs/process.md, P127).
    """
    usual, level = Stage(service.deciding()), change.risk.level if change.risk is not None else None
    if change.plan.kind is ChangeType.EMERGENCY:
        return (usual,)
    own = tuple(each for each in service.approvals if each.level is not None and each.level is level)
    named = own or tuple(each for each in service.approvals if each.level is None)
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
    found = (_open(each, decided, change, service) for each in stages_of(change, service))
    return tuple(each for each in found if each.left > 0)


def asked_stage(change: Change, service: Service) -> OpenStage:
    """The stage that is asked now. Where the settings ask for fewer than have decided, anybody may end it."""
    waiting = open_stages(change, service)
    return waiting[0] if waiting else _open(stages_of(change, service)[-1], (), change, service)


def _open(stage: Stage, decided: Collection[Person | None], change: Change, service: Service) -> OpenStage:
    approver, involved = service.approver, change.involved
    named = tuple(each for each in stage.people if each not in decided and each not in involved)
    left = stage.needed - len([each for each in stage.people if each in decided])
    # Whom a stage names answers there for themselves: nobody's one answer fills two places.
    listed = {person for each in stages_of(change, service) for person in each.people}
    others = tuple(each for each in service.deputies if each not in listed and each not in involved)
    if approver not in stage.people or approver in decided:
        others = ()
    elif any(each in decided for each in others):  # a deputy has decided in the approver's place
        left, named, others = left - 1, tuple(each for each in named if each != approver), ()
    return OpenStage(named, others, max(0, left), approver)


def may_approve(change: Change, service: Service) -> tuple[Person, ...]:
    """Everybody who has a say in pre-check and GO of the change, in whatever stage; never its own people."""
    found = dict.fromkeys(person for each in stages_of(change, service) for person in each.people)
    found |= dict.fromkeys(service.deputies if service.approver in found else ())
    return tuple(each for each in found if each not in change.involved)


def can_be_decided(change: Change, service: Service, there: There = lambda _person: True) -> bool:
    """Whether what is left can be decided at all, by those who are `there`."""
    return all(each.can_be_filled(there) for each in open_stages(change, service))


def asked_to_decide(change: Change, service: Service, day: date) -> tuple[Person, ...]:
    """Who is asked for pre-check or GO on that day."""
    return asked_stage(change, service).asked(service, day)


def approvers_of(service: Service) -> tuple[Person, ...]:
    """Everybody who may ever be asked to decide: the approver, the deputies, and whom the stages name."""
    named = (person for each in service.approvals for person in each.people)
    return tuple(dict.fromkeys((service.approver, *service.deputies, *named)))
