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

LONGEST_TRIED = 160
MOST_TRIED = 3
NAMES = {Recovery.FIX: "Keep fixing", Recovery.FILES: "Files from {name}", Recovery.RESTORE: "Restore the data"}


def incident_card(view: View, message: str) -> dict[str, Any]:
    """What can be done about the incident, and how a restore stands."""
    change = view.change
    body: list[CardElement] = [heading("Incident"), *title_lines(view), *written(change.trouble)]
    if change.state is State.RESTORING:
        shown, actions = under_way(view, message)
        return to_wire([*body, *shown], actions, view, message)
    if change.state is not State.INCIDENT:
        over = (
            "The incident is over."
            if change.ended_at
            else "The data is restored. Run the tests again: see the card of the day."
        )
        return to_wire([*body, sentence(over, colour="Good", bold=True)], (), view, message)
    if change.handed_over_at is not None:
        body.append(sentence("It was handed over to the incident process: see the card below.", colour="Attention"))
    body += [*_ways(view), *_tried(view)]
    shown, actions = _restore(view, message)
    body += shown
    actions += [opens("Files from a backup", [item for each in view.service.backups for item in _checklist(each)])]
    actions += [_say(view, message), pressed(view, message, "It is fixed", "incident.close", alone=True)]
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
        "Restore the data",
        [what_it_costs(view), sentence("Another person confirms it. Everyone affected is told before it begins.")],
        pressed(view, message, "Ask for a restore", "restore.ask", style="destructive", alone=True),
    )
    look_first = restore is not None and restore.cause in LOOK_FIRST
    return body, [*actions, ask] if look_first else [ask, *actions]


def _ways(view: View) -> list[CardElement]:
    """Side by side: what can be done, and when it would end if it were begun now."""
    found = ways_out(view.change, view.service, view.now)
    cells = [([sentence(_name(each), bold=True), sentence(_end(view, each))], "stretch") for each in found]
    rows = [cells[at : at + 2] for at in range(0, len(cells), 2)]  # two beside each other is what a phone has room for
    ends = sentence(f"Ends if begun now, {view.when(view.now)}, tests included", subtle=True)
    return [label("Ways out"), *(Container(items=[columns(*row)]) for row in rows), ends]


def _name(way: WayOut) -> str:
    return NAMES[way.way].format(name=plain(way.name))


def _end(view: View, way: WayOut) -> str:
    return view.when(way.ends_at) if way.ends_at is not None else "nobody can say when"


def _tried(view: View) -> list[CardElement]:
    tried = view.change.tried[-MOST_TRIED:]
    if not tried:
        return []
    items: list[CardElement] = [label("Tried so far")]
    for each in tried:
        items += written(f"{view.when(each.at)}, {view.name(each.by)}: {shortened(each.note, LONGEST_TRIED)}")
    return items


def _checklist(backup: Backup) -> list[CardElement]:
    """The service's own steps, or those that always hold."""
    steps = backup.steps or (
        "Find the newest copy from before the change.",
        "Put it beside the present files, compare, then swap them.",
        "Run the tests again.",
    )
    name = plain(backup.name)
    items: list[CardElement] = [label(name)]
    if backup.link:
        items.append(sentence(f"[Open {name}]({backup.link})"))
    items.append(facts([(f"Step\N{NO-BREAK SPACE}{number}", plain(step)) for number, step in enumerate(steps, 1)]))
    return items


def _say(view: View, message: str) -> Action:
    comment = text_input("comment", "What was done, and what came of it?", lines=True, most=LIMITS["comment"])
    tried: list[Action] = [
        pressed(view, message, "I fixed something", "incident.tried", result=Recovery.FIX.value),
        pressed(view, message, "I brought files back", "incident.tried", result=Recovery.FILES.value),
    ]
    if view.change.handed_over_at is not None:
        return opens("What was tried", [comment], *tried)
    reason = text_input("reason", "Or hand over to the incident process: why?", most=LIMITS["comment"])
    over = pressed(view, message, "Hand over", "incident.handover", style="destructive")
    return opens("What was tried, hand over", [comment, reason], *tried, over)
