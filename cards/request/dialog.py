"""Cards in a dialog of Teams (a task module), and the buttons that open one.

A dialog knows no Action.Execute: each of its buttons submits, with everything that was entered. Whether a client has
dialogs is not asked of it: where the bot is in Teams, it has.
"""

from collections.abc import Callable
from typing import Any

from microsoft_teams.cards import ExecuteAction, SubmitAction
from pydantic_core import to_json

Drawn = dict[str, Any]
"""A card, or a part of one, as it is sent."""
_FETCH = {"type": "task/fetch"}
DIALOG_MARK = b'"task/fetch"'
"""Stands in the JSON of every card that has a button which opens a form."""
_PARTS = (dict, list)
_LEFT = ("data", "fallback")
"""What a button sends, and what stands in its place, are no buttons."""


def opens_dialog(button: ExecuteAction) -> ExecuteAction:
    """The button, marked as one that opens a form: in a dialog where there are any, else its press is answered with it.

    The mark is the button that `with_dialogs` puts in its place.
    """
    data = button.model_dump(by_alias=True, exclude_none=True)["data"] | {"msteams": _FETCH}
    fallback = SubmitAction(title=button.title, data=data, associated_inputs="none")
    return button.model_copy(update={"fallback": fallback, "associated_inputs": "none"})


def with_dialogs(card: Drawn) -> Drawn:
    """The card with each button that opens a form opening it in a dialog."""

    def submits(action: Drawn) -> Drawn | None:
        data = (action.get("fallback") or {}).get("data")
        return _submitting(action, data) if isinstance(data, dict) and data.get("msteams") == _FETCH else None

    return {
        name: _replaced(part, submits) if part.__class__ in _PARTS and DIALOG_MARK in to_json(part) else part
        for name, part in card.items()
    }


def within_dialog(card: Drawn, form: str) -> Drawn:
    """The card as it stands in a dialog; each button names the `form`, which is one opening of the dialog."""

    def submits(action: Drawn) -> Drawn:
        return _submitting(action, {**(action.get("data") or {}), "form": form})

    changed: Drawn = _replaced({name: value for name, value in card.items() if name != "refresh"}, submits)
    return changed


def _submitting(action: Drawn, data: Drawn) -> Drawn:
    kept = {name: value for name, value in action.items() if name not in ("verb", "fallback")}
    return kept | {"type": "Action.Submit", "data": data}


def _replaced(node: Any, change: Callable[[Drawn], Drawn | None]) -> Any:
    """The list or object with the buttons in it changed. Most of what is on a card is neither, and is not looked at."""
    if node.__class__ is list:
        return [_replaced(each, change) if each.__class__ in _PARTS else each for each in node]
    if node.get("type") == "Action.Execute" and (changed := change(node)) is not None:
        return changed
    return {
        name: _replaced(value, change) if value.__class__ in _PARTS and name not in _LEFT else value
        for name, value in node.items()
    }
