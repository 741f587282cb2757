"""The work does not go well: trouble, and more time (PROCESS.md, If there is an issue in the change window)."""

from datetime import datetime, timedelta

from changes import commands as c
from changes.errors import ValidationFailed, WrongState
from changes.events import Event, Extended, TroubleReported, TroubleSolved
from changes.lifecycle.guards import in_state, required_text
from changes.model import IMPLEMENTING, LONGEST_WITH_EXTENSIONS, Change, State, Window
from changes.permissions import Permission, authorize
from changes.planning.occupancy import Booking, overlapping
from changes.policy import Service
from changes.text.labels import moment_label
from changes.text.messages import Said

LONGEST_EXTENSION = 12 * 60
TWICE = timedelta(minutes=1)
"""The same extension within so short a time is meant once: two people typed it, or one pressed twice."""


def decide(
    change: Change, command: c.Command, now: datetime, service: Service, bookings: tuple[Booking, ...]
) -> tuple[Event, ...]:
    """Judge a command about trouble."""
    authorize(command.by, Permission.RUN, change, service)
    match command:
        case c.ReportTrouble(reason=reason):
            in_state(change, {State.IN_PROGRESS, State.EXTENDED}, Said("trouble is reported while the work goes on"))
            return (TroubleReported(required_text(reason, "reason", Said("Say what does not work."))),)
        case c.SolveTrouble():
            in_state(change, IMPLEMENTING, Said("there is no issue to solve"))
            if change.state is not State.TROUBLE and change.cutoff_asked_at is None:
                raise WrongState("No issue of {id} was reported, and its cutoff has not come yet.", id=change.id)
            if change.state is not State.TROUBLE and change.blocking_failures:
                raise WrongState(
                    "Test {number} of {id} has failed, so it is not solved: fix it and test again, extend, or declare "
                    "an incident.",
                    number=change.blocking_failures[0] + 1,
                    id=change.id,
                )
            return (TroubleSolved(),)
        case c.Extend(minutes=minutes, reason=reason):
            return _extend(change, command, minutes, reason, now, service, bookings)
        case _:
            raise WrongState("{id}: that does not fit here.", id=change.id)


def trouble_first(change: Change, reason: str) -> tuple[Event, ...]:
    """Extension and incident come out of trouble (PROCESS.md, States), reported or not."""
    return () if change.state is State.TROUBLE else (TroubleReported(reason, in_passing=True),)


def _extend(
    change: Change,
    command: c.Command,
    minutes: int,
    reason: str,
    now: datetime,
    service: Service,
    bookings: tuple[Booking, ...],
) -> tuple[Event, ...]:
    in_state(change, IMPLEMENTING, Said("only a change that is in progress can be extended"))
    if not 1 <= minutes <= LONGEST_EXTENSION:
        raise ValidationFailed(
            {
                "extra_minutes": Said(
                    "Give the extra time in minutes, from 1 to {LONGEST_EXTENSION}.",
                    LONGEST_EXTENSION=LONGEST_EXTENSION,
                )
            }
        )
    reason = required_text(reason, "reason", Said("Say why more time is needed: everyone affected reads it."))
    last = change.extensions[-1] if change.extensions else None
    if last is not None and last.minutes == minutes and now - last.at < TWICE:
        raise WrongState(
            "{id} was extended by {minutes} minutes a moment ago, by {name}: it ends {ends_at} now.",
            id=change.id,
            minutes=minutes,
            name=last.by.name or Said("somebody"),
            ends_at=moment_label(change.ends_at, service.zone),
        )
    if change.extended_minutes + minutes > service.policy.acceptable_overrun_minutes:
        authorize(command.by, Permission.EXTEND_FAR, change, service)
    ends_at = change.ends_at + timedelta(minutes=minutes)
    if ends_at <= now:
        raise ValidationFailed(
            {"extra_minutes": Said("Even with that the window would be over already: take more minutes.")}
        )
    if ends_at - change.plan.window.start > LONGEST_WITH_EXTENSIONS:
        raise ValidationFailed(
            {
                "extra_minutes": Said(
                    "With all its extensions a window is {days} days long at most: take fewer minutes, complete the "
                    "change or declare an incident.",
                    days=LONGEST_WITH_EXTENSIONS.days,
                )
            }
        )
    into = overlapping(Window(change.ends_at, ends_at), bookings)
    extended = Extended(minutes, reason, ends_at, tuple(each.change for each in into))
    return *trouble_first(change, reason), extended
