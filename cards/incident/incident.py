"""The incident: the recovery options with what they take, what was done, its tests, and how it is resolved."""

from collections.abc import Sequence
from typing import Any

from microsoft_teams.cards import Action, ActionSet, CardElement, Container, ToggleVisibilityAction

from application.change_context import ChangeContext
from cards.elements.blocks import box, facts, label, text_block, user_text
from cards.elements.controls import LARGEST, action_button, render_card, show_card_button, size, text_input
from cards.elements.header import change_header
from cards.elements.lengths import shortened
from cards.elements.public_text import previewed, public_text
from cards.elements.table import Cell, table
from cards.implementation.open_tests import what_blocks
from cards.implementation.tests import may_end, tests_shown, with_tests
from cards.incident.restore import askable, asked, ended_badly, touches, under_way, what_it_costs
from cards.overview.status import next_box
from cards.snapshot.snapshot_fallback import LOOK_FIRST
from changes.labels import span_label
from changes.model import Recovery, State
from changes.notification import NoticeKind
from changes.planning.restore_forecast import RecoveryOption, ways_out
from changes.policy import Backup
from language import N_, _, as_text, labelled

LONGEST_TRIED, MOST_TRIED = 48, 2
LONGEST_STEP, FEW_STEPS, LONGEST_OF_MANY = 120, 4, 16
"""Maximum length of each backup step shown; less where there are many."""
NAMES = {
    Recovery.FIX: N_("Keep fixing"),
    Recovery.FILES: N_("Files from {name}"),
    Recovery.RESTORE: N_("Restore the snapshot"),
}


def incident_card(view: ChangeContext, message: str) -> dict[str, Any]:
    """What can be done about the incident, its tests, and how a restore stands."""
    return previewed(view, lambda seen: _fitting(seen, message))


def _fitting(view: ChangeContext, message: str) -> dict[str, Any]:
    """The card; one that is too full leaves out what the status card and the hand-over say too."""
    full = _drawn(view, message)
    return full if size(full) <= LARGEST else _drawn(view, message, is_terse=True)


def _drawn(view: ChangeContext, message: str, *, is_terse: bool = False) -> dict[str, Any]:
    change = view.change
    is_shown = change.state in (State.INCIDENT, State.RESTORING) and not is_terse
    # A restore that waits says itself whom it waits for.
    waits = change.state is State.INCIDENT and _comes_first(view)
    now = next_box(view, only_until=waits) if is_shown else []
    body: list[CardElement] = [*change_header(view, _("Incident")), *now, *_broken(view)]
    if change.state is State.RESTORING:
        shown, actions = under_way(view, message)
        return render_card([*body, *shown], [*actions, _update(view, message)], view, message)
    if change.state is not State.INCIDENT:
        return render_card([*body, *_over(view)], (), view, message)
    if change.handed_over_at is not None:
        handed = _("Handed over to the incident process on {when}.", when=view.when(change.handed_over_at))
        body.append(text_block(handed, bold=True))
    shown, restores = _restore(view, message)
    if restores:
        shown = [*shown, ActionSet(actions=restores)]
    options = _options(view, message)
    informed = [] if is_terse else _informed(view)
    tried = [] if is_terse and change.handed_over_at is not None else _tried(view)
    body += [*informed, *([*shown, *options] if _comes_first(view) else [*options, *shown]), *tried]
    first = [*_resolve(view, message), _update(view, message), _log(view, message)]
    body, actions = with_tests(view, message, body, what_blocks(view), first)
    return render_card(body, actions, view, message)


def _over(view: ChangeContext) -> list[CardElement]:
    if view.change.ended_at is None:
        restored = _("✓ The data is restored. Rerun the tests on the implementation card.")
        return [text_block(restored, bold=True)]
    return [text_block(_("✓ The incident is resolved."), bold=True), *tests_shown(view)]


def _broken(view: ChangeContext) -> list[CardElement]:
    return [box(user_text(view.change.trouble), "attention")] if view.change.trouble else []


def _resolve(view: ChangeContext, message: str) -> list[Action]:
    if not may_end(view):
        return []
    return [action_button(view, message, _("Resolve incident"), "incident.close", style="positive", alone=True)]


def _informed(view: ChangeContext) -> list[CardElement]:
    """When affected people heard of it last; until when they hear of it again is said above."""
    informed, every = view.change.informed_at, view.service.policy.incident_update_minutes
    return [] if informed is None or not every else [facts((_("Last update"), view.when(informed)))]


