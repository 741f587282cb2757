"""The tests of a change on the cards of its work: their results, what still keeps it from ending, the exceptions."""

from collections.abc import Sequence
from dataclasses import dataclass

from microsoft_teams.cards import Action, ActionSet, CardElement, RichTextBlock, TextRun

from application.change_context import ChangeContext
from cards.elements.blocks import Colour, box, columns, label, run, text_block
from cards.elements.controls import LARGEST, button, render_card, size
from cards.elements.lengths import shortened
from cards.elements.plan_table import named
from cards.implementation.open_tests import mark, pass_all, tests_panel
from changes.model import AcceptedTest, Change
from changes.planning.occupancy import restoring
from language import _, labelled

LONGEST_NAME = 40
MOST_BUTTONS = 12
A_ROW, A_BUTTON = 180, 410
"""What a test with buttons takes on the wire beside its text, and each of its buttons, in UTF-16 units."""
FOR_VIEWERS = 2400
"""What is left for those who get a view of their own: they come before a second button beside each test."""
BAD: Colour = "Attention"
"""How a failure is coloured. What passed has no colour: green letters on white are too pale to read."""


@dataclass(frozen=True, slots=True)
class _Fit:
    """How much of each test is shown; with `one_block` all of them stand together, without buttons beside them."""

    test: int
    reason: int
    one_block: bool = False


_FITS = (_Fit(150, 90), _Fit(80, 40), _Fit(60, 30, one_block=True), _Fit(12, 8, one_block=True))


def with_tests(
    view: ChangeContext,
    message: str,
    before: Sequence[CardElement],
    after: Sequence[CardElement],
    first: Sequence[Action],
    last: Sequence[Action] = (),
) -> tuple[list[CardElement], list[Action]]:
    """A card's elements and actions with the tests in between, as far as there is room for each of their buttons.

    Every test can be recorded all the same: in a panel any of them is chosen, and a note is written to it.
    """
    if overwritten := while_restored(view):
        return [*before, *tests_shown(view), *overwritten], [*first, *last]
    panel, rest = tests_panel(view, message), [*pass_all(view, message), *after]
    room = LARGEST - FOR_VIEWERS - size(render_card([*before, *rest], [*first, *panel, *last]))
    return [*before, *_recorded(view, room), *rest], [*first, *panel, *last]


def while_restored(view: ChangeContext) -> list[CardElement]:
    """That another change's restore overwrites what would be tested: nothing is recorded or ended meanwhile."""
    other = restoring(view.neighbours)
    if other is None:
        return []
    said = _(
        "{other} is being restored on {server}: its data is overwritten, so no test counts and nothing ends there "
        "before that is done.",
        other=named([other]),
        server=view.service.vps.name,
    )
    return [box([text_block(said)], "attention")]


def may_end(view: ChangeContext) -> bool:
    """Whether every test passed or is accepted, and nothing overwrites what they showed."""
    return not view.change.blocking_tests and restoring(view.neighbours) is None


def tests_shown(view: ChangeContext) -> list[CardElement]:
    """Each test with its result, and who accepted what: a record."""
    tests = view.change.plan.tests
    return [label(_("Tests")), *(RichTextBlock(inlines=_runs(view, n, _FITS[0])) for n in range(len(tests)))]


def _recorded(view: ChangeContext, room: int) -> list[CardElement]:
    """The tests and as many of their buttons as there is room for, each in a cell of its own."""
    change = view.change
    fit, found = _fitting(view, room)
    if fit.one_block:
        return found
    offered = _offered(change, room - size(render_card(found)))
    items: list[CardElement] = [found[0]]
    for number, text in enumerate(found[1:]):
        buttons = [ActionSet(actions=[_record(view, number, passed)]) for passed in offered.get(number, ())]
        items.append(columns(([text], "stretch"), *(([each], "auto") for each in buttons)) if buttons else text)
    return items


