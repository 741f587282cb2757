"""Open tests: those that failed or have no result keep a change from ending; and the ways past them."""

from collections.abc import Sequence

from microsoft_teams.cards import Action, CardElement

from application.change_context import ChangeContext
from cards.elements.blocks import text_block
from cards.elements.controls import action_button, choice, show_card_button, text_input
from cards.elements.lengths import shortened
from changes.model import Change, State
from changes.text.messages import joined
from language import _, n_

FEW_CHOICES, LONGEST_CHOICE, LONGEST_OF_MANY = 6, 60, 20


def what_blocks(view: ChangeContext) -> list[CardElement]:
    """What keeps the change from ending, by name, and the ways on; or that nothing does any more."""
    change = view.change
    failed, missing = change.blocking_failures, change.blocking_gaps
    if not failed and not missing:
        return [text_block(_all_there(change), colour="Good")]
    said = []
    if failed:
        said.append(n_("Test {tests} failed.", "Tests {tests} failed.", len(failed), tests=_numbers(failed)))
    if missing:
        said.append(
            n_(
                "Test {tests} has no result yet.",
                "Tests {tests} have no result yet.",
                len(missing),
                tests=_numbers(missing),
            )
        )
    return [
        text_block(joined(*said, _way_on(change, failed=bool(failed))), colour="Attention" if failed else "Warning")
    ]


def _all_there(change: Change) -> str:
    if change.state is State.INCIDENT:
        return (
            _("Every test passed, or is accepted: *Resolve incident* tells everyone affected that it is over.")
            if change.accepted
            else _("Every test passed: *Resolve incident* tells everyone affected that it is over.")
        )
    return (
        _("Every test passed, or is accepted: *Complete* sends the end notice.")
        if change.accepted
        else _("Every test passed: *Complete* sends the end notice.")
    )


def _way_on(change: Change, *, failed: bool) -> str:
    """What leads out of it in that state (PROCESS.md, Ends)."""
    is_incident = change.state is State.INCIDENT
    if is_incident and failed and change.handed_over_at is not None:
        return _("Log a fix and test again, or restore; until then the incident cannot be resolved.")
    if is_incident and failed:
        return _("Log a fix and test again, restore, or hand over; until then the incident cannot be resolved.")
    if is_incident:
        return _("Until then the incident cannot be resolved.")
    if failed and change.restored:
        return _("The restore did not solve it: fix it and test again, or declare an incident, which hands it over.")
    if failed:
        return _("Fix it and test again, or report the issue; until then it cannot be completed.")
    return _("Until then it cannot be completed.")


def _numbers(numbers: Sequence[int]) -> str:
    return ", ".join(str(number + 1) for number in numbers)


def tests_panel(view: ChangeContext, message: str, *, records: bool) -> list[Action]:
    """The approver's way past a test that failed or cannot be run: by name, with a reason; nothing where none blocks.

    With `records` also what is recorded of tests that have no buttons of their own. The text has an id of its own:
    `reason` and `comment` stand on the same cards already.
    """
    change = view.change
    blocking = change.blocking_tests
    numbers = sorted(range(len(change.tests)), key=lambda number: (number not in blocking, number))
    if not records:
        numbers = [number for number in numbers if number in blocking]
    if not numbers:
        return []
    which = choice("test", _("Which test?"), [(str(n), _choice(change, n)) for n in numbers], str(numbers[0]))
    recorded: list[Action] = []
    if records:
        recorded = [
            action_button(view, message, _("Passed"), "test.result", result="pass"),
            action_button(view, message, _("Failed"), "test.result", result="fail"),
        ]
    if not blocking:
        return [show_card_button(_("Record a test…"), [which], *recorded)]
    why = text_input("waiver", _("Why is it acceptable? (people affected read this)"), lines=True)
    who = text_block(_("Only the approver or a deputy can accept it; the end notice carries the reason."), subtle=True)
    take = action_button(view, message, _("Accept it as it is"), "test.accept")
    title = _("Record or accept a test…") if records else _("Accept a test…")
    return [show_card_button(title, [which, why, who], *recorded, take)]


def _choice(change: Change, number: int) -> str:
    result = change.tests[number]
    longest = LONGEST_CHOICE if len(change.tests) <= FEW_CHOICES else LONGEST_OF_MANY
    about = {"number": number + 1, "test": shortened(change.plan.tests[number], longest)}
    if result is None:
        return _("{number}. {test} (no result)", **about)
    return _("{number}. {test} (passed)", **about) if result.passed else _("{number}. {test} (failed)", **about)
