"""Half an hour before the end: three ways on, with the times they lead to (docs/process.md, P61, P68)."""

from collections.abc import Iterator
from typing import Any

from microsoft_teams.cards import Action, CardElement

from application.change_context import ChangeContext
from cards.elements.blocks import box, text_block, user_text
from cards.elements.controls import action_button, render_card
from cards.elements.countdown import suggested_minutes, ways_on
from cards.elements.header import change_header
from cards.elements.public_text import previewed
from cards.elements.state_labels import Look
from cards.implementation.more_time import holding, ways_out
from changes import events as e
from changes.events import Entry
from changes.labels import duration_label
from changes.model import IMPLEMENTING
from changes.notification.cards import CardKind, message_of
from changes.planning.steps import StepKind
from language import N_, _

MOST_ANSWERS = 3


def cutoff_card(view: ChangeContext, message: str) -> dict[str, Any]:
    """The card at the cutoff of the window as it was extended so far."""
    return previewed(view, lambda seen: _drawn(seen, message))


def _drawn(view: ChangeContext, message: str) -> dict[str, Any]:
    change = view.change
    is_answered = change.cutoff_asked_at is not None and change.cutoff_answered
    if message != message_of(CardKind.CUTOFF, change) or is_answered or change.state not in IMPLEMENTING:
        answer = _answer(view, message)
        # The card of an earlier end is drawn no more: its header must not say a state that passes.
        look = Look(_("Answered"), "emphasis", "Subtle", "Archive") if answer else None
        return render_card([*change_header(view, _("Cutoff"), look), *answer])
    look = Look(_("Decision needed"), "attention", "Attention", "Timer")
    body: list[CardElement] = [*change_header(view, _("Cutoff reached: decision needed"), look)]
    asks = _("The window ends {ends}. Will it be done by then?", ends=view.when(change.ends_at))
    body.append(text_block(asks, bold=True))
    if change.trouble:
        body.append(box(user_text(change.trouble), "attention"))
    body += ways_on(view)
    actions: list[Action] = ways_out(view, message, minutes=suggested_minutes(view))
    if change.has_open_issue or (change.cutoff_asked_at is not None and not change.blocking_failures):
        actions.insert(0, action_button(view, message, _("Solved"), "trouble.solved", style="positive", alone=True))
    return render_card(body, [*actions, *holding(view, message)], view, message)


def _answer(view: ChangeContext, message: str) -> list[CardElement]:
    """Who answered what and when, as far as it is known."""
    if extended := _extended(view, message):
        return extended
    items: list[CardElement] = []
    for answer in list(_answers(view))[-MOST_ANSWERS:]:
        who, when = view.name(answer.by), view.when(answer.at)
        items += [text_block(_(_VERDICTS[type(answer.event)], who=who, when=when))]
        items += user_text(getattr(answer.event, "reason", ""))
    return items


def _extended(view: ChangeContext, message: str) -> list[CardElement]:
    """The extension that answered this cutoff: the next one has a card of its own."""
    extensions, number = view.change.extensions, message.partition(":")[2]
    if not (number.isdigit() and int(number) < len(extensions)):
        return []
    given = extensions[int(number)]
    said = _(
        "**{who}** extended the window by {length} on {when}:",
        who=view.name(given.by),
        length=duration_label(given.minutes),
        when=view.when(given.at),
    )
    return [text_block(said), *user_text(given.reason)]


_VERDICTS: dict[type[e.Event], str] = {
    e.TroubleSolved: N_("**{who}** answered on {when}: solved."),
    e.IncidentDeclared: N_("**{who}** declared an incident on {when}:"),
    e.Completed: N_("**{who}** completed it on {when}."),
}


def _answers(view: ChangeContext) -> Iterator[Entry]:
    """What was said after the cutoff was asked, the oldest first."""
    asked = view.change.cutoff_asked_at
    if asked is None:  # a restore has closed the question, which says nothing about who had answered it
        asked = max((each.at for each in view.history if _asks(each.event)), default=None)
    for entry in view.history:
        if asked is not None and entry.at >= asked and type(entry.event) in _VERDICTS:
            yield entry


def _asks(event: e.Event) -> bool:
    return isinstance(event, e.StepFired) and event.kind is StepKind.CUTOFF
