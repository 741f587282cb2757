"""The card of the day: locked, ready, the tests one by one, and the record afterwards."""

from datetime import timedelta
from typing import Any

from microsoft_teams.cards import Action, ActionSet, CardElement

from cards.parts import columns, facts, heading, label, opens, pressed, sentence, text_input, to_wire, written
from cards.plan import title_lines
from cards.states import STATES
from cards.text import plain
from cards.view import View
from changes.model import AT_WORK, DAY, State

MESSAGE = "day"


def day_card(view: View, message: str = MESSAGE) -> dict[str, Any]:
    """What the implementer works with on the day."""
    change = view.change
    said, colour = STATES[change.state]
    body: list[CardElement] = [heading("Today's change"), *title_lines(view), sentence(said, colour=colour, bold=True)]
    actions: list[Action] = []
    if change.state in DAY:
        body += [facts([("Window", view.window_label)]), *_locked(view)]
        if change.state is State.READY:
            actions = [pressed(view, message, "Start", "window.start", style="positive", alone=True)]
    elif change.state in AT_WORK:
        body += [_clock(view), *written(change.trouble), *_tests(view, message, open_=True)]
        actions = _work(view, message)
    else:
        body += [*_times(view), *_tests(view, message, open_=False)]
    return to_wire(body, actions, view, message)


def _locked(view: View) -> list[CardElement]:
    if view.change.state is State.READY:
        return [sentence("Everything is ready. *Start* sends the start notice to everyone affected.")]
    approver = plain(view.name(view.service.approver))
    return [sentence(f"*Start* is locked until the snapshot is finished or {approver} waives it.", colour="Warning")]


def _clock(view: View) -> CardElement:
    change, policy = view.change, view.service.policy
    cutoff = change.ends_at - timedelta(minutes=policy.cutoff_minutes)
    return facts(
        [
            ("Started", view.when(change.started_at) if change.started_at else ""),
            ("Cutoff", view.when(max(cutoff, change.plan.window.start))),
            ("End", view.when(change.ends_at)),
        ]
    )


def _times(view: View) -> list[CardElement]:
    change = view.change
    if change.started_at is None:
        return written(change.closing_reason)
    ended = view.when(change.ended_at) if change.ended_at else ""
    return [facts([("Started", view.when(change.started_at)), ("Ended", ended), ("Window", view.window_label)])]


def _tests(view: View, message: str, *, open_: bool) -> list[CardElement]:
    items: list[CardElement] = [label("Tests")]
    for number, (test, result) in enumerate(zip(view.change.plan.tests, view.change.tests, strict=True)):
        mark = "○" if result is None else "✔" if result.passed else "✘"
        shown = [*written(f"{mark} {number + 1}. {test}")]
        if result is not None:
            verdict = "passed" if result.passed else "failed"
            shown.append(
                sentence(f"{verdict}, {plain(view.name(result.by))}", colour="Good" if result.passed else "Attention")
            )
        if not open_:
            items += shown
            continue
        buttons: list[Action] = [
            pressed(view, message, title, "test.result", test=number, result=outcome, alone=True)
            for title, outcome, wanted in (("Pass", "pass", True), ("Fail", "fail", False))
            if result is None or result.passed is not wanted
        ]
        items.append(columns((shown, "stretch"), ([ActionSet(actions=buttons)], "auto")))
    return items


def _work(view: View, message: str) -> list[Action]:
    actions: list[Action] = []
    if view.change.state is State.TROUBLE:
        actions.append(pressed(view, message, "Solved", "trouble.solved", style="positive", alone=True))
    else:
        actions.append(pressed(view, message, "Complete", "change.complete", style="positive", alone=True))
        what = text_input("reason", "What does not work?", lines=True)
        actions.append(opens("Trouble", [what], pressed(view, message, "Report trouble", "trouble.report")))
    return [*actions, *ways_out(view, message)]


def ways_out(view: View, message: str) -> list[Action]:
    """More time, or an incident: both tell everyone affected."""
    extra = text_input("extra_minutes", "How many minutes more?", hint="60", most=4)
    why = text_input("reason", "Why? Everyone affected reads it.", lines=True)
    broken = text_input("reason", "What is broken, and what do people notice? Everyone affected reads it.", lines=True)
    extend = pressed(view, message, "Extend the window", "window.extend")
    incident = pressed(view, message, "Declare the incident", "incident.declare", style="destructive")
    return [opens("More time", [extra, why], extend), opens("Incident", [broken], incident)]
