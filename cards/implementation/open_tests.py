"""Open tests: those that failed or have no result keep a change from ending; and the ways past them."""

from collections.abc import Sequence

from microsoft_teams.cards import Action, ActionSet, CardElement

from application.change_context import ChangeContext
from cards.elements.blocks import box, text_block
from cards.elements.controls import action_button, choice, show_card_button, text_input
from cards.elements.lengths import shortened
from changes.model import Change, State, TestResult
from changes.text.messages import joined, listed
from language import _, n_

LONGEST_CHOICE, MANY_CHOICES, LONGEST_OF_MANY = 28, 6, 20
"""Maximum length of a test where it is chosen: a phone cuts off what is longer. Less where there are many."""
LONGEST_DECIDERS = 60
FEWEST_AT_ONCE = 2


def what_blocks(view: ChangeContext) -> list[CardElement]:
    """What keeps the change from ending, by name, and the ways on; or that nothing does any more."""
    change = view.change
    failed, missing = change.blocking_failures, change.blocking_gaps
    if not failed and not missing:
        return [text_block(_all_there(change), bold=True)]
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
    what = text_block(joined(*said, _way_on(view, failed=bool(failed))))
    return [box([what], "attention" if failed else "warning")]


def _all_there(change: Change) -> str:
    if change.state is State.INCIDENT:
        return (
            _("✓ Every test passed or was accepted: *Resolve incident* tells everyone affected that it is over.")
            if change.accepted
            else _("✓ Every test passed: *Resolve incident* tells everyone affected that it is over.")
        )
    return (
        _("✓ Every test passed or was accepted: *Complete* sends the end notice.")
        if change.accepted
        else _("✓ Every test passed: *Complete* sends the end notice.")
    )


def _way_on(view: ChangeContext, *, failed: bool) -> str:
    """What leads out of it in that state (docs/process.md, P73, P75), and who can accept it as it is."""
    change, deciders = view.change, shortened(view.deciders, LONGEST_DECIDERS)
    is_incident = change.state is State.INCIDENT
    if is_incident and failed and change.handed_over_at is not None:
        return _(
            "Log a fix and retest, restore, or {deciders} accepts it as is; until then the incident cannot be "
            "resolved.",
            deciders=deciders,
        )
    if is_incident and failed:
        return _(
            "Log a fix and retest, restore, hand over, or {deciders} accepts it as is; until then the incident cannot "
            "be resolved.",
            deciders=deciders,
        )
    if is_incident:
        return _("Until then the incident cannot be resolved.")
    if failed and change.restored:
        return _(
            "The restore did not solve it: fix and retest, declare an incident, which hands it over, or {deciders} "
            "accepts it as is.",
            deciders=deciders,
        )
    if failed:
        return _(
            "Fix and retest, report an issue, or {deciders} accepts it as is; until then it cannot be completed.",
            deciders=deciders,
        )
    return _("Until then it cannot be completed.")


def _numbers(numbers: Sequence[int]) -> str:
    return listed(str(number + 1) for number in numbers)


def tests_panel(view: ChangeContext, message: str) -> list[Action]:
    """The result of any test with a note; where one blocks the end, also the approver's way past it, with a reason.

    The texts have ids of their own: `reason` and `comment` stand on the same cards already.
    """
    change = view.change
    blocking = change.blocking_tests
    numbers = sorted(range(len(change.tests)), key=lambda number: (number not in blocking, number))
    if not numbers:
        return []
    which = choice("test", _("Which test?"), [(str(n), _choice(change, n)) for n in numbers], str(numbers[0]))
    note = text_input("note", _("Note to the result (optional)"), lines=True)
    recorded = [
        action_button(view, message, _("Passed"), "test.result", result="pass"),
        action_button(view, message, _("Failed"), "test.result", result="fail"),
    ]
    if not blocking:
        return [show_card_button(panel_title(change), [which, note], *recorded)]
    why = text_input("waiver", _("To accept it as it is: why? (people affected read this)"), lines=True)
    who = text_block(_("Only the approver or a deputy can accept it; the end notice carries the reason."), subtle=True)
    take = action_button(view, message, _("Accept as is"), "test.accept")
    return [show_card_button(panel_title(change), [which, note, why, who], *recorded, take)]


def panel_title(change: Change) -> str:
    """The button that opens the panel of `tests_panel`."""
    return _("Note or accept a test…") if change.blocking_tests else _("Test with a note…")


def pass_all(view: ChangeContext, message: str) -> list[CardElement]:
    """One press for every test that has no result yet; a button only where that saves presses.

    There is none while a restore waits to be confirmed: it would reset what nobody looked at one by one.
    """
    still_open, restore = len(view.change.open_tests), view.change.restore
    if still_open < FEWEST_AT_ONCE or (restore is not None and restore.open):
        return []
    title = _("Pass all") if still_open == len(view.change.tests) else _("Pass the rest")
    return [ActionSet(actions=[action_button(view, message, title, "tests.pass", alone=True)])]


def _choice(change: Change, number: int) -> str:
    longest = LONGEST_CHOICE if len(change.tests) <= MANY_CHOICES else LONGEST_OF_MANY
    return f"{mark(change.tests[number])} {number + 1}. {shortened(change.plan.tests[number], longest)}"


def mark(result: TestResult | None) -> str:
    """The sign of a result; where there is room it is said in words as well."""
    return "○" if result is None else "✓" if result.passed else "✗"
