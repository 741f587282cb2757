"""Windows that cannot stand (docs/process.md, P50), and what a plan must have before it can be handed in."""

from collections.abc import Iterable
from datetime import datetime

from changes.errors import ValidationFailed, WindowTaken
from changes.labels import window_label
from changes.model import ChangeType, Plan, Window
from changes.notification.recipients import MOST_NAMED, is_address
from changes.plan_fields import BY_KEY, PLAN_FIELDS, Entry
from changes.planning.conflicts import find_conflict, free_slots
from changes.planning.occupancy import Booking
from changes.planning.timeline import days_until, short_notice
from changes.policy import Freeze, Service
from changes.text import Message, is_blank, joined, template

LIMITS = {each.key: each.longest for each in PLAN_FIELDS if each.longest} | {"comment": 500}
"""The longest text of a field, in characters: what still fits a card with every field full."""
_TEXTS = tuple(each for each in PLAN_FIELDS if each.entry in (Entry.LINE, Entry.TEXT))
MOST_TESTS = 12
LONGEST_TEST = 150
MOST_TASKS, LONGEST_TASK, MOST_DAYS = 12, 100, 90
LONGEST_SHOWN = 60
"""Maximum length of a wrong address as it is quoted, in characters."""
SHORTEST_WINDOW = 5
LONGEST_WINDOW = 7 * 24 * 60


def validate_plan(
    plan: Plan,
    now: datetime,
    service: Service,
    bookings: Iterable[Booking],
    *,
    allowed: bool = False,
    requested: datetime | None = None,
    proposed: datetime | None = None,
    is_standard: bool = False,
) -> None:
    """Raise ValidationFailed with a sentence per field, or WindowTaken, when the plan cannot be handed in `now`.

    With `allowed` an overlap stands, because the approver let it through. The lead time counts from `requested`, when
    the change was handed in first, and from `proposed`, when its date was; one that `is_standard` needs none
    (docs/process.md, P108).
    """
    problems = _missing(plan) | _too_long(plan) | _of("tests", _tests(plan)) | _window(plan, now)
    problems |= _of("notify", _notify(plan, service))
    problems |= _of("tasks", _tasks(plan))
    if is_blank(plan.reason) and "date" not in problems:
        if plan.kind is ChangeType.EMERGENCY:
            problems["reason"] = Message("Say why this is an emergency: it skips the weeks of preparation.")
        elif not is_standard and short_notice(plan.window.start, requested or now, proposed or now, service):
            problems["reason"] = _too_soon(plan.window, requested or now, service)
    if problems:
        raise ValidationFailed(problems)
    taken = tuple(bookings)
    if not allowed and (conflict := conflict_with(plan.window, service, taken)):
        free = free_slots(plan.window, service, taken, now, requested)
        raise WindowTaken({"date": _with_slots(conflict, free, service)})


def _too_soon(window: Window, requested: datetime, service: Service) -> str:
    policy = service.policy
    is_late_request = days_until(window.start, requested, service) < policy.lead_days
    return Message(
        "This is short notice (less than {days} days): say why it cannot wait, or choose a later date.",
        days=policy.lead_days if is_late_request else policy.notice_days,
    )


def conflict_with(window: Window, service: Service, bookings: Iterable[Booking]) -> str | None:
    """A sentence that names the change or freeze in the way of the window, or None."""
    match find_conflict(window, service, bookings):
        case Booking() as booking:
            return Message(
                "{change} ({title}) already takes {taken}: choose a time before or after it.",
                change=booking.change,
                title=booking.title,
                taken=window_label(booking.window, service.zone),
            )
        case Freeze() as freeze:
            return Message(
                "{service} is frozen from {first} to {last} ({name}): choose a date outside it.",
                service=service.name,
                first=freeze.first,
                last=freeze.last,
                name=freeze.name,
            )
        case None:
            return None


def _with_slots(conflict: str, free: Iterable[Window], service: Service) -> str:
    slots = joined(*(window_label(each, service.zone) for each in free), by="; ")
    return Message("{conflict} Free instead: {slots}.", conflict=conflict, slots=slots) if slots else conflict


def _of(field: str, problem: str) -> dict[str, str]:
    return {field: problem} if problem else {}


def _missing(plan: Plan) -> dict[str, str]:
    return {each.key: Message(each.missing) for each in _TEXTS if each.missing and is_blank(getattr(plan, each.key))}


def _notify(plan: Plan, service: Service) -> str:
    if plan.notify and "mail" not in service.notify:
        return Message(
            "{service} sends no notices by mail, so nobody can be named here: leave it empty.", service=service.name
        )
    if wrong := next((each for each in plan.notify if not is_address(each)), ""):
        return Message(
            "“{address}” is no e-mail address: give addresses like name@example.ch, with commas between them.",
            address=wrong[:LONGEST_SHOWN],
        )
    if len(plan.notify) > MOST_NAMED:
        return Message(
            "{number} addresses are too many: name {limit} at most, or a distribution list.",
            number=len(plan.notify),
            limit=MOST_NAMED,
        )
    if (length := sum(len(each) for each in plan.notify)) > LIMITS["notify"]:
        return Message(
            "The addresses have {length} characters together, {limit} at most: name a distribution list instead.",
            length=length,
            limit=LIMITS["notify"],
        )
    return ""


def _too_long(plan: Plan) -> dict[str, str]:
    problems: dict[str, str] = {}
    for each in _TEXTS:
        length = len(getattr(plan, each.key))
        if length > each.longest:
            problems[each.key] = Message(
                "This has {length} characters; shorten it to {limit} or link to the details.",
                length=length,
                limit=each.longest,
            )
    return problems


def _tests(plan: Plan) -> str:
    if all(is_blank(test) for test in plan.tests):
        return Message(BY_KEY["tests"].missing)
    if len(plan.tests) > MOST_TESTS:
        return Message(
            "{tests} tests are too many for one card: combine them to {limit} lines at most.",
            tests=len(plan.tests),
            limit=MOST_TESTS,
        )
    if any(len(test) > LONGEST_TEST for test in plan.tests):
        return Message("A test is longer than {limit} characters: one short line each, please.", limit=LONGEST_TEST)
    return ""


def _tasks(plan: Plan) -> str:
    count = len(plan.tasks)
    if count > MOST_TASKS:
        return Message("{tasks} tasks are too many: combine them to {limit} at most.", tasks=count, limit=MOST_TASKS)
    for number, each in enumerate(plan.tasks, 1):
        is_in_time = each.days <= MOST_DAYS and -MOST_DAYS * 24 * 60 <= each.minutes <= plan.window.minutes
        if len(each.title) > LONGEST_TASK or not is_in_time:
            said = template(
                "Task {number}: {limit} characters at most, due between {days} days before the window and its end."
            )
            return Message(said, number=number, limit=LONGEST_TASK, days=MOST_DAYS)
    return Message("The same task stands there twice.") if len({*plan.tasks}) < count else ""


def length_problem(minutes: int) -> str:
    """A sentence for a window that is too short or too long; empty for any other."""
    if SHORTEST_WINDOW <= minutes <= LONGEST_WINDOW:
        return ""
    return Message(
        "The downtime must be between {shortest} minutes and 7 days ({longest} minutes).",
        shortest=SHORTEST_WINDOW,
        longest=LONGEST_WINDOW,
    )


def _window(plan: Plan, now: datetime) -> dict[str, str]:
    problems: dict[str, str] = {}
    if plan.window.start <= now:
        problems["date"] = Message("The window starts in the past: choose a later date or time.")
    if problem := length_problem(plan.window.minutes):
        problems["minutes"] = problem
    return problems
