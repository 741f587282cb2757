"""What the bot posts, as Teams takes it: a card, a text, a text that mentions people."""

from typing import Any

from changes.ports import Acquaintance

CARD = "application/vnd.microsoft.card.adaptive"


def with_card(card: dict[str, Any], summary: str = "") -> dict[str, Any]:
    """A message that is a card; `summary` is what a notification says of it."""
    message = {"type": "message", "attachments": [{"contentType": CARD, "content": card}]}
    return message | ({"summary": summary} if summary else {})


def with_text(text: str) -> dict[str, Any]:
    """A message that is a text in markdown."""
    return {"type": "message", "text": text, "textFormat": "markdown"}


def mentioning(text: str, people: list[Acquaintance]) -> dict[str, Any]:
    """The text with the people in front: mentioned where Teams knows them, by name where it does not."""
    entities = []
    names = []
    for each in people:
        name = each.person.name.replace("<", "").replace(">", "") or "approver"
        if each.mri:
            mark = f"<at>{name}</at>"
            entities.append({"type": "mention", "text": mark, "mentioned": {"id": each.mri, "name": name}})
            names.append(mark)
        else:
            names.append(f"**{name}**")
    activity = with_text(f"{', '.join(names)}: {text}" if names else text)
    return activity | ({"entities": entities} if entities else {})
