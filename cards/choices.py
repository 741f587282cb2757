"""What was typed may mean several things, or only nearly one: each is offered as a button, and none is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from microsoft_teams.cards import Action, ActionSet, CardElement

from cards.parts import LARGEST, columns, commands, heading, looks, sentence, size, to_wire, written
from cards.states import state_label
from cards.text import shortened
from changes.messages import joined
from changes.model import Change, Window
from changes.policy import Service
from language import _, window_text

LONGEST_TITLE = 60
"""So much of a command stands on its button, in UTF-16 units."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A command as it would be typed: its name, what stands before the text, and the text."""

    name: str
    rest: str = ""

    @property
    def line(self) -> str:
        """The whole of it, without `/change`."""
        return f"{self.name} {self.rest}".strip()


def which_card(
    typed: Typed, changes: Sequence[Change], services: Mapping[str, Service], question: str
) -> dict[str, Any]:
    """Which of the changes is meant; `typed.rest` is what stood behind the number. `question` names this asking."""
    asked = _("More than one open change has this number. Which one is meant?")
    body: list[CardElement] = [heading(asked), sentence(f"/change {shortened(typed.name, LONGEST_TITLE)} …")]
    if typed.rest:
        body += written(typed.rest)
    rows: list[CardElement] = []
    for change in changes:
        line = Typed(typed.name, f"{change.id} {typed.rest}").line
        rows += _row(change, services.get(change.plan.service), commands(change.id, line, question))
    card = to_wire([*body, *rows])
    if size(card) <= LARGEST:
        return card
    # Too long to stand on every button: it is typed once more.
    ids = ", ".join(change.id for change in changes)
    return to_wire([heading(asked), sentence(_("Type it again with the whole number: {ids}.", ids=ids))])


def suggestion_card(typed: str, nearest: Sequence[Typed], question: str) -> dict[str, Any]:
    """What was perhaps meant by something that is no command."""
    asked = joined(
        _("I did not understand “{typed}”.", typed=shortened(typed, LONGEST_TITLE)), _("Did you mean one of these?")
    )
    actions: list[Action] = [
        commands(shortened(f"/change {each.line}", LONGEST_TITLE), each.line, question) for each in nearest
    ]
    card = to_wire([sentence(asked)], actions)
    if size(card) <= LARGEST:
        return card
    names = ", ".join(f"/change {each.name}" for each in nearest)
    return to_wire([sentence(asked), sentence(names)])


def greeting_card(text: str) -> dict[str, Any]:
    """The answer to a greeting or to thanks, and what can be done next."""
    actions: list[Action] = [
        commands(_("Request a change"), "new"),
        looks(_("Your tasks"), "mine"),
        looks(_("Open changes"), "list"),
        commands(_("All commands"), "help"),
    ]
    return to_wire([sentence(text)], actions)


def chosen_card(line: str) -> dict[str, Any]:
    """What takes the place of the buttons once one of them was pressed."""
    return to_wire([sentence(_("Carried out:")), *written(f"/change {line}")])


def _row(change: Change, service: Service | None, button: Action) -> list[CardElement]:
    when = window_text(Window(change.plan.window.start, change.ends_at), service.zone) if service else ""
    state, _colour = state_label(change)
    row = columns((written(change.plan.title, bold=True), "stretch"), ([ActionSet(actions=[button])], "auto"))
    row.spacing = "Medium"
    return [row, sentence(joined(state, when, by=" · "), subtle=True)]
