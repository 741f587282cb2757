"""Tests gate every end (PROCESS.md, Ends): results, failures that the approver accepts, and *Complete*."""

from changes import commands as c
from changes.errors import NotFound, WrongState
from changes.events import Completed, Event, TestAccepted, TestRecorded, TestsVoided
from changes.lifecycle.guards import in_state, optional_text, required_text
from changes.model import IMPLEMENTING, Change, Outcome, State
from changes.permissions import Permission, authorize
from changes.planning.occupancy import Booking, restoring
from changes.policy import Service
from changes.text.messages import Said

TESTING = IMPLEMENTING | {State.INCIDENT}
"""Tests are recorded while the platform is worked on, in an incident too; while it is restored they mean nothing."""


def decide(change: Change, command: c.Command, service: Service, bookings: tuple[Booking, ...]) -> tuple[Event, ...]:
    """Judge a command about the tests, or the end that they gate."""
    match command:
        case c.RecordTest(index=index, passed=passed, note=note):
            authorize(command.by, Permission.RUN, change, service)
            in_state(change, TESTING, Said("tests are recorded while the work or an incident goes on"))
            _known(change, index)
            not_while_restored(service, bookings)
            return (TestRecorded(index, passed, optional_text(note, "comment")),)
        case c.AcceptTest(index=index, reason=reason):
            authorize(command.by, Permission.EXCEPTION, change, service)
            in_state(change, TESTING, Said("a failed test is accepted while the work or an incident goes on"))
            _known(change, index)
            not_while_restored(service, bookings)
            if index not in change.blocking_tests:
                raise WrongState(
                    "Test {number} of {id} does not block the end: nothing has to be accepted.",
                    number=index + 1,
                    id=change.id,
                )
            reason = required_text(reason, "reason", Said("Say why it is acceptable: affected people read it."), 300)
            return (TestAccepted(index, reason, service.deputy_for(command.by)),)
        case c.VoidTests(other=other):
            authorize(command.by, Permission.TICK, change, service)
            in_state(change, TESTING, Said("its tests say nothing any more"))
            return (TestsVoided(other),)
        case _:
            authorize(command.by, Permission.RUN, change, service)
            in_state(change, IMPLEMENTING - {State.TROUBLE}, Said("it cannot be completed"))
            not_while_restored(service, bookings)
            tests_gate(change)
            # What was put back is as it was before: the change itself did not take place.
            return (Completed(Outcome.ROLLED_BACK if change.restored else Outcome.SUCCESSFUL),)


def not_while_restored(service: Service, bookings: tuple[Booking, ...]) -> None:
    """Raise WrongState while another change's restore overwrites the data: what is tested now is gone afterwards."""
    other = restoring(bookings)
    if other is not None:
        raise WrongState(
            "{other} ({title}) is being restored on {server}: its data is overwritten, so no test counts and nothing "
            "ends there before that is done. Test again then.",
            other=other.change,
            title=other.title,
            server=service.vps.name,
        )


def tests_gate(change: Change) -> None:
    """Raise WrongState, with the way on, while a test has no result or failed and nobody accepted that."""
    missing, failed = change.blocking_gaps, change.blocking_failures
    ways = _WAYS_OF_INCIDENT if change.state is State.INCIDENT else _WAYS
    if failed:
        raise WrongState("A test failed: {tests}. {ways}", tests=_named(change, failed), ways=ways)
    if missing:
        raise WrongState(
            "Record every test first: {tests}. If one cannot be run, the approver or a deputy can accept it with a "
            "reason.",
            tests=_named(change, missing),
        )


_WAYS = Said(
    "Report the issue, fix it and test again; or let the approver or a deputy accept it with a reason that affected "
    "people read."
)
_WAYS_OF_INCIDENT = Said(
    "Log a fix and test again, restore, hand over to the incident process, or let the approver or a deputy accept it "
    "with a reason that affected people read."
)


def _known(change: Change, index: int) -> None:
    if not 0 <= index < len(change.plan.tests):
        raise NotFound("{id} has no test number {number}.", id=change.id, number=index + 1)


def _named(change: Change, indexes: tuple[int, ...]) -> str:
    return "; ".join(f"{index + 1}. {change.plan.tests[index]}" for index in indexes)
