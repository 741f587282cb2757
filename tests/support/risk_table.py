"""Twenty described changes with their risk, and who is asked about each: docs/risk.md, made from the code.

`python -m tests.support.risk_table` writes it anew; a test compares, and says what level a person would give.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from changes.approvals.quorum import asked_stage, stages_of
from changes.model import RISK_QUESTIONS, ChangeType, Outcome, Plan, RiskLevel, RiskRules, State, Window
from changes.planning.occupancy import Booking
from changes.reporting.metrics import ChangeMetrics
from changes.reporting.risk import BAD_RUN, NEAR, NO_ROLLBACK, RUNS, SHORT_NOTICE, RiskFacts, assess
from tests.support.builder import a_change
from tests.support.core import LEARN, plan

DOCS = Path(__file__).parents[2] / "docs" / "risk.md"
SERVICE = replace(LEARN, risk=RiskRules())
LOW, MEDIUM, HIGH = RiskLevel.LOW, RiskLevel.MEDIUM, RiskLevel.HIGH
_WINDOW = Window(datetime(2027, 4, 16, 18, tzinfo=UTC), datetime(2027, 4, 16, 20, tzinfo=UTC))
BESIDE = Booking("CHG-2027-0009", "New disks", _WINDOW)


def run(outcome: Outcome = Outcome.SUCCESSFUL, extended: int = 0) -> ChangeMetrics:
    """A change of the service that took place."""
    return ChangeMetrics(
        "CHG-2027-0002", "learn", State.COMPLETED, _WINDOW, short_notice=False, outcome=outcome, extended=extended
    )


GOOD, EXTENDED, BROKEN = run(), run(extended=30), run(Outcome.ROLLED_BACK)
AS_USUAL = RiskFacts(runs=(GOOD,) * 5)


@dataclass(frozen=True, slots=True)
class Described:
    """A change as somebody tells of it; its answers by their places, from 0, and the level that a person gives it."""

    what: str
    answers: str
    level: RiskLevel
    facts: RiskFacts = AS_USUAL
    minutes: int = 120
    kind: ChangeType = ChangeType.NORMAL

    @property
    def plan(self) -> Plan:
        """The plan with these answers."""
        given = zip(RISK_QUESTIONS, self.answers, strict=False)
        answers = tuple((each.ask, each.answers[int(place)][0]) for each, place in given)
        return plan(
            date(2027, 4, 15), minutes=self.minutes, kind=self.kind, reason="It cannot wait.", risk_answers=answers
        )


CHANGES = (
    Described("The web certificate is renewed, as every year.", "00200", LOW),
    Described("The security updates of the month, with a restart at night.", "11100", LOW),
    Described("The logo and the colours are changed.", "20000", LOW),
    Described("A firewall rule for the new printer.", "00210", LOW),
    Described("The nightly backup begins an hour later.", "00210", LOW),
    Described("A fix of the learning platform, tried on the copy.", "21010", MEDIUM),
    Described("A plug-in with tables of its own, tried on the copy, once.", "11021", MEDIUM),
    Described("The server gets more memory.", "20201", MEDIUM),
    Described("3,000 accounts are imported, as each September.", "11020", MEDIUM),
    Described("A new version of PHP, in a window of 45 minutes.", "21111", MEDIUM, minutes=45),
    Described("The learning platform gets its next major version.", "21121", HIGH),
    Described("The courses of 2019 are deleted.", "12121", HIGH),
    Described("The database moves to another disk, for the first time.", "21222", HIGH),
    Described("People log in through the university from now on.", "21112", HIGH),
    Described("The operating system is upgraded; a data snapshot does not bring it back.", "22111", HIGH),
    Described(
        "The updates of the month, on short notice, the evening before another change.",
        *("11100", MEDIUM, RiskFacts(short_notice=True, near=(BESIDE,))),
    ),
    Described(
        "The updates of the month, after two that were extended.",
        *("11100", MEDIUM, RiskFacts(runs=(EXTENDED, EXTENDED, GOOD, GOOD, GOOD))),
    ),
    Described(
        "The updates of the month, after four that were rolled back.",
        *("11100", HIGH, RiskFacts(runs=(BROKEN, BROKEN, GOOD, BROKEN, BROKEN))),
    ),
    Described(
        "A setting, tomorrow, in 45 minutes, the evening before another change.",
        *("00110", HIGH, RiskFacts(short_notice=True, near=(BESIDE,)), 45),
    ),
    Described(
        "A hole in the software that is being used by others is closed tonight.",
        *("21211", HIGH, RiskFacts(short_notice=True), 120, ChangeType.EMERGENCY),
    ),
)


def asked(each: Described) -> str:
    """Who is asked about it."""
    risk = assess(each.plan, SERVICE, each.facts)
    change = a_change("submitted", each.plan, SERVICE).now_it_is.with_(risk=risk)
    [stage] = stages_of(change, SERVICE)
    assert stage.people == SERVICE.deciding()
    both = asked_stage(change, SERVICE).left == len(SERVICE.deciding())
    return "the approver and a deputy" if both else "the approver or a deputy"


def document() -> str:
    """The page."""
    return "\n".join(
        (
            "# Twenty changes and their risk",
            "",
            "How [P120 to P127](process.md) judge changes that everybody knows: by the usual questions and points,",
            "in a service with an approver and one deputy. From 4 points on a risk is medium, from 8 on high. What",
            "was answered and what the bot knows are counted apart, and the higher counts.",
            "",
            *_rows(),
            "",
            "What is asked, and what it counts:",
            "",
            *(
                f"- {each.ask} {', '.join(f'{name} {count}' for name, count in each.answers)}"
                for each in RISK_QUESTIONS
            ),
            "",
            *_known(),
            "",
        )
    )


def _rows() -> Sequence[str]:
    rows = ["| the change | answered | level | why | who is asked |", "|---|---|---|---|---|"]
    for each in CHANGES:
        risk = assess(each.plan, SERVICE, each.facts)
        assert risk is not None
        answers = " · ".join(answer for _ask, answer in each.plan.risk_answers)
        why = "<br>".join(map(str, risk.reasons)) or "nothing speaks for more"
        rows.append(f"| {each.what} | {answers} | {risk.level.value} | {why} | {asked(each)} |")
    return rows


def _known() -> Sequence[str]:
    return (
        f"- Short notice or an emergency {SHORT_NOTICE}, another window within a day {NEAR}.",
        f"- Each of the last {RUNS} changes of the service that did not end well in time {BAD_RUN}.",
        f"- A window too short for a rollback {NO_ROLLBACK}.",
    )


if __name__ == "__main__":
    DOCS.write_text(document(), encoding="utf-8")
