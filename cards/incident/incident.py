"""The incident: its recoveries side by side with their ends, what was tried, its tests, and how it is resolved."""

from datetime import timedelta
from typing import Any

from microsoft_teams.cards import Action, ActionSet, CardElement, Container

from application.change_context import ChangeContext
from cards.elements.blocks import columns, label, text_block, user_text
from cards.elements.controls import action_button, render_card, show_card_button, text_input
from cards.elements.header import change_header
from cards.elements.lengths import shortened
from cards.elements.public_text import previewed, public_text
from cards.implementation.open_tests import what_blocks
from cards.implementation.tests import may_end, tests_shown, with_tests
from cards.incident.restore import askable, asked, ended_badly, touches, under_way, what_it_costs
from cards.snapshot.snapshot_fallback import LOOK_FIRST
from changes.model import Recovery, State
from changes.notification import NoticeKind
from changes.planning.restore_forecast import RecoveryOption, ways_out
from changes.policy import Backup
from language import N_, _

LONGEST_TRIED, MOST_TRIED = 60, 3
LONGEST_STEP, FEW_STEPS, LONGEST_OF_MANY = 120, 4, 36
"""Maximum length of each backup step shown; less where there are many."""
NAMES = {
    Recovery.FIX: N_("Keep fixing"),
    Recovery.FILES: N_("Files from {name}"),
    Recovery.RESTORE: N_("Restore the data"),
}


def incident_card(view: ChangeContext, message: str) -> dict[str, Any]:
    """What can be done about the incident, its tests, and how a restore stands."""
    return previewed(view, lambda seen, whole: _drawn(seen, message, whole=whole))


def _drawn(view: ChangeContext, message: str, *, whole: bool) -> dict[str, Any]:
    change = view.change
    body: list[CardElement] = [*change_header(view, _("Incident")), *user_text(change.trouble)]
    if change.state is State.RESTORING:
        shown, actions = under_way(view, message)
        return render_card([*body, *shown], [*actions, _update(view, message, whole=whole)], view, message)
    if change.state is not State.INCIDENT:
        return render_card([*body, *_over(view)], (), view, message)
    if change.handed_over_at is not None:
        handed = _("It was handed over to the incident process on {when}.", when=view.when(change.handed_over_at))
        body.append(text_block(handed, colour="Attention"))
    body += [*_ways(view), *_tried(view), *_informed(view)]
    shown, restores = _restore(view, message)
    files = show_card_button(
        _("Files from a backup"), [item for each in view.service.backups for item in _checklist(each)]
    )
    # The renderer takes five buttons in one place: the ways back stand where they are spoken of.
    body += [*shown, ActionSet(actions=[*restores, files])]
    first = [*_resolve(view, message), _update(view, message, whole=whole), _log(view, message)]
    body, actions = with_tests(view, message, body, what_blocks(view), first)
    return render_card(body, actions, view, message)


def _over(view: ChangeContext) -> list[CardElement]:
    if view.change.ended_at is None:
        restored = _("The data is restored. Run the tests again, on the card of the implementation.")
        return [text_block(restored, colour="Good", bold=True)]
    return [text_block(_("The incident is over."), colour="Good", bold=True), *tests_shown(view)]


def _resolve(view: ChangeContext, message: str) -> list[Action]:
    if not may_end(view):
        return []
    return [action_button(view, message, _("Resolve incident"), "incident.close", style="positive", alone=True)]


def _informed(view: ChangeContext) -> list[CardElement]:
    """When affected people hear of it again at the latest."""
    informed, every = view.change.informed_at, view.service.policy.incident_update_minutes
    if informed is None or not every:
        return []
    said = _(
        "Affected people were last told on {last}; the next update is due by {due}.",
        last=view.when(informed),
        due=view.when(informed + timedelta(minutes=every)),
    )
    return [text_block(said, subtle=True)]


