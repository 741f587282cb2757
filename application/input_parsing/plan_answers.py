"""A typed answer to one question of the plan, checked in sight of the other answers; each wrong one gets a sentence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from application.input_parsing import plan_values
from application.input_parsing.cleaning import clean
from application.input_parsing.dates import UnfitDate, read_date
from application.input_parsing.device import device_date
from application.input_parsing.people import read_person
from application.input_parsing.plan_tasks import read_tasks
from application.input_parsing.risk import RISK_FIELDS, read_choice, risk_questions
from application.input_parsing.services import read_service
from application.input_parsing.times import read_time
from application.input_parsing.windows import take_window
from changes.errors import ValidationFailed
from changes.model import ChangeType, Person, Window
from changes.plan_fields import PLAN_FIELDS
from changes.planning.timeline import short_notice
from changes.planning.validation import SHORTEST_WINDOW
from changes.policy import Service
from changes.reporting.search import comparable
from language import _, invalid

_OPTIONAL = {question.field for each in PLAN_FIELDS for question in each.questions if question.optional}
_NOTHING = frozenset({"-", "none", "skip", "no", "non", "rien", "aucun", "aucune", "nein", "keine", "nichts"})
_MAY_BE_UNKNOWN = tuple(each.key for each in PLAN_FIELDS if each.may_be_unknown)
"""These have to be answered, and that none is known is an answer."""


@dataclass(frozen=True, slots=True)
class AnswerContext:
    """What an answer is checked against: the answers before it, the services and people there are, and the moment."""

    answers: Mapping[str, str]
    services: Sequence[Service]
    people: Sequence[Person]
    person: Person
    now: datetime

    @property
    def service(self) -> Service:
        """The chosen service, or while none is chosen the first."""
        return next((each for each in self.services if each.key == self.answers.get("service")), self.services[0])

    @property
    def today(self) -> date:
        """The day it is where the service is."""
        return self.service.local(self.now).date()


def check(field: str, text: str, context: AnswerContext) -> str:
    """A typed answer in its normal form. Raises ValidationFailed with a sentence that says what is expected."""
    text = clean(text)
    if field in _OPTIONAL and comparable(text) in _NOTHING:
        return ""
    if field == "reason" and comparable(text) in _NOTHING:
        if not _needs_reason(context.answers, context.services, context.now):
            return ""
        needed = _("Here a reason is needed: say why it cannot wait, or type `back` to change the type or the date.")
        raise ValidationFailed({field: needed})
    if field in _MAY_BE_UNKNOWN:
        text = plan_values.none_known(text)
    if field in (asked := risk_questions(context.service)):
        return read_choice(field, asked[field], text)
    if field in _IN_CONTEXT:
        return _IN_CONTEXT[field](text, context)
    if field in _READERS:
        return _READERS[field](text)
    if not text:
        raise invalid(field, "Please type an answer.")
    if problem := plan_values.too_long(field, text):
        raise ValidationFailed({field: problem})
    return text


def check_more(field: str, text: str, context: AnswerContext) -> dict[str, str]:
    """The answer and those beside it: `tomorrow 8pm` is a date and a time. Raises ValidationFailed."""
    try:
        return {field: check(field, text, context)}
    except ValidationFailed as wrong:
        refusal = wrong
    if field not in ("date", "time"):
        raise refusal
    zone = context.service.zone
    lines = [clean(text)]
    if field == "time" and (day := context.answers.get("date", "")):
        lines.append(f"{day} {clean(text)}")
    for line in lines:
        try:
            window = take_window(line, context.today, zone)
        except UnfitDate as wrong:
            refusal = wrong
            continue
        except ValidationFailed:
            continue
        if window.rest:
            continue
        found = {"date": check("date", window.day.isoformat(), context)}
        on_that_day = replace(context, answers={**context.answers, **found})
        found["time"] = check("time", f"{window.at:%H:%M}", on_that_day)
        return found | ({} if window.minutes is None else {"minutes": check("minutes", str(window.minutes), context)})
    raise refusal


def asks_for(field: str, answers: Mapping[str, str], services: Sequence[Service], now: datetime | None = None) -> bool:
    """Whether the field is asked for: people are named only where the service sends mails, or where some stand already.

    While no service is chosen, any of them may turn out to be the one. A reason is needed for an emergency or at short
    notice, as of `now`.
    """
    if field == "reason" and now is not None:
        return _needs_reason(answers, services, now)
    chosen = [each for each in services if each.key == answers.get("service")]
    if field in RISK_FIELDS:  # asked once it is known which questions those are
        return any(field in risk_questions(each) for each in chosen)
    if field != "notify" or answers.get(field):
        return True
    chosen = chosen or list(services)
    return any("mail" in each.notify for each in chosen)


def _needs_reason(answers: Mapping[str, str], services: Sequence[Service], now: datetime) -> bool:
    if answers.get("kind") == ChangeType.EMERGENCY.value:
        return True
    service = next((each for each in services if each.key == answers.get("service")), services[0])
    try:
        day = device_date(answers.get("date", ""), service.local(now).date(), service.zone)
    except ValidationFailed:
        return False  # that is asked for first
    return short_notice(datetime.combine(day, time(12), service.zone), now, now, service)


def _date(text: str, context: AnswerContext) -> str:
    day = read_date(text, context.today)
    if day < context.today:
        raise invalid("date", "{date} is in the past: choose a later date.", date=day)
    return day.isoformat()


def _start(text: str, context: AnswerContext) -> str:
    at = read_time(text)
    try:
        day = device_date(context.answers.get("date", ""), context.today, context.service.zone)
    except ValidationFailed:
        return f"{at:%H:%M}"  # the date is asked for once more
    if Window.on(day, at, SHORTEST_WINDOW, context.service.zone).start <= context.now:
        too_late = _("That time has already passed: choose a later time, or type `back` to change the date.")
        raise ValidationFailed({"time": too_late})
    return f"{at:%H:%M}"


_READERS: dict[str, Callable[[str], str]] = {
    "minutes": plan_values.read_minutes,
    "tests": plan_values.checked_tests,
    "kind": plan_values.read_kind,
    "notify": plan_values.read_named_addresses,
}
_IN_CONTEXT: dict[str, Callable[[str, AnswerContext], str]] = {
    "service": lambda text, context: read_service(text, context.services).key,
    "date": _date,
    "time": _start,
    "implementer": lambda text, context: read_person(text, context.person, context.people).id,
    "tasks": lambda text, context: "\n".join(each.typed for each in read_tasks(text, context.person, context.people)),
}
