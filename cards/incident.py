"""The incident: its recoveries side by side with their ends, what was tried, and how it is closed."""

from typing import Any

from microsoft_teams.cards import Action, CardElement, Container

from cards.parts import columns, facts, heading, label, opens, pressed, sentence, text_input, to_wire, written
from cards.plan import title_lines
from cards.restoring import askable, asked, ended_badly, under_way, what_it_costs
from cards.text import plain, shortened
from cards.view import View
from cards.without import LOOK_FIRST
from changes.conflicts import LIMITS
from changes.model import Recovery, State
from changes.policy import Backup
from changes.recovery import WayOut, ways_out
from language import N_, _

LONGEST_TRIED = 160
MOST_TRIED = 3
NAMES = {
    Recovery.FIX: N_("Keep fixing"),
    Recovery.FILES: N_("Files from {name}"),
    Recovery.RESTORE: N_("Restore the data"),
}


def incident_card(view: View, message: str) -> dict[str, Any]:
    """What can be done about the incident, and how a restore stands."""
    change = view.change
    body: list[CardElement] = [heading(_("Incident")), *title_lines(view), *written(change.trouble)]
    if change.state is State.RESTORING:
        shown, actions = under_way(view, message)
        return to_wire([*body, *shown], actions, view, message)
    if change.state is not State.INCIDENT:
        over = (
            _("The incident is over.")
            if change.ended_at
            else _("The data is restored. Run the tests again: see the card of the day.")
        )
        return to_wire([*body, sentence(over, colour="Good", bold=True)], (), view, message)
    if change.handed_over_at is not None:
        body.append(sentence(_("It was handed over to the incident process: see the card below."), colour="Attention"))
    body += [*_ways(view), *_tried(view)]
    shown, actions = _restore(view, message)
    body += shown
    actions += [opens(_("Files from a backup"), [item for each in view.service.backups for item in _checklist(each)])]
    actions += [_say(view, message), pressed(view, message, _("It is fixed"), "incident.close", alone=True)]
    return to_wire(body, actions, view, message)


def _restore(view: View, message: str) -> tuple[list[CardElement], list[Action]]:
    restore = view.change.restore
    if restore is not None and restore.open:
        return asked(view, message, restore)
    body: list[CardElement] = []
    actions: list[Action] = []
    if restore is not None and restore.failed:
        body, actions = ended_badly(view, message, restore)
    if not askable(view):
        return [*body, what_it_costs(view)], actions
    ask = opens(
        _("Restore the data"),
        [what_it_costs(view), sentence(_("Another person confirms it. Everyone affected is told before it begins."))],
        pressed(view, message, _("Ask for a restore"), "restore.ask", style="destructive", alone=True),
    )
    look_first = restore is not None and restore.cause in LOOK_FIRST
    return body, [*actions, ask] if look_first else [ask, *actions]


def _ways(view: View) -> list[CardElement]:
    """Side by side: what can be done, and when it would end if it were begun now."""
    found = ways_out(view.change, view.service, view.now)
    cells = [([sentence(_name(each), bold=True), sentence(_end(view, each))], "stretch") for each in found]
    rows = [cells[at : at + 2] for at in range(0, len(cells), 2)]  # two beside each other is what a phone has room for
    ends = sentence(_("Ends if begun now, {now}, tests included", now=view.when(view.now)), subtle=True)
    return [label(_("Ways out")), *(Container(items=[columns(*row)]) for row in rows), ends]


def _name(way: WayOut) -> str:
    return _(NAMES[way.way], name=plain(way.name))


def _end(view: View, way: WayOut) -> str:
    return view.when(way.ends_at) if way.ends_at is not None else _("nobody can say when")


def _tried(view: View) -> list[CardElement]:
    tried = view.change.tried[-MOST_TRIED:]
    if not tried:
        return []
    items: list[CardElement] = [label(_("Tried so far"))]
    for each in tried:
        items += written(f"{view.when(each.at)}, {view.name(each.by)}: {shortened(each.note, LONGEST_TRIED)}")
    return items


def _checklist(backup: Backup) -> list[CardElement]:
    """The service's own steps, or those that always hold."""
    steps = backup.steps or (
        _("Find the newest copy from before the change."),
        _("Put it beside the present files, compare, then swap them."),
        _("Run the tests again."),
    )
    name = plain(backup.name)
    items: list[CardElement] = [label(name)]
    if backup.link:
        items.append(sentence(_("[Open {name}]({link})", name=name, link=backup.link)))
    items.append(
        facts(
            [(_("Step\N{NO-BREAK SPACE}{number}", number=number), plain(step)) for number, step in enumerate(steps, 1)]
        )
    )
    return items


def _say(view: View, message: str) -> Action:
    comment = text_input("comment", _("Action and result (stays in the thread)"), lines=True, most=LIMITS["comment"])
    tried: list[Action] = [
        pressed(view, message, _("I fixed something"), "incident.tried", result=Recovery.FIX.value),
        pressed(view, message, _("I brought files back"), "incident.tried", result=Recovery.FILES.value),
    ]
    if view.change.handed_over_at is not None:
        return opens(_("What was tried"), [comment], *tried)
    reason = text_input(
        "reason", _("Or hand over to the incident process: why? (read by those who take over)"), most=LIMITS["comment"]
    )
    over = pressed(view, message, _("Hand over"), "incident.handover", style="destructive")
    return opens(_("What was tried, hand over"), [comment, reason], *tried, over)
