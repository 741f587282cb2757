"""The answers of the form, typed or from the card, become a plan; each wrong one gets a sentence of its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from application.input_parsing.cleaning import clean
from application.input_parsing.dates import UnfitDate, read_date
from application.input_parsing.device import device_date, device_time
from application.input_parsing.durations import read_duration
from application.input_parsing.lists import read_addresses, read_tests
from application.input_parsing.people import read_person
from application.input_parsing.services import read_service
from application.input_parsing.times import read_time
from application.input_parsing.windows import take_window
from cards.elements.lengths import units
from changes.errors import ValidationFailed
from changes.model import ChangeType, Person, Plan, Window
from changes.notification.recipients import MOST_NAMED, each_once, mailed_anyway
from changes.plan_fields import BY_KEY, PLAN_FIELDS, Entry, PlanField, Question
from changes.planning.timeline import short_notice
from changes.planning.validation import LIMITS, LONGEST_TEST, MOST_TESTS, SHORTEST_WINDOW, length_problem
from changes.policy import Service
from changes.reporting.search import comparable
from changes.text.messages import joined
from changes.text.spelling import LONGEST_VALUE
from language import N_, _

_SKIP = N_("(`-` for none)")
_OWN_WORDS = (Entry.PERSON, Entry.KIND)
"""These say in their own words how they are left out."""
_TEXTS = tuple(each for each in PLAN_FIELDS if each.entry in (Entry.LINE, Entry.TEXT))
_BEFORE = {each.asked_before: each.questions for each in PLAN_FIELDS}
QUESTIONS: tuple[Question, ...] = tuple(
    question
    for each in PLAN_FIELDS
    if not each.asked_before
    for question in (*_BEFORE.get(each.key, ()), *each.questions)
)
"""In the order in which they are asked."""
_OPTIONAL = {question.field for question in QUESTIONS if question.optional}
_SKIPPED = _OPTIONAL - {each.key for each in PLAN_FIELDS if each.entry in _OWN_WORDS}
TEXTS = frozenset(each.key for each in PLAN_FIELDS if each.entry in (Entry.LINE, Entry.TEXT, Entry.TESTS))
"""The fields that take any text."""
_NOTHING = frozenset({"-", "none", "skip", "no", "non", "rien", "aucun", "aucune", "nein", "keine", "nichts"})
_NONE_KNOWN = N_("None known")
_MAY_BE_UNKNOWN = tuple(each.key for each in PLAN_FIELDS if each.may_be_unknown)
"""These have to be answered, and that none is known is an answer."""
_NOT_ONE = frozenset({"-", "n/a", "none", "no", "nothing", "aucun", "aucune", "rien", "non", "keine", "nichts"})
_OF_THEM = frozenset({"known", "risk", "risks", "plan", "connu", "connue", "risque", "bekannt", "risiken"})
"""“None known” in other words: one of these, and perhaps some of those."""
LONGEST_ANSWER = 200
"""Of a field that is no text: a date, a name, a number."""
_EMERGENCY = frozenset({"emergency", "urgence", "urgent", "urgente", "notfall", "dringend"})
_NORMAL = frozenset({"", "-", "normal", "normale"})


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
        needed = _("Here a reason is needed: say why it cannot wait, or type `back` to change the kind or the date.")
        raise ValidationFailed({field: needed})
    if field in _MAY_BE_UNKNOWN:
        text = none_known(text)
    reader = _READERS.get(field)
    if field in _IN_CONTEXT:
        return _IN_CONTEXT[field](text, context)
    if reader is not None:
        return reader(text)
    if not text:
        raise ValidationFailed({field: _("Please type an answer.")})
    if problem := _too_long(field, text):
        raise ValidationFailed({field: problem})
    return text


def check_more(field: str, text: str, context: AnswerContext) -> dict[str, str]:
    """The answer, and those that stand beside it: `tomorrow 8pm` is a date and a time, `20:00-21:30` says how long too.

    Raises ValidationFailed.
    """
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


def read_plan(
    answers: Mapping[str, str], service: Service, requester: Person, people: Sequence[Person], now: datetime
) -> Plan:
    """The plan in the answers. Raises ValidationFailed with a sentence per field that cannot be understood."""
    today = service.local(now).date()
    problems: dict[str, str] = {}

    def read(field: str, reader: Callable[[str], str]) -> str:
        try:
            return reader(answers.get(field, "").strip())
        except ValidationFailed as wrong:
            problems.update(wrong.problems)
            return ""

    day = read("date", lambda text: device_date(text, today, service.zone).isoformat())
    at = read("time", lambda text: f"{device_time(text, service.zone):%H:%M}")
    minutes = read("minutes", lambda text: str(read_duration(text)))
    kind = read("kind", _kind) or ChangeType.NORMAL.value
    implementer = requester
    try:
        implementer = read_person(answers.get("implementer", ""), requester, people)
    except ValidationFailed as wrong:
        problems.update(wrong.problems)
    window: Window | None = None
    if day and at and minutes:
        try:
            window = Window.on(date.fromisoformat(day), read_time(at), int(minutes), service.zone)
        except ValidationFailed as wrong:
            problems.update(wrong.problems)
        except (ValueError, OverflowError):
            problems["minutes"] = _("The downtime must be at least a few minutes.")
    named = read("notify", _addresses)
    problems = _all_too_long(answers) | problems
    if problems or window is None:
        raise ValidationFailed(_missing_texts(answers) | problems)
    return Plan(
        service=service.key,
        window=window,
        tests=read_tests(answers.get("tests", "")),
        implementer=implementer,
        kind=ChangeType(kind),
        notify=each_once(read_addresses(named), mailed_anyway(service)),
        **{each.key: _text(each, answers.get(each.key, "")) for each in _TEXTS},
    )


def _text(field: PlanField, answer: str) -> str:
    text = " ".join(answer.split()) if field.entry is Entry.LINE else answer.strip()
    return none_known(text) if field.may_be_unknown else text


def asked(question: Question) -> str:
    """The question in the language of the moment, with how it is skipped."""
    return joined(_(question.question), _(_SKIP) if question.field in _SKIPPED else "")


def none_known(text: str) -> str:
    """The text, or “None known” in the language of the moment where it says no more than that."""
    first, *others = comparable(text).rstrip(".! ").split() or [""]
    return _(_NONE_KNOWN) if first in _NOT_ONE and _OF_THEM.issuperset(others) else text


def asks_for(field: str, answers: Mapping[str, str], services: Sequence[Service], now: datetime | None = None) -> bool:
    """Whether the field is asked for: people are named only where the service sends mails, or where some stand already.

    While no service is chosen, any of them may turn out to be the one. A reason is needed for an emergency or at short
    notice, as of `now`.
    """
    if field == "reason" and now is not None:
        return _needs_reason(answers, services, now)
    if field != "notify" or answers.get(field):
        return True
    chosen = [each for each in services if each.key == answers.get("service")] or services
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
    }


def _all_too_long(answers: Mapping[str, str]) -> dict[str, str]:
    found = {field: _too_long(field, text.strip()) for field, text in answers.items()}
    return {field: sentence for field, sentence in found.items() if sentence}


def _too_long(field: str, text: str) -> str:
    """A sentence when the text fills more than its part of a card. What counts is how long Teams finds it."""
    if field == "tests":
        tests = read_tests(text)
        if len(tests) > MOST_TESTS:
            return _(
                "{tests} tests are too many for one card: combine them to {MOST_TESTS} lines at most.",
                tests=len(tests),
                MOST_TESTS=MOST_TESTS,
            )
        longest = max((units(test) for test in tests), default=0)
        if longest > LONGEST_TEST:
            return _(
                "A test has {longest} characters; one short line each, please, of {LONGEST_TEST} at most.",
                longest=longest,
                LONGEST_TEST=LONGEST_TEST,
            )
        return ""
    longest, length = LIMITS.get(field, LONGEST_ANSWER), units(text)
    return (
        _(
            "This has {length} characters (an emoji counts as two); shorten it to {limit}.",
            length=length,
            limit=longest,
        )
        if length > longest
        else ""
    )


def _missing_texts(answers: Mapping[str, str]) -> dict[str, str]:
    """What the plan itself would complain about, so that everything wrong is said at once."""
    return {each.key: _(each.missing) for each in PLAN_FIELDS if each.missing and not answers.get(each.key, "").strip()}


def _date(text: str, context: AnswerContext) -> str:
    day = read_date(text, context.today)
    if day < context.today:
        raise ValidationFailed({"date": _("{date} is in the past: choose a later date.", date=day)})
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


def _implementer(text: str, context: AnswerContext) -> str:
    return read_person(text, context.person, context.people).id


def _chosen_service(text: str, context: AnswerContext) -> str:
    return read_service(text, context.services).key


def _minutes(text: str) -> str:
    minutes = read_duration(text)
    if problem := length_problem(minutes):
        raise ValidationFailed({"minutes": problem})
    return str(minutes)


def _tests(text: str) -> str:
    tests = read_tests(text)
    if not any(character.isalnum() for test in tests for character in test):
        raise ValidationFailed({"tests": _(BY_KEY["tests"].missing)})
    if problem := _too_long("tests", text):
        raise ValidationFailed({"tests": problem})
    return "\n".join(tests)


def _addresses(text: str) -> str:
    """The addresses in their normal form: each once, with commas between them."""
    if problem := _too_long("notify", text):
        raise ValidationFailed({"notify": problem})
    found = each_once(read_addresses(text))
    if len(found) > MOST_NAMED:
        number = len(found)
        too_many = _(
            "{number} addresses are too many: name {most} at most, or a distribution list.",
            number=number,
            most=MOST_NAMED,
        )
        raise ValidationFailed({"notify": too_many})
    return ", ".join(found)


def _kind(text: str) -> str:
    word = comparable(text) if len(text) <= LONGEST_VALUE else text
    if word in _EMERGENCY:
        return ChangeType.EMERGENCY.value
    if word in _NORMAL:
        return ChangeType.NORMAL.value
    raise ValidationFailed({"kind": _("Answer `normal` or `emergency`.")})


_READERS: dict[str, Callable[[str], str]] = {
    "minutes": _minutes,
    "tests": _tests,
    "kind": _kind,
    "notify": _addresses,
}
_IN_CONTEXT: dict[str, Callable[[str, AnswerContext], str]] = {
    "service": _chosen_service,
    "date": _date,
    "time": _start,
    "implementer": _implementer,
}
