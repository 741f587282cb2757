"""The answers of the form, typed or from the card, become a plan, and a plan its answers."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar

from application.input_parsing.device import device_date, device_time
from application.input_parsing.durations import read_duration
from application.input_parsing.lists import read_addresses, read_tests
from application.input_parsing.people import read_person
from application.input_parsing.plan_tasks import read_tasks
from application.input_parsing.plan_values import all_too_long, none_known, read_kind, read_named_addresses
from application.input_parsing.risk import read_choice, risk_answers_of, risk_questions
from changes.errors import ValidationFailed
from changes.model import ChangeType, Person, Plan, Window
from changes.notification.recipients import each_once, mailed_anyway
from changes.plan_fields import PLAN_FIELDS, Entry, PlanField
from changes.planning.validation import length_problem
from changes.policy import Service
from language import _

T = TypeVar("T")
_TEXTS = tuple(each for each in PLAN_FIELDS if each.entry in (Entry.LINE, Entry.TEXT))


def read_plan(
    answers: Mapping[str, str], service: Service, requester: Person, people: Sequence[Person], now: datetime
) -> Plan:
    """The plan in the answers. Raises ValidationFailed with a sentence per field that cannot be understood."""
    today = service.local(now).date()
    problems: dict[str, str] = {}

    def read(field: str, reader: Callable[[str], T]) -> T | None:
        try:
            return reader(answers.get(field, "").strip())
        except ValidationFailed as wrong:
            problems.update(wrong.problems)
            return None

    day = read("date", lambda text: device_date(text, today, service.zone))
    at = read("time", lambda text: device_time(text, service.zone))
    minutes = read("minutes", read_duration)
    kind = read("kind", read_kind) or ChangeType.NORMAL
    implementer = read("implementer", lambda text: read_person(text, requester, people)) or requester
    window: Window | None = None
    if day is not None and at is not None and minutes is not None:
        try:
            window = Window.on(day, at, minutes, service.zone)
        except ValidationFailed as wrong:
            problems.update(wrong.problems)
        except (ValueError, OverflowError):
            problems["minutes"] = length_problem(minutes)
    named = read("notify", read_named_addresses) or ""
    asked = risk_questions(service).items()
    risk = [(each.ask, read(field, partial(read_choice, field, each)) or "") for field, each in asked]
    tasks = read("tasks", lambda text: read_tasks(text, requester, people)) or ()
    problems = all_too_long(answers) | problems
    if problems or window is None:
        raise ValidationFailed(_missing_texts(answers) | problems)
    return Plan(
        service=service.key,
        window=window,
        tests=read_tests(answers.get("tests", "")),
        implementer=implementer,
        kind=ChangeType(kind),
        notify=each_once(read_addresses(named), mailed_anyway(service)),
        risk_answers=tuple(risk),
        tasks=tasks,
        **{each.key: _text(each, answers.get(each.key, "")) for each in _TEXTS},
    )


def _text(field: PlanField, answer: str) -> str:
    text = " ".join(answer.split()) if field.entry is Entry.LINE else answer.strip()
    return none_known(text) if field.may_be_unknown else text


def answers_of(plan: Plan, service: Service) -> dict[str, str]:
    """The answers that give this plan again: what the form is filled with when it is edited."""
    start = service.local(plan.window.start)
    return {each.key: getattr(plan, each.key) for each in _TEXTS} | {
        "service": plan.service,
        "date": f"{start:%Y-%m-%d}",
        "time": f"{start:%H:%M}",
        "minutes": str(plan.window.minutes),
        "tests": "\n".join(plan.tests),
        "implementer": plan.implementer.id,
        "kind": plan.kind.value,
        "notify": ", ".join(plan.notify),
        **risk_answers_of(plan, service),
        "tasks": "\n".join(each.typed for each in plan.tasks),
    }


def _missing_texts(answers: Mapping[str, str]) -> dict[str, str]:
    """What the plan itself would complain about, so that everything wrong is said at once."""
    return {each.key: _(each.missing) for each in PLAN_FIELDS if each.missing and not answers.get(each.key, "").strip()}
