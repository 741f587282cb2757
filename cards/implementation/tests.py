"""The tests of a change on the cards of its work: their results, what still keeps it from ending, the exceptions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from microsoft_teams.cards import Action, ActionSet, CardElement, RichTextBlock, TextRun

from application.change_context import ChangeContext
from cards.elements.blocks import Colour, box, columns, label, run, text_block
from cards.elements.controls import LARGEST, button, render_card, size
from cards.elements.lengths import shortened
from cards.elements.plan_table import named
from cards.implementation.open_tests import mark, panel_title, pass_all, tests_panel
from changes.model import AcceptedTest, Change
from changes.planning.occupancy import restoring
from language import _, labelled

LONGEST_NAME = 40
MOST_BUTTONS = 12
FOR_VIEWERS = 2400
"""What is left for those who get a view of their own: they come before the buttons beside the tests."""
BAD: Colour = "Attention"
"""How a failure is coloured. What passed has no colour: green letters on white are too pale to read."""


@dataclass(frozen=True, slots=True)
class _Fit:
    """How much of each test is shown; with `one_block` all of them stand together, without buttons beside them."""

    test: int
    reason: int
    one_block: bool = False


_FITS = (_Fit(150, 90), _Fit(80, 40), _Fit(60, 30, one_block=True), _Fit(12, 8, one_block=True))


_Offer = Mapping[int, tuple[bool, ...]]
"""By the number of each test the results that can be pressed beside it."""


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
    """The tests with the buttons of all of them, of those that keep it from ending, or of none, and where else."""
    elsewhere = text_block(
        _("Any result can also be recorded under *{button}*.", button=panel_title(view.change).rstrip("…")), subtle=True
    )
    fit, found = _fitting(view, room - size(render_card([elsewhere])))
    for offered, is_plain in () if fit.one_block else _offers(view.change):
        items = _beside(view, found, offered, is_plain=is_plain)
        shown = items if len(offered) == len(found) - 1 else [*items, elsewhere]
        if size(render_card(shown)) <= room:
            return shown
    told = [*found, elsewhere]
    return told if size(render_card(told)) <= room else found


def _beside(view: ChangeContext, found: Sequence[CardElement], offered: _Offer, *, is_plain: bool) -> list[CardElement]:
    """The tests with their buttons, each in a cell of its own; `is_plain` are those without the one of old clients."""
    items: list[CardElement] = [found[0]]
    for number, text in enumerate(found[1:]):
        buttons = [_record(view, number, passed) for passed in offered.get(number, ())]
        if is_plain:
            buttons = [each.model_copy(update={"fallback": None}) for each in buttons]
        cells = [ActionSet(actions=[each]) for each in buttons]
        items.append(columns(([text], "stretch"), *(([each], "auto") for each in cells)) if cells else text)
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


def _offers(change: Change) -> Iterator[tuple[_Offer, bool]]:
    """The buttons that one could press, and whether they stand without those of old clients; the best of them first.

    Never those of one test and not of another like it: people ask themselves why.
    """
    blocking: _Offer = {
        **dict.fromkeys(change.blocking_failures, (True,)),
        **dict.fromkeys(change.blocking_gaps, (True, False)),
    }
    passed = [number for number, result in enumerate(change.tests) if result is not None and result.passed]
    rest: _Offer = {**dict.fromkeys(change.accepted_tests, (True,)), **dict.fromkeys(passed, (False,))}
    for offer in ({**rest, **blocking}, blocking):
        if offer and sum(map(len, offer.values())) <= MOST_BUTTONS:
            yield from ((offer, False), (offer, True))


def _record(view: ChangeContext, number: int, passed: bool) -> Action:
    title, result = (_("Pass"), "pass") if passed else (_("Fail"), "fail")
    change = view.change
    return button(title, "test.result", change.id, change.revision, alone=True, test=number, result=result)