def _fitting(view: ChangeContext, room: int) -> tuple[_Fit, list[CardElement]]:
    """The tests with as much of each as there is room for, or the least of them."""
    drawn = [(fit, _texts(view, fit)) for fit in _FITS]
    return next((each for each in drawn if size(render_card(each[1])) <= room), drawn[-1])


def _texts(view: ChangeContext, fit: _Fit) -> list[CardElement]:
    numbers = range(len(view.change.plan.tests))
    if not fit.one_block:
        shown = [RichTextBlock(inlines=_runs(view, number, fit), spacing="Small") for number in numbers]
        return [label(_("Tests")), *shown]
    runs: list[CardElement] = [_run(view, number, fit) for number in numbers]
    return [label(_("Tests")), RichTextBlock(inlines=runs, spacing="Small")]


def _run(view: ChangeContext, number: int, fit: _Fit) -> TextRun:
    """The test with its result, on a line of its own among the others."""
    change = view.change
    result, accepted = change.tests[number], accepted_test(change, number)
    sign, said = mark(result), shortened(change.plan.tests[number], fit.test)
    if result is not None:
        said = f"{said} – {_('passed') if result.passed else _('failed')}"
        if result.note:
            said = labelled(said, shortened(result.note, fit.reason))
    if accepted is not None:
        said = f"{said}, {acceptance(view, accepted, fit.reason)}"
    colour = None if result is None or accepted is not None or result.passed else BAD
    before = "\n" if number else ""
    return run(f"{before}{sign} {number + 1}. {said}", colour=colour)


def _runs(view: ChangeContext, number: int, fit: _Fit) -> list[CardElement]:
    change = view.change
    result = change.tests[number] if number < len(change.tests) else None
    accepted = accepted_test(change, number)
    runs: list[CardElement] = [run(f"{mark(result)} {number + 1}. {shortened(change.plan.tests[number], fit.test)}")]
    if result is not None:
        by = shortened(view.name(result.by), LONGEST_NAME)
        verdict = _("passed, {by}", by=by) if result.passed else _("failed, {by}", by=by)
        noted = labelled(verdict, shortened(result.note, fit.reason)) if result.note else verdict
        runs.append(run(f"\n{noted}", colour=None if result.passed else BAD))
    elif accepted is not None:
        runs.append(run(f"\n{_('no result')}"))
    if accepted is not None:
        runs.append(run(f"\n{acceptance(view, accepted, fit.reason)}"))
    return runs


def accepted_test(change: Change, number: int) -> AcceptedTest | None:
    """By whose word that test keeps nothing from ending."""
    return next((each for each in change.accepted if each.index == number), None)


def acceptance(view: ChangeContext, accepted: AcceptedTest, longest: int) -> str:
    """Who accepts it, and why, as text."""
    who = shortened(view.who(accepted.by, accepted.deputy_for), LONGEST_NAME + longest)
    return _("accepted by {who}: {reason}", who=who, reason=shortened(accepted.reason, longest))


def _offered(change: Change, room: int) -> dict[int, tuple[bool, ...]]:
    """For each test the results one can press. A card holds only so many buttons: what blocks the end comes first."""
    passed = [number for number, result in enumerate(change.tests) if result is not None and result.passed]
    offered: dict[int, tuple[bool, ...]] = {}
    left = MOST_BUTTONS
    wanted: list[tuple[Sequence[int], tuple[bool, ...]]] = [
        (change.blocking_failures, (True,)),
        (change.blocking_gaps, (True, False)),
        (sorted(change.accepted_tests), (True,)),
        (passed, (False,)),
    ]
    for numbers, results in wanted:
        for number in numbers:
            fits = min(left, len(results), max(0, room - A_ROW) // A_BUTTON)
            if fits:
                offered[number] = results[:fits]
                left, room = left - fits, room - A_ROW - A_BUTTON * fits
    return offered


def _record(view: ChangeContext, number: int, passed: bool) -> Action:
    title, result = (_("Pass"), "pass") if passed else (_("Fail"), "fail")
    change = view.change
    return button(title, "test.result", change.id, change.revision, alone=True, test=number, result=result)
