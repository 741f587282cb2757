"""The review on the next working day: the plan against what happened."""

from typing import Any

from microsoft_teams.cards import CardElement

from cards.parts import box, facts, heading, pressed, text_input, to_wire, written
from cards.plan import title_lines
from cards.view import View
from changes.labels import duration_label


def review_card(view: View, message: str) -> dict[str, Any]:
    """What went as planned, what did not, and what to do better."""
    change = view.change
    body: list[CardElement] = [heading("Review"), *title_lines(view), _compared(view)]
    if change.review:
        return to_wire([*body, box(written(change.review), "good")], (), view, message)
    body += [
        text_input("comment", "What went well, and what should be done better next time?", lines=True, most=1500),
    ]
    return to_wire(body, [pressed(view, message, "Save", "review.save", style="positive")], view, message)


def _compared(view: View) -> CardElement:
    change = view.change
    rows = [("Planned", view.window_label)]
    if change.started_at and change.ended_at:
        took = round((change.ended_at - change.started_at).total_seconds() / 60)
        over = round((change.ended_at - change.plan.window.end).total_seconds() / 60)
        on_time = "in time" if over <= 0 else f"{duration_label(over)} after the planned end"
        rows += [
            ("Took", f"{duration_label(took)}, from {view.when(change.started_at)} to {view.when(change.ended_at)}"),
            ("Ended", on_time),
        ]
    passed = sum(result is not None and result.passed for result in change.tests)
    rows.append(("Tests", f"{passed} of {len(change.tests)} passed"))
    if change.extensions:
        rows.append(("Extended", duration_label(change.extended_minutes)))
    return facts(rows)
