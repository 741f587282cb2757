"""A card as the text of a message, for where Teams does not take the card."""

from collections.abc import Iterator
from typing import Any

from changes.text.messages import Message, joined
from language import as_run

LONGEST = 12_000
"""Maximum length of a card as text, in characters; the rest is left out."""
_INNER = ("body", "items", "columns", "rows", "cells", "inlines")
_GAP = "\n\n"


def card_text(card: dict[str, Any]) -> Message:
    """Everything that stands on the card to be read, line by line, without its buttons and fields."""
    lines: list[str] = []
    room = LONGEST
    for line in _lines(card):
        room -= len(line)
        if room < 0:
            lines.append("…")
            break
        lines.append(line)
    return joined(*lines, by=_GAP)


def _lines(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for each in node:
            yield from _lines(each)
    elif isinstance(node, dict):
        match node.get("type"):
            case "TextBlock":
                # The Markdown of cards is a part of that of chats.
                yield Message.from_markup(str(node.get("text", "")))
            case "RichTextBlock":
                runs = [run if isinstance(run, str) else str(run.get("text", "")) for run in node.get("inlines", [])]
                yield from (as_run(line) for line in "".join(runs).splitlines() if line.strip())
            case "FactSet":
                for fact in node.get("facts", []):
                    title, value = (Message.from_markup(str(fact.get(name, ""))) for name in ("title", "value"))
                    yield Message("**{title}**: {value}", title=title, value=value)
            case _:
                for name in _INNER:
                    yield from _lines(node.get(name))
