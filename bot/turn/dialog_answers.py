"""Dialogs of Teams: how they ask, and how they are answered.

A button or the app's own command opens one (`task/fetch`, `composeExtension/fetchTask`), and each of its buttons
submits it (`task/submit`, `composeExtension/submitAction`). Every answer is plain JSON: the next card, a sentence in
its place, or nothing, which closes the dialog.
"""

import hashlib
import re
from typing import Any

from application.input_parsing.from_html import text_of_html
from bot.sdk import Activity, ActivityTypes
from cards.elements.blocks import text_block
from cards.elements.controls import render_card
from cards.elements.lengths import shortened
from cards.request.dialog import within_dialog
from dialogs.turn import CARD
from language import _, as_text, without_markup

_EXTENSION = "composeExtension/"
_OPENS = frozenset({"task/fetch", f"{_EXTENSION}fetchTask"})
DIALOGS = _OPENS | {"task/submit", f"{_EXTENSION}submitAction"}
"""The names of the invokes that a dialog gives."""
COMMANDS = ("new", "message")
"""The commands of the app's message extension, as the manifest names them: beside the compose box, and of a message."""
LONGEST_TITLE = 64
"""Of a dialog, in UTF-16 units."""
_FORM = re.compile("[0-9a-f]{16}")


def is_of_dialog(activity: Activity) -> bool:
    """Whether the activity opens a dialog or submits one."""
    return activity.type == ActivityTypes.invoke and activity.name in DIALOGS


def opens(activity: Activity) -> bool:
    """Whether it opens one: what else was entered where the button stands is not for the dialog."""
    return activity.name in _OPENS


def is_of_extension(activity: Activity) -> bool:
    """Whether it comes from the app's command, which people use in conversations without the bot too."""
    return activity.type == ActivityTypes.invoke and str(activity.name or "").startswith(_EXTENSION)


def dialog_data(activity: Activity) -> dict[str, Any]:
    """The data of the button that was pressed, with what was entered in the dialog; empty where there is none."""
    value = activity.value if isinstance(activity.value, dict) else {}
    if opens(activity) and is_of_extension(activity):
        named = value.get("commandId") in COMMANDS
        return {"verb": "change.edit", "change": "new", "revision": 0} if named else {}
    data = value.get("data")
    return data if isinstance(data, dict) else {}


def text_of_message(activity: Activity) -> str:
    """What the message says of which a change is to be made; empty for every other dialog."""
    match activity.value:
        case {"commandId": "message", "messagePayload": {"body": {"content": str(html)}}}:
            return text_of_html(html)
        case _:
            return ""


def form_of(activity: Activity, delivery: str) -> str:
    """What names the opening of the dialog, on each of its buttons; a new name where it is opened only now."""
    named = dialog_data(activity).get("form")
    if not opens(activity) and isinstance(named, str) and _FORM.fullmatch(named):
        return named
    return hashlib.sha256(delivery.encode()).hexdigest()[:16]


def dialog_body(card: dict[str, Any] | None, title: str, sentence: str) -> dict[str, Any]:
    """The card in the dialog, or the sentence in its place; without either the dialog closes."""
    if card is not None:
        shown = {"contentType": CARD, "content": card}
        told = shortened(without_markup(title), LONGEST_TITLE)
        return {
            "task": {"type": "continue", "value": {"title": told, "width": "medium", "height": "large", "card": shown}}
        }
    return {"task": {"type": "message", "value": without_markup(sentence)}} if sentence else {}


def dialog_failure(activity: Activity, sentence: str) -> dict[str, Any]:
    """The sentence, with a button that sends everything once more: nothing that was typed is lost."""
    data = dialog_data(activity)
    card = within_dialog(render_card([text_block(sentence)]), "")
    if data:
        card["actions"] = [{"type": "Action.Submit", "title": as_text(_("Try again")), "data": data}]
    return dialog_body(card, _("Nothing was changed"), "")
