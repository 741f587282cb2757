"""How long texts are on cards, and a note on one."""

from typing import Any

from changes.text.lengths import units
from language import on_card


def capital(text: str) -> str:
    """The text with a capital at its start, where it begins a sentence."""
    return text[:1].upper() + text[1:]


def shortened(text: str, longest: int) -> str:
    """The text in one line of at most about `longest` UTF-16 units, which is how Teams and browsers count."""
    line = " ".join(text.split())
    if units(line) <= longest:
        return line
    kept = line.encode("utf-16-le", "surrogatepass")[: 2 * longest].decode("utf-16-le", "ignore")
    return f"{kept.rstrip()}…"


def weight(text: str) -> int:
    """How much room the text takes on the wire, in UTF-16 units; or half its bytes in UTF-8, where those are more."""
    return max(units(text), (len(text.encode("utf-8", "surrogatepass")) + 1) // 2)


def with_hint(card: dict[str, Any], sentence: str) -> dict[str, Any]:
    """The card with a sentence below its header that few need."""
    first, *others = card["body"]
    hint = {"type": "TextBlock", "text": on_card(sentence), "wrap": True, "isSubtle": True, "size": "Small"}
    return {**card, "body": [first, hint, *others]}


def with_note(card: dict[str, Any], sentence: str) -> dict[str, Any]:
    """The card with a sentence on top, for the person who pressed."""
    note = {
        "type": "Container",
        "style": "warning",
        "items": [{"type": "TextBlock", "text": on_card(sentence), "wrap": True, "weight": "Bolder"}],
    }
    return {**card, "body": [note, *card.get("body", [])]}
