"""What the bot posts, as Teams takes it: a card, a text, a text that mentions people.

A text is a Message; any other string is somebody's text, and is shown as it was written.
"""

from typing import Any

from changes.messages import Message, joined
from changes.ports import Acquaintance
from language import as_text, in_chat
from language.escaping import unlinked

CARD = "application/vnd.microsoft.card.adaptive"
_MARKS = str.maketrans("", "", "<>[]*`~\\_&\n\r")
"""What a name loses within a mention: Teams compares it with the text letter by letter, so nothing can be escaped."""


def with_card(card: dict[str, Any], summary: str = "") -> dict[str, Any]:
    """A message that is a card; `summary` is what a notification says of it."""
    message = {"type": "message", "attachments": [{"contentType": CARD, "content": card}]}
    return message | ({"summary": as_text(summary)} if summary else {})


def with_text(text: str) -> dict[str, Any]:
    """A message that is a text."""
    return {"type": "message", "text": in_chat(text), "textFormat": "markdown"}


def mentioning(text: str, people: list[Acquaintance]) -> dict[str, Any]:
    """The text with the people in front: mentioned where Teams knows them, by name where it does not."""
    entities = []
    names: list[Message] = []
    for each in people:
        if each.mri:
            name = unlinked(each.person.name.translate(_MARKS)) or "approver"
            mark = f"<at>{name}</at>"
            entities.append({"type": "mention", "text": mark, "mentioned": {"id": each.mri, "name": name}})
            names.append(Message.from_markup(mark))
        else:
            names.append(Message("**{name}**", name=each.person.name or "approver"))
    activity = with_text(joined(joined(*names, by=", "), text, by=": "))
    return activity | ({"entities": entities} if entities else {})
