"""The risk of a plan: what was answered about it, and what the bot knows; the higher of the two counts.

docs/process.md, P120 and P121. A service whose settings say nothing about risk has none.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from changes.model import Assessment, ChangeType, Outcome, Plan, RiskLevel, RiskRules, risk_text
from changes.planning.occupancy import Booking
from changes.policy import Service
from changes.reporting.metrics import ChangeMetrics
from changes.text import Message, template

_Points = tuple[int, str]
"""What something counts, and the sentence that says so."""
SHORT_NOTICE, NEAR, BAD_RUN, NO_ROLLBACK = 3, 2, 2, 4
"""The points of each fact; of BAD_RUN, of each run that did not end well in time."""
RUNS = 5
"""So many of the last changes of the service are looked at."""
_ANSWERED = template("{question} {answer}")
_NOT_ANSWERED = template("{question} Not answered, which counts as the worst.")


@dataclass(frozen=True, slots=True)
class RiskFacts:
    """What the bot knows: whether the date is short notice, the changes near its window, and how the last ones of
    the service ended.
    """

    short_notice: bool = False
    near: tuple[Booking, ...] = ()
    runs: tuple[ChangeMetrics, ...] = ()


def assess(plan: Plan, service: Service, facts: RiskFacts) -> Assessment | None:
    """The risk, with its reasons, the weightiest first; None where the service assesses none."""
    rules = service.risk
    if rules is None:
        return None
    answered, known = tuple(_answered(plan, rules)), tuple(_known(plan, service, facts))
    score = max(sum(points for points, _why in each) for each in (answered, known))
    level = RiskLevel.HIGH if score >= rules.high else RiskLevel.MEDIUM if score >= rules.medium else RiskLevel.LOW
    counted = sorted((each for each in (*answered, *known) if each[0] > 0), key=lambda each: -each[0])
    return Assessment(level, tuple(why for _points, why in counted))


def _answered(plan: Plan, rules: RiskRules) -> Iterator[_Points]:
    given = dict(plan.risk_answers)
    for each in rules.questions:
        points, answer = dict(each.answers), given.get(each.ask, "")
        sentence = _ANSWERED if answer in points else _NOT_ANSWERED
        why = Message(sentence, question=risk_text(each.ask), answer=risk_text(answer))
        yield points.get(answer, max(points.values())), why


def _known(plan: Plan, service: Service, facts: RiskFacts) -> Iterator[_Points]:
    if plan.kind is ChangeType.EMERGENCY:
        yield SHORT_NOTICE, Message("It is an emergency.")
    elif facts.short_notice:
        yield SHORT_NOTICE, Message("It is short notice.")
    if facts.near:
        yield NEAR, Message("Another window is near.")
    if bad := sum(map(went_badly, facts.runs)):
        of, name = len(facts.runs), service.name
        why = Message("{bad} of the last {of} changes of {name} did not end well in time.", bad=bad, of=of, name=name)
        yield bad * BAD_RUN, why
    if plan.window.minutes < service.vps.restore_minutes + service.policy.cutoff_minutes:
        yield NO_ROLLBACK, Message("Its window is too short for a rollback.")


def went_badly(run: ChangeMetrics) -> bool:
    """Whether it was rolled back or an incident, or took longer than its window."""
    return run.outcome is not Outcome.SUCCESSFUL or run.extended > 0 or (run.overrun or 0) > 0
