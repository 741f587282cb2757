"""The card of the day: locked, ready, the tests one by one, and the record afterwards."""

from datetime import timedelta
from typing import Any, Literal

from microsoft_teams.cards import Action, ActionSet, CardElement, RichTextBlock, TextRun

from cards.clock import window_clock
from cards.parts import (
    Colour,
    button,
    columns,
    facts,
    heading,
    label,
    opens,
    pressed,
    sentence,
    text_input,
    to_wire,
    written,
)
from cards.plan import title_lines
from cards.states import state_label
from cards.text import shortened
from cards.view import View
from cards.without import LOOK_FIRST, advice, after_failure, not_today, why
from changes.conflicts import LIMITS
from changes.labels import duration_label
from changes.model import AT_WORK, DAY, SnapshotStatus, State
from language import _, n_

LONGEST_NAME = 40
MOST_BUTTONS = 14
GOOD: Colour = "Good"
BAD: Colour = "Attention"


def day_card(view: View, message: str) -> dict[str, Any]:
    """What the implementer works with on the day."""
    change = view.change
    said, colour = state_label(change)
    body: list[CardElement] = [
        heading(_("Today's change")),
        *title_lines(view),
        sentence(said, colour=colour, bold=True),
    ]
    actions: list[Action] = []
    if change.state in DAY:
        body += [facts([(_("Window"), view.window_label), (_("Snapshot"), _snapshot(view))]), *_locked(view)]
        if change.state is State.READY:
            actions = [pressed(view, message, _("Start"), "window.start", style="positive", alone=True)]
        else:
            actions = _without(view, message)
    elif change.state in AT_WORK:
        body += [window_clock(view), *written(change.trouble), *_tests(view, open_=True), *_what_is_left(view)]
        actions = _work(view, message)
    else:
        body += [*_times(view), *_tests(view, open_=False)]
    return to_wire(body, actions, view, message)


def _snapshot(view: View) -> str:
    """When the snapshot ends that one waits for, as far as is known."""
    snapshot = view.change.snapshot
    if snapshot.status is not SnapshotStatus.RUNNING or snapshot.started_at is None:
        return ""
    return _(
        "expected end {when}",
        when=view.when(snapshot.started_at + timedelta(minutes=view.service.vps.snapshot_minutes)),
    )


def _locked(view: View) -> list[CardElement]:
    if view.change.state is State.READY:
        return [sentence(_("Everything is ready. *Start* sends the start notice to everyone affected."))]
    if view.change.snapshot.status is SnapshotStatus.FAILED:
        unknown = view.change.snapshot.cause in LOOK_FIRST
        there = (
            _("Nobody knows whether there is a snapshot: *Start* is locked.")
            if unknown
            else _("There is no snapshot: *Start* is locked.")
        )
        failed = sentence(there, colour="Attention", bold=True)
        return [failed, *written(why(view.change.snapshot)), sentence(advice(view))]
    locked = _("*Start* is locked until the snapshot is finished, or waived by {deciders}.", deciders=view.deciders)
    if view.change.state is State.SNAPSHOTTING:
        locked = f"{locked} {_('Wait for it, or use one of the ways below.')}"
    return [sentence(locked, colour="Warning")]


def _without(view: View, message: str) -> list[Action]:
    """The ways on while the start is locked; how a snapshot ends is said on its own card."""
    if view.change.state is not State.SNAPSHOTTING:
        return []
    if view.change.snapshot.status is SnapshotStatus.FAILED:
        return after_failure(view, message)
    return not_today(view, message)


def _times(view: View) -> list[CardElement]:
    change = view.change
    if change.started_at is None:
        return written(view.closing_reason)
    ended = view.when(change.ended_at) if change.ended_at else ""
    return [
        facts([(_("Started"), view.when(change.started_at)), (_("Ended"), ended), (_("Window"), view.window_label)])
    ]


