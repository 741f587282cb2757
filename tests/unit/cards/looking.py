"""How the tests look at a card: what a reader sees, and which buttons there are."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from application.change_context import ChangeContext
from changes.model import (
    Change,
    ChangeType,
)
from tests.cards.subjects import PLAINLY, START, variants, view

NORMAL = dict(variants(PLAINLY, ChangeType.NORMAL))
EMERGENCY = dict(variants(PLAINLY, ChangeType.EMERGENCY))


def walk(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for name, child in node.items():
            if name not in ("data", "fallback"):
                yield from walk(child)
    elif isinstance(node, list):
        for child in node:
            yield from walk(child)


def says(card: dict[str, Any]) -> str:
    """Everything a reader sees, in one line."""
    keys = ("text", "title", "value", "label")
    return " | ".join(str(node[key]) for node in walk(card) for key in keys if key in node)


def verbs(card: dict[str, Any]) -> list[str]:
    return [node["verb"] for node in walk(card.get("body", []) + card.get("actions", [])) if "verb" in node]


def at(of: Change, minutes: float, backend: str = "vps_api") -> ChangeContext:
    """The change, seen so many minutes after the start of its window."""
    return replace(view(of, backend=backend), now=START + timedelta(minutes=minutes))