def _restore(view: ChangeContext, message: str) -> tuple[list[CardElement], list[Action]]:
    """A restore that was asked for or has ended badly, or that there is nothing to restore."""
    restore = view.change.restore
    if restore is not None and restore.open:
        return asked(view, message, restore)
    body: list[CardElement] = []
    actions: list[Action] = []
    if restore is not None and restore.failed:
        body, actions = ended_badly(view, message, restore)
    return (body, actions) if askable(view) else ([*body, *what_it_costs(view)], actions)


def _comes_first(view: ChangeContext) -> bool:
    """Whether a restore that was asked for, or that nobody knows the end of, has to be seen to before anything else."""
    restore = view.change.restore
    return restore is not None and (restore.open or restore.cause in LOOK_FIRST)


def _options(view: ChangeContext, message: str) -> list[CardElement]:
    """Every option with how long it takes, and a button that shows the way; what it shows unfolds below."""
    rows: list[Sequence[Cell]] = []
    shown: list[CardElement] = []
    for number, each in enumerate(ways_out(view.change, view.service, view.now)):
        takes = each.ends_at - view.now if each.ends_at is not None else None
        way = _way(view, message, each)
        cell: list[CardElement] = []
        if way:
            title = _("Choose…") if each.way is Recovery.RESTORE else _("Steps")
            cell = [ActionSet(actions=[ToggleVisibilityAction(title=as_text(title), target_elements=[f"way{number}"])])]
            shown.append(Container(id=f"way{number}", is_visible=False, items=way, style="emphasis"))
        rows.append(
            (_name(each), _("Takes {length}", length=span_label(takes)) if takes is not None else _("No ETA"), cell)
        )
    head = (_("Recovery option"), _("With its tests"), "")
    return [*table(head, rows, (4, 3, 4)), *shown]


def _way(view: ChangeContext, message: str, option: RecoveryOption) -> list[CardElement]:
    """What unfolds about an option; nothing where there is nothing to press or to read."""
    if option.way is Recovery.FILES:
        return next((_checklist(each) for each in view.service.backups if each.name == option.name), [])
    restore = view.change.restore
    if option.way is not Recovery.RESTORE or (restore is not None and restore.open):
        return []
    ask = action_button(view, message, _("Ask for a restore"), "restore.ask", style="destructive", alone=True)
    confirms = text_block(_("A second person must confirm it. Everyone affected is told before it begins."))
    return [*what_it_costs(view), *touches(view), confirms, ActionSet(actions=[ask])]


def _name(way: RecoveryOption) -> str:
    return _(NAMES[way.way], name=way.name)


def _tried(view: ChangeContext) -> list[CardElement]:
    tried = view.change.recovery_attempts[-MOST_TRIED:]
    if not tried:
        return []
    items: list[CardElement] = [label(_("Done so far"))]
    for each in tried:
        items += user_text(labelled(f"{view.when(each.at)}, {view.name(each.by)}", shortened(each.note, LONGEST_TRIED)))
    return items


def _checklist(backup: Backup) -> list[CardElement]:
    """The service's own steps, or those that always hold."""
    steps = backup.steps or (
        _("Find the newest copy from before the change."),
        _("Copy it next to the current files, compare, then swap them."),
        _("Rerun the tests."),
    )
    name, longest = backup.name, LONGEST_STEP if len(steps) <= FEW_STEPS else LONGEST_OF_MANY
    items: list[CardElement] = [label(name)]
    if backup.link:
        items.append(text_block(_("[Open {name}]({link})", name=name, link=backup.link)))
    return [*items, *user_text("\n".join(f"{n}. {shortened(step, longest)}" for n, step in enumerate(steps, 1)))]


def _update(view: ChangeContext, message: str) -> Action:
    text = public_text(view, NoticeKind.INCIDENT_UPDATE)
    tell = action_button(view, message, _("Send the update"), "incident.update", style="positive")
    return show_card_button(_("Update affected people…"), text, tell)


def _log(view: ChangeContext, message: str) -> Action:
    is_handed_over = view.change.handed_over_at is not None
    asked = (
        _("Action and result (stays in the thread)")
        if is_handed_over
        else _("Action and result, or why you escalate (stays in the thread)")
    )
    comment = text_input("comment", asked, lines=True, required=_("Describe the action and its result."))
    tried: list[Action] = [
        action_button(view, message, _("Log a fix"), "incident.tried", result=Recovery.FIX.value),
        action_button(view, message, _("Log a file restore"), "incident.tried", result=Recovery.FILES.value),
    ]
    voids = text_block(
        _("After a fix or a file restore, rerun the tests: earlier results no longer count."), subtle=True
    )
    if is_handed_over:
        return show_card_button(_("Log an action…"), [comment, voids], *tried)
    over = action_button(
        view, message, _("Hand over to the incident process"), "incident.handover", style="destructive"
    )
    return show_card_button(_("Log or escalate…"), [comment, voids], *tried, over)