def _tests(view: View, *, open_: bool) -> list[CardElement]:
    items: list[CardElement] = [label(_("Tests"))]
    offered = _offered(view) if open_ else {}
    for number, (test, result) in enumerate(zip(view.change.plan.tests, view.change.tests, strict=True)):
        mark = "○" if result is None else "✔" if result.passed else "✘"
        runs: list[CardElement] = [TextRun(text=f"{mark} {number + 1}. {test}")]
        if result is not None:
            by = shortened(view.name(result.by), LONGEST_NAME)
            verdict = _("passed, {by}", by=by) if result.passed else _("failed, {by}", by=by)
            runs.append(TextRun(text=f"\n{verdict}", color=GOOD if result.passed else BAD))
        shown = [RichTextBlock(inlines=runs, spacing="Small")]
        if not open_:
            items += shown
            continue
        buttons = [_record(view, number, passed) for passed in offered.get(number, ())]
        items += [columns((shown, "stretch"), ([ActionSet(actions=buttons)], "auto"))] if buttons else shown
    if any(number not in offered for number in view.change.open_tests) and open_:
        items.append(sentence(_("The buttons of the other tests come when these have their results."), subtle=True))
    return items


def _offered(view: View) -> dict[int, tuple[bool, ...]]:
    """For each test the results one can press. A card holds only so many buttons: what blocks the end comes first."""
    change = view.change
    passed = [number for number, result in enumerate(change.tests) if result is not None and result.passed]
    offered: dict[int, tuple[bool, ...]] = {}
    left = MOST_BUTTONS
    wanted: list[tuple[tuple[int, ...], tuple[bool, ...]]] = [
        (change.failed_tests, (True,)),
        (change.open_tests, (True, False)),
        (tuple(passed), (False,)),
    ]
    for numbers, results in wanted:
        for number in numbers:
            if left >= len(results):
                offered[number] = results
                left -= len(results)
    return offered


def _record(view: View, number: int, passed: bool) -> Action:
    title, result = (_("Pass"), "pass") if passed else (_("Fail"), "fail")
    return button(title, "test.result", view.change.id, view.change.revision, test=number, result=result)


def _what_is_left(view: View) -> list[CardElement]:
    """Why *Complete* would be refused now, if it would."""
    change = view.change
    if change.state is State.TROUBLE:
        return []
    if change.open_tests:
        left = n_(
            "One test has no result yet. Then *Complete* tells everyone that it is over.",
            "{n} tests have no result yet. Then *Complete* tells everyone that it is over.",
            len(change.open_tests),
        )
        return [sentence(left, subtle=True)]
    if change.failed_tests and not change.restored:
        return [sentence(_("A test failed: mend it and record it again, or say what is wrong."), colour=BAD)]
    return [sentence(_("Every test has its result: *Complete* tells everyone that it is over."), colour=GOOD)]


def _work(view: View, message: str) -> list[Action]:
    if view.change.state is State.TROUBLE:
        solved = pressed(view, message, _("Solved"), "trouble.solved", style="positive", alone=True)
        return [solved, ways_out(view, message)]
    style: Literal["positive", "default"] = "default" if view.change.open_tests else "positive"
    complete = pressed(view, message, _("Complete"), "change.complete", style=style, alone=True)
    return [complete, _trouble(view, message), ways_out(view, message)]


def _trouble(view: View, message: str) -> Action:
    """What is wrong, for those who see to the change."""
    wrong = text_input("comment", _("What is wrong? (stays in the thread)"), lines=True, most=LIMITS["comment"])
    report = pressed(view, message, _("Report the issue"), "trouble.report")
    return opens(_("Report an issue"), [wrong], report)


def ways_out(view: View, message: str, *, minutes: int | None = None) -> Action:
    """More time, or an incident: both are told to everyone affected, with what is said here."""
    overrun = duration_label(view.service.policy.acceptable_overrun_minutes)
    reason = text_input(
        "reason", _("Issue and user impact (people affected read this)"), lines=True, most=LIMITS["comment"]
    )
    extra = text_input(
        "extra_minutes", _("Minutes more, to extend"), value=str(minutes) if minutes else "", hint="60", most=4
    )
    told = sentence(
        _(
            "An extension and an incident are announced to everyone affected, in these words. More than {overrun} in "
            "all has to be granted by {deciders}.",
            overrun=overrun,
            deciders=view.deciders,
        ),
        subtle=True,
    )
    extend = pressed(view, message, _("Extend the window"), "window.extend")
    incident = pressed(view, message, _("Declare an incident"), "incident.declare", style="destructive")
    return opens(_("More time or incident"), [reason, extra, told], extend, incident)
