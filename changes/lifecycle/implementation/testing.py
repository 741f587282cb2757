"""The tests gate every end (docs/process.md, P73 to P75): results, and what the approver accepts without a good one."""

from changes import commands as c
from changes import events as e
from changes.errors import NotFound, WrongState
from changes.lifecycle.effect_builder import EffectBuilder
from changes.lifecycle.guards import DecisionContext, in_state, optional_text, required_text
from changes.model import IMPLEMENTING, AcceptedTest, Change, State, TestResult
from changes.notification import CardKind, ThreadMessage
from changes.permissions import Permission, authorize
from changes.planning.occupancy import restoring
from changes.text import Message

TESTING = IMPLEMENTING | {State.INCIDENT}
"""Tests are recorded while the platform is worked on, in an incident too; while it is restored they mean nothing."""


def decide_record_test(change: Change, command: c.RecordTest, context: DecisionContext) -> tuple[e.Event, ...]:
    """Record the result of one test."""
    authorize(command.by, Permission.RUN, change, context.service)
    in_state(change, TESTING, Message("tests are recorded while the work or an incident goes on"))
    _known(change, command.index)
    ensure_not_restoring(context)
    return (e.TestRecorded(command.index, command.passed, optional_text(command.note, "comment")),)


def decide_pass_tests(change: Change, command: c.PassTests, context: DecisionContext) -> tuple[e.Event, ...]:
    """Record that every test without a result passed."""
    authorize(command.by, Permission.RUN, change, context.service)
    in_state(change, TESTING, Message("tests are recorded while the work or an incident goes on"))
    ensure_not_restoring(context)
    if not change.open_tests:
        raise WrongState(
            "Every test of {id} has a result already. `/change test {id}` shows them; one that is run again is "
            "recorded by its number.",
            id=change.id,
        )
    return tuple(e.TestRecorded(index, passed=True, note="") for index in change.open_tests)


def decide_accept_test(change: Change, command: c.AcceptTest, context: DecisionContext) -> tuple[e.Event, ...]:
    """Accept a failed or missing test by name, with a reason that the end notice carries."""
    authorize(command.by, Permission.EXCEPTION, change, context.service)
    in_state(change, TESTING, Message("a failed test is accepted while the work or an incident goes on"))
    _known(change, command.index)
    ensure_not_restoring(context)
    if command.index not in change.blocking_tests:
        raise WrongState(
            "Test {number} of {id} does not block the end: nothing has to be accepted.",
            number=command.index + 1,
            id=change.id,
        )
    reason = required_text(command.reason, "reason", Message("Say why it is acceptable: affected people read it."), 300)
    return (e.TestAccepted(command.index, reason, context.service.deputy_for(command.by)),)


def decide_void_tests(change: Change, command: c.VoidTests, context: DecisionContext) -> tuple[e.Event, ...]:
    """Void the results, because a restore of another change overwrote what they were about."""
    authorize(command.by, Permission.TICK, change, context.service)
    in_state(change, TESTING, Message("its tests no longer count"))
    return (e.TestsVoided(command.other),)


def ensure_not_restoring(context: DecisionContext) -> None:
    """Raise WrongState while another change's restore overwrites the data: what is tested now is gone afterwards."""
    other = restoring(context.bookings)
    if other is not None:
        raise WrongState(
            "{other} ({title}) is being restored on {server}: its data is overwritten, so no test counts and nothing "
            "ends there before that is done. Test again then.",
            other=other.change,
            title=other.title,
            server=context.service.vps.name,
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


_WAYS = Message(
    "Report the issue, fix it and test again; or let the approver or a deputy accept it with a reason that affected "
    "people read."
)
_WAYS_OF_INCIDENT = Message(
    "Log a fix and test again, restore, hand over to the incident process, or let the approver or a deputy accept it "
    "with a reason that affected people read."
)


def _known(change: Change, index: int) -> None:
    if not 0 <= index < len(change.plan.tests):
        raise NotFound("{id} has no test number {number}.", id=change.id, number=index + 1)


def _named(change: Change, indexes: tuple[int, ...]) -> str:
    return "; ".join(f"{index + 1}. {change.plan.tests[index]}" for index in indexes)


def apply(change: Change, entry: e.Entry) -> Change:
    """The change with the results of its tests."""
    event, at = entry.event, entry.at
    match event:
        case e.TestRecorded(index=index, passed=passed, note=note):
            tests = list(change.tests)
            tests[index] = TestResult(passed, entry.by, at, note)
            accepted = tuple(each for each in change.accepted if each.index != index)
            return change.with_(tests=tuple(tests), accepted=accepted)
        case e.TestAccepted(index=index, reason=reason, deputy_for=deputy_for):
            accepted_test = AcceptedTest(index, reason, entry.by, at, deputy_for)
            return change.with_(accepted=(*change.accepted, accepted_test))
        case e.TestsVoided():
            return void_tests(change)
        case _:
            return change


def void_tests(change: Change) -> Change:
    """Drop all results, because the system was changed after them (docs/process.md, P74)."""
    return change.with_(tests=(None,) * len(change.plan.tests), accepted=())


def react(effects: EffectBuilder, event: e.Event) -> None:
    """Show the results, and tell the implementer what somebody else decided about them."""
    _show_results(effects)
    match event:
        case e.TestAccepted(reason=reason):
            effects.post_message(ThreadMessage.TEST_ACCEPTED, reason, effects.implementer)
        case e.TestsVoided(other=other):
            effects.post_message(ThreadMessage.TESTS_VOIDED, other, effects.implementer)
        case _:
            return


def _show_results(effects: EffectBuilder) -> None:
    if effects.change.state is State.INCIDENT:
        effects.card(CardKind.INCIDENT)
        effects.edit_cards(CardKind.HANDOVER)
    else:
        effects.card(CardKind.DAY)