def _restore(view: ChangeContext, message: str) -> tuple[list[CardElement], list[Action]]:
    restore = view.change.restore
    if restore is not None and restore.open:
        return asked(view, message, restore)
    body: list[CardElement] = []
    actions: list[Action] = []
    if restore is not None and restore.failed:
        body, actions = ended_badly(view, message, restore)
    if not askable(view):
        return [*body, what_it_costs(view)], actions
    ask = show_card_button(
        _("Restore the data"),
        [
            what_it_costs(view),
            *touches(view),
            text_block(_("Another person confirms it. Everyone affected is told before it begins.")),
        ],
        action_button(view, message, _("Ask for a restore"), "restore.ask", style="destructive", alone=True),
    )
    look_first = restore is not None and restore.cause in LOOK_FIRST
    return body, [*actions, ask] if look_first else [ask, *actions]


def _ways(view: ChangeContext) -> list[CardElement]:
    """Side by side: what can be done, and when it would end if it were begun now."""
    found = ways_out(view.change, view.service, view.now)
    cells = [([text_block(_name(each), bold=True), text_block(_end(view, each))], "stretch") for each in found]
    rows = [cells[at : at + 2] for at in range(0, len(cells), 2)]  # two beside each other is what a phone has room for
    ends = text_block(_("Ends if begun now, {now}, tests included", now=view.when(view.now)), subtle=True)
    return [label(_("Ways out")), *(Container(items=[columns(*row)]) for row in rows), ends]


def _name(way: RecoveryOption) -> str:
    return _(NAMES[way.way], name=way.name)


def _end(view: ChangeContext, way: RecoveryOption) -> str:
    return view.when(way.ends_at) if way.ends_at is not None else _("nobody can say when")


def _tried(view: ChangeContext) -> list[CardElement]:
    tried = view.change.recovery_attempts[-MOST_TRIED:]
    if not tried:
        return []
    items: list[CardElement] = [label(_("Tried so far"))]
    for each in tried:
        items += user_text(f"{view.when(each.at)}, {view.name(each.by)}: {shortened(each.note, LONGEST_TRIED)}")
    return items


def _checklist(backup: Backup) -> list[CardElement]:
    """The service's own steps, or those that always hold."""
    steps = backup.steps or (
        _("Find the newest copy from before the change."),
        _("Put it beside the present files, compare, then swap them."),
        _("Run the tests again."),
    )
    name, longest = backup.name, LONGEST_STEP if len(steps) <= FEW_STEPS else LONGEST_OF_MANY
    items: list[CardElement] = [label(name)]
    if backup.link:
        items.append(text_block(_("[Open {name}]({link})", name=name, link=backup.link)))
    return [*items, *user_text("\n".join(f"{n}. {shortened(step, longest)}" for n, step in enumerate(steps, 1)))]


def _update(view: ChangeContext, message: str, *, whole: bool) -> Action:
    text = public_text(view, NoticeKind.INCIDENT_UPDATE, whole=whole)
    tell = action_button(view, message, _("Send the update"), "incident.update", style="positive")
    return show_card_button(_("Update affected people…"), text, tell)


def _log(view: ChangeContext, message: str) -> Action:
    is_handed_over = view.change.handed_over_at is not None
    asked = (
        _("Action and result (stays in the thread)")
        if is_handed_over
        else _("Action and result, or why it is handed over (stays in the thread)")
    )
    comment = text_input("comment", asked, lines=True)
    tried: list[Action] = [
        action_button(view, message, _("Log a fix"), "incident.tried", result=Recovery.FIX.value),
        action_button(view, message, _("Log a file restore"), "incident.tried", result=Recovery.FILES.value),
    ]
    voids = text_block(_("After a fix or files the tests are run again: earlier results no longer count."), subtle=True)
    if is_handed_over:
        return show_card_button(_("Log what was done…"), [comment, voids], *tried)
    over = action_button(
        view, message, _("Hand over to the incident process"), "incident.handover", style="destructive"
    )
    return show_card_button(_("Log or hand over…"), [comment, voids], *tried, over)
