"""Half an hour before the end: three ways on, with the times they lead to (CASES.md, Arithmetic)."""

from datetime import timedelta
from typing import Any

from microsoft_teams.cards import Action, CardElement

from cards.day import ways_out
from cards.parts import facts, heading, pressed, sentence, to_wire
from cards.plan import title_lines
from cards.view import View
from changes.effects import CardKind, message_of
from changes.labels import duration_label
from changes.lifecycle.guards import SAID
from changes.model import AT_WORK, SnapshotStatus

TESTING = timedelta(minutes=15)
"""What running the tests is reckoned to take, as long as nothing is known of earlier runs."""


def cutoff_card(view: View, message: str) -> dict[str, Any]:
    """The card at the cutoff of the window as it was extended so far."""
    change = view.change
    body: list[CardElement] = [heading("Cutoff: how does it go on?"), *title_lines(view)]
    answered = message != message_of(CardKind.CUTOFF, change) or change.cutoff_answered
    if answered or change.state not in AT_WORK:
        return to_wire([*body, sentence(f"This was answered: {change.id} {SAID[change.state]}.")])
    left = int((change.ends_at - view.now).total_seconds() // 60)
    ends = f"The window ends {view.when(change.ends_at)}" + (f", in {duration_label(left)}." if left > 0 else ".")
    body.append(sentence(f"{ends} Will it be done by then?", bold=True))
    restore = timedelta(minutes=view.service.vps.restore_minutes)
    minutes = None
    if change.snapshot.status is SnapshotStatus.FINISHED:
        minutes = _covering(view, restore)
        body.append(_arithmetic(view, restore, minutes))
    else:
        body.append(sentence("There is no snapshot to restore: the way back is the NAS backups.", colour="Warning"))
    solved: Action = pressed(view, message, "Solved", "trouble.solved", style="positive", alone=True)
    return to_wire(body, [solved, ways_out(view, message, minutes=minutes)], view, message)


def _arithmetic(view: View, restore: timedelta, minutes: int) -> CardElement:
    last = view.change.ends_at - restore - TESTING
    after = view.now + restore + TESTING
    tests = duration_label(int(TESTING.total_seconds() // 60))
    return facts(
        [
            ("Last restore in time", view.when(last) + (" (already past)" if last < view.now else "")),
            ("If restored now", f"it ends {view.when(after)}, with {tests} for the tests"),
            ("If tests fail again", f"restored only then, it ends {view.when(after + TESTING)}"),
            ("What covers that", f"{duration_label(minutes)} more"),
        ]
    )


def _covering(view: View, restore: timedelta) -> int:
    """Minutes that cover a restore and the tests before and after it, in whole quarters of an hour."""
    missing = (view.now + TESTING + restore + TESTING - view.change.ends_at).total_seconds()
    return max(15, -(-int(missing) // 900) * 15)
