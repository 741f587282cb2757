"""How long texts are, what no store takes of them, and a note on a card."""

from typing import Any

from changes.text.messages import strip_bidi_controls
from changes.text.pasted import stripped
from language import on_card
from language.escaping import WORD_JOINER


def clean(text: str) -> str:
    """The text as it is kept: with line breaks of one kind, in composed letters, and turned around by nothing.

    Nor with the marks that take addresses apart in sentences of ours: what is copied from there is what it was.
    """
    return stripped(strip_bidi_controls(text).replace(WORD_JOINER, ""))


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


def units(text: str) -> int:
    """How long the text is for Teams and for a browser's input: an emoji counts twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def weight(text: str) -> int:
    """How much room the text takes on the wire, in UTF-16 units; or half its bytes in UTF-8, where those are more."""
    return max(units(text), (len(text.encode("utf-8", "surrogatepass")) + 1) // 2)


def with_note(card: dict[str, Any], sentence: str) -> dict[str, Any]:
    """The card with a sentence on top, for the person who pressed."""
    note = {
        "type": "Container",
        "style": "warning",
        "items": [{"type": "TextBlock", "text": on_card(sentence), "wrap": True, "weight": "Bolder"}],
    }
    return {**card, "body": [note, *card.get("body", [])]}
