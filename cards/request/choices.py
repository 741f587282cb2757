"""Disambiguation card: each meaning of what was typed is offered as a button, and none is carried out."""

from collections.abc import Mapping, Sequence
from typing import Any

from microsoft_teams.cards import Action, ActionSet, CardElement, ExecuteAction

from application.input_parsing.chat_command import ANSWER_HERE, ChatCommand
from cards.elements.blocks import columns, heading, text_block, user_text
from cards.elements.controls import LARGEST, button, command_button, render_card, size, view_button
from cards.elements.lengths import shortened
from cards.elements.state_labels import state_label
from cards.request.dialog import opens_dialog
from changes.model import Change
from changes.policy import Service
from changes.text.messages import joined, listed
from language import _, window_text

LONGEST_TITLE, LONGEST_ON_BUTTON = 60, 32
"""Maximum length of a command in a sentence, and on its button, which does not wrap on a phone, in UTF-16 units."""


def disambiguation_card(
    typed: ChatCommand, changes: Sequence[Change], services: Mapping[str, Service], question: str
) -> dict[str, Any]:
    """Which of the changes is meant; `typed.rest` is what stood behind the number. `question` names this asking."""
    asked = _("More than one open change has this number. Which one do you mean?")
    body: list[CardElement] = [heading(asked), text_block(f"/change {shortened(typed.name, LONGEST_TITLE)} …")]
    if typed.rest:
        body += user_text(typed.rest)
    rows: list[CardElement] = []
    for change in changes:
        line = ChatCommand(typed.name, f"{change.id} {typed.rest}").line
        rows += _row(change, services.get(change.plan.service), command_button(change.id, line, question))
    card = render_card([*body, *rows])
    if size(card) <= LARGEST:
        return card
    # Too long to stand on every button: it is typed once more.
    ids = listed(change.id for change in changes)
    return render_card([heading(asked), text_block(_("Type it again with the full number: {ids}.", ids=ids))])


def suggestion_card(typed: str, nearest: Sequence[ChatCommand], question: str) -> dict[str, Any]:
    """What was perhaps meant by something that is no command."""
    asked = joined(_("I didn’t understand “{typed}”.", typed=shortened(typed, LONGEST_TITLE)), _("Did you mean:"))
    actions: list[Action] = [
        command_button(shortened(f"/change {each.line}", LONGEST_ON_BUTTON), each.line, question) for each in nearest
    ]
    card = render_card([text_block(asked)], actions)
    if size(card) <= LARGEST:
        return card
    names = listed(f"/change {each.name}" for each in nearest)
    return render_card([text_block(asked), text_block(names)])


def request_card(title: str) -> dict[str, Any]:
    """The answer to a typed request where Teams has dialogs: the form in one, or the form and its questions here.

    `title` is what was typed as the title of the change, or empty.
    """
    # Where no card is shown the line is typed instead: as it was typed before it would offer this card again.
    line = f"new {ANSWER_HERE} {title}".strip()
    said = _("Open the form, or answer here, one question at a time.")
    items = [heading(_("Request a change")), *user_text(shortened(title, LONGEST_TITLE)), text_block(said)]
    return _form_offered(items, command_button(_("Open the form"), line, style="positive"), line)


def edit_card(change: Change) -> dict[str, Any]:
    """The same where a plan is to be edited."""
    title = heading(_("Edit {change}", change=change.id))
    items = [title, *user_text(change.plan.title), text_block(_("Open the form, or fill it in here."))]
    opened = button(_("Open the form"), "change.edit", change.id, change.revision, style="positive")
    return _form_offered(items, opened, f"edit {change.id}")


def _form_offered(items: Sequence[CardElement], opened: ExecuteAction, line: str) -> dict[str, Any]:
    return render_card(items, [opens_dialog(opened), command_button(_("Answer here"), line)])


def greeting_card(text: str) -> dict[str, Any]:
    """The answer to a greeting or to thanks, and what can be done next."""
    return render_card([text_block(text), first_steps(with_help=True)])


def first_steps(*, with_help: bool = False) -> ActionSet:
    """The buttons of what people do most."""
    actions: list[Action] = [
        opens_dialog(command_button(_("New change"), "new", style="positive")),
        view_button(_("My tasks"), "mine"),
        view_button(_("Calendar"), "calendar"),
    ]
    return ActionSet(actions=[*actions, command_button(_("Help"), "help")] if with_help else actions)


def resolved_card(line: str) -> dict[str, Any]:
    """The card that replaces the buttons once one of them was pressed."""
    return render_card([text_block(_("Done:")), *user_text(line)])


def _row(change: Change, service: Service | None, button: Action) -> list[CardElement]:
    when = window_text(change.window, service.zone) if service else ""
    state, _colour = state_label(change)
    row = columns((user_text(change.plan.title, bold=True), "stretch"), ([ActionSet(actions=[button])], "auto"))
    row.spacing = "Medium"
    return [row, text_block(joined(state, when, by=" · "), subtle=True)]
