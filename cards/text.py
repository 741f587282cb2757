"""What people wrote stays text: never markdown, a mention or markup."""

import re
from typing import Any

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#|~>])")


def plain(text: str) -> str:
    """The text so that Teams' markdown shows it as it was written."""
    escaped = _MARKDOWN.sub(r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;"))
    return " ".join(escaped.split())


def with_note(card: dict[str, Any], sentence: str) -> dict[str, Any]:
    """The card with a sentence on top, for the person who pressed."""
    note = {
        "type": "Container",
        "style": "warning",
        "items": [{"type": "TextBlock", "text": sentence, "wrap": True, "weight": "Bolder"}],
    }
    return {**card, "body": [note, *card.get("body", [])]}
