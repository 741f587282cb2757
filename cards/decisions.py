"""The pre-check and GO cards, and the record of the decision that they turn into."""

from typing import Any

from microsoft_teams.cards import Action, CardElement

from cards.parts import box, heading, label, opens, pressed, sentence, text_input, to_wire, written
from cards.plan import exceptions, plan_sections, title_lines, window_facts
from cards.states import STATES
from cards.text import plain
from cards.view import View
from changes.model import Decision, Kind, State

_VERDICTS = {
    "approved": "approved the pre-check",
    "corrections": "asked for corrections",
    "go": "gave GO",
    "no_go": "said NO-GO",
}


def precheck_card(view: View, message: str) -> dict[str, Any]:
    """What the approver agrees with two weeks before. In an emergency it asks for GO too."""
    change = view.change
    emergency = change.plan.kind is Kind.EMERGENCY
    body: list[CardElement] = [heading("Pre-check and GO / NO-GO" if emergency else "Pre-check"), *title_lines(view)]
    if _is_void(view, message):
        return to_wire([*body, _void(view)])
    decision = change.precheck or change.corrections
    if emergency and change.go is not None:
        decision = change.go
    if change.state is not State.PRECHECK_PENDING:
        return to_wire([*body, *_record(view, decision), window_facts(view)], (), view, message)
    body += [*exceptions(view), *plan_sections(view)]
    if emergency:
        return to_wire(body, _go_buttons(view, message), view, message)
    asked = "Will this work as it stands?"
    if change.short_notice:
        asked = "Will this work as it stands? Approving also waives the lead time."
    comment = text_input("comment", "What has to be corrected?", lines=True)
    correct = pressed(view, message, "Send back", "precheck.correct")
    actions: list[Action] = [
        pressed(view, message, "Approve", "precheck.approve", style="positive", alone=True),
        opens("Ask for corrections", [comment], correct),
    ]
    return to_wire([*body, sentence(asked, bold=True)], actions, view, message)


def go_card(view: View, message: str, notice: str) -> dict[str, Any]:
    """What the approver decides one week before, with the very notice that GO sends out."""
    change = view.change
    body: list[CardElement] = [heading("GO / NO-GO"), *title_lines(view)]
    if _is_void(view, message):
        return to_wire([*body, _void(view)])
    if change.state is not State.GO_PENDING:
        return to_wire([*body, *_record(view, change.go), window_facts(view)], (), view, message)
    approved = change.precheck
    body += [*exceptions(view), window_facts(view), label("What will be modified"), *written(change.plan.what)]
    if approved is not None:
        body.append(sentence(f"Pre-check: {_who(view, approved)}, {view.when(approved.at)}.", subtle=True))
    if notice:
        body += [label("GO sends this notice"), box([sentence(notice)])]
    return to_wire(body, _go_buttons(view, message), view, message)


def _go_buttons(view: View, message: str) -> list[Action]:
    reason = text_input("reason", "Why is it a NO-GO? The requester reads it.", lines=True)
    refuse = pressed(view, message, "Say NO-GO", "go.refuse", style="destructive")
    return [
        pressed(view, message, "GO", "go.give", style="positive", alone=True),
        opens("NO-GO", [reason], refuse),
    ]


def _is_void(view: View, message: str) -> bool:
    """Whether the card was drawn for an earlier round: the plan has been handed in again since."""
    number = message.partition(":")[2]
    return number.isdigit() and int(number) != view.change.round


def _void(view: View) -> CardElement:
    return sentence(
        "This card is void: the plan was changed afterwards, and the decision is asked for again.", colour="Warning"
    )


def _record(view: View, decision: Decision | None) -> list[CardElement]:
    if decision is None:
        return [sentence(f"Nobody decided. The change: {STATES[view.change.state][0].lower()}.", colour="Warning")]
    good = decision.verdict in ("approved", "go")
    said = (
        f"**{_who(view, decision)}** {_VERDICTS.get(decision.verdict, 'let it through')} on {view.when(decision.at)}."
    )
    return [box([sentence(said), *written(decision.comment)], "good" if good else "warning")]


def _who(view: View, decision: Decision) -> str:
    name = plain(view.name(decision.by))
    return f"{name}, deputy for {plain(view.name(decision.deputy_for))}," if decision.deputy_for else name
